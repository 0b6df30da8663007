// Every control loop of a cluster, in the order in which it is started.
import { deploymentController } from './deployment.ts'
import { endpointSliceController } from './endpoint-slice.ts'
import { endpointsController } from './endpoints.ts'
import { replicaSetController } from './replica-set.ts'
import type { Controller } from './runtime/controller.ts'
import { scheduler } from './scheduler.ts'

export const controllers: readonly Controller[] = [
  scheduler,
  deploymentController,
  replicaSetController,
  endpointSliceController,
  endpointsController,
]
