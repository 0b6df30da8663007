// Every control loop of a cluster, in the order in which it is started.
import { cronJobController } from './cron-job.ts'
import { daemonSetController } from './daemon-set.ts'
import { deploymentController } from './deployment.ts'
import { endpointSliceController } from './endpoint-slice.ts'
import { endpointSliceMirroringController } from './endpoint-slice-mirroring.ts'
import { endpointsController } from './endpoints.ts'
import { eventTtlController } from './event-ttl.ts'
import { garbageCollector } from './garbage-collector.ts'
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler.ts'
import { jobController } from './job.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpamController } from './node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle.ts'
import { podDisruptionBudgetController } from './pod-disruption-budget.ts'
import { podGcController } from './pod-gc.ts'
import { replicaSetController } from './replica-set.ts'
import { resourceQuotaController } from './resource-quota.ts'
import type { Controller } from './runtime/controller.ts'
import { scheduler } from './scheduler.ts'
import { serviceAccountController } from './service-account.ts'
import { statefulSetController } from './stateful-set.ts'
import { taintEvictionController } from './taint-eviction.ts'

export const controllers: readonly Controller[] = [
  nodeIpamController,
  nodeLifecycleController,
  scheduler,
  serviceAccountController,
  namespaceController,
  garbageCollector,
  daemonSetController,
  deploymentController,
  replicaSetController,
  statefulSetController,
  jobController,
  cronJobController,
  endpointSliceController,
  endpointsController,
  endpointSliceMirroringController,
  resourceQuotaController,
  podDisruptionBudgetController,
  horizontalPodAutoscalerController,
  podGcController,
  taintEvictionController,
  eventTtlController,
]
