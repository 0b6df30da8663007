// Every control loop of a cluster, in the order in which it is started.
import { deploymentController } from './deployment.ts'
import { replicaSetController } from './replica-set.ts'
import type { Controller } from './runtime/controller.ts'

export const controllers: readonly Controller[] = [deploymentController, replicaSetController]
