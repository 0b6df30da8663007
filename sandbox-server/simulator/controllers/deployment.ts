// Rolls Deployments out through ReplicaSets (upstream pkg/controller/deployment). The deprecated rollbackTo annotation is
// not served: kubectl rolls back by writing the old template.
import type { Deployment, Pod } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { deployments, pods, replicaSets } from '../api/resources.ts'
import { isActive } from './deployment/replica-sets.ts'
import { owner, Rollout } from './deployment/rollout.ts'
import { isComplete, writeConditions, writeRolloutStatus, writeScalingStatus } from './deployment/status.ts'
import { isScalingEvent, recreate, rollForward, scaleProportionally } from './deployment/strategies.ts'
import { findCondition } from './runtime/conditions.ts'
import {
  type ControllerContext,
  changesOf,
  createController,
  every,
  joinKey,
  keyOf,
  ownedBy,
  splitKey,
} from './runtime/controller.ts'
import { createEventRecorder, type EventRecorder } from './runtime/events.ts'
import { matchesSelector } from './runtime/label-selector.ts'
import { claim, controllerOf } from './runtime/owner-references.ts'

export const deploymentController = createController('deployment-controller', (context) => {
  const recorder = createEventRecorder(context, { component: 'deployment-controller' })
  return {
    sources: [
      every(deployments),
      ownedBy(replicaSets, 'Deployment'),
      changesOf(replicaSets, (set) =>
        controllerOf(set)
          ? []
          : context.objects
              .list(deployments, { namespace: set.metadata.namespace })
              .filter((deployment) => matchesSelector(deployment.spec?.selector, set.metadata.labels))
              .map(keyOf),
      ),
      changesOf(pods, (pod, event) => (event.type === 'DELETED' ? recreating(context, pod) : [])),
    ],
    reconcile(key) {
      const deployment = context.objects.get(deployments, splitKey(key))
      return deployment && reconcile(context, recorder, deployment)
    },
  }
})

/** A Deployment that recreates waits for the last old pod to be gone. */
function recreating({ objects }: ControllerContext, pod: Stored<Pod>): string[] {
  const { namespace } = pod.metadata
  const reference = controllerOf(pod)
  if (reference?.kind !== 'ReplicaSet') return []
  const set = objects.get(replicaSets, { namespace, name: reference.name })
  const deployment = set && controllerOf(set)
  if (deployment?.kind !== 'Deployment') return []
  return [joinKey(namespace, deployment.name)]
}

function reconcile(
  context: ControllerContext,
  recorder: EventRecorder,
  deployment: Stored<Deployment>,
): number | undefined {
  const { selector, paused, strategy } = deployment.spec ?? {}
  const sets = claim(
    context.objects,
    replicaSets,
    { object: deployment, kind: owner },
    selector,
    context.objects.list(replicaSets, { namespace: deployment.metadata.namespace }),
  )
  const rollout = new Rollout(context, recorder, deployment, sets)
  if (deployment.metadata.deletionTimestamp) {
    rollout.syncRevision()
    writeScalingStatus(rollout)
    return undefined
  }
  checkPaused(rollout)
  rollout.syncRevision()
  if (paused || isScalingEvent(rollout)) {
    scaleProportionally(rollout)
    if (paused) rollout.cleanUp()
    writeScalingStatus(rollout)
    return undefined
  }
  try {
    if (strategy?.type === 'Recreate') recreate(rollout)
    else rollForward(rollout)
  } catch (error) {
    writeConditions(rollout)
    throw error
  }
  if (isComplete(rollout, deployment.status) && !rollout.oldSets.some(isActive)) rollout.cleanUp()
  return writeRolloutStatus(rollout)
}

/** checkPausedConditions: a pause stops the deadline's clock, a resumption starts it anew. */
function checkPaused(rollout: Rollout): void {
  if (rollout.progressDeadline === undefined) return
  const current = findCondition(rollout.conditions, 'Progressing')
  if (current?.reason === 'ProgressDeadlineExceeded') return
  const { paused } = rollout.deployment.spec ?? {}
  if (paused && current?.reason !== 'DeploymentPaused') {
    rollout.setProgressing('Unknown', 'DeploymentPaused', 'Deployment is paused')
  } else if (!paused && current?.reason === 'DeploymentPaused') {
    rollout.setProgressing('Unknown', 'DeploymentResumed', 'Deployment is resumed')
  }
}
