// Every control loop of a cluster, in the order in which it is started.
import { daemonSetController } from './daemon-set.ts'
import { deploymentController } from './deployment.ts'
import { endpointSliceController } from './endpoint-slice.ts'
import { endpointsController } from './endpoints.ts'
import { garbageCollector } from './garbage-collector.ts'
import { namespaceController } from './namespace.ts'
import { replicaSetController } from './replica-set.ts'
import type { Controller } from './runtime/controller.ts'
import { scheduler } from './scheduler.ts'
import { serviceAccountController } from './service-account.ts'

export const controllers: readonly Controller[] = [
  scheduler,
  serviceAccountController,
  namespaceController,
  garbageCollector,
  daemonSetController,
  deploymentController,
  replicaSetController,
  endpointSliceController,
  endpointsController,
]
