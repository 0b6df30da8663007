// Removes pods from nodes with a NoExecute taint that they do not tolerate, or not for longer
// (upstream pkg/controller/tainteviction).
import type { Pod } from '../../contract/kubernetes.ts'
import type { Stored } from '../api/objects.ts'
import { nodes, pods } from '../api/resources.ts'
import { isRefusal } from './runtime/api-refusal.ts'
import { timestamp } from './runtime/conditions.ts'
import { type ControllerContext, changesOf, createController, keyOf, splitKey } from './runtime/controller.ts'
import { isEqual } from './runtime/equality.ts'
import { createEventRecorder, subjectOf } from './runtime/events.ts'
import { tolerates } from './runtime/taints.ts'

export const taintEvictionController = createController('taint-eviction-controller', (context) => {
  const { objects } = context
  const recorder = createEventRecorder(context, { component: 'taint-eviction-controller' })
  return {
    sources: [
      changesOf(nodes, (node, { previous }) =>
        previous && isEqual(previous.spec?.taints, node.spec?.taints)
          ? []
          : objects
              .list(pods)
              .filter((pod) => pod.spec?.nodeName === node.metadata.name)
              .map(keyOf),
      ),
      changesOf(pods, (pod, { previous }) =>
        pod.spec?.nodeName && (!previous?.spec?.nodeName || !isEqual(previous.spec, pod.spec))
          ? [keyOf(pod)]
          : [],
      ),
    ],
    reconcile(key) {
      const pod = objects.get(pods, splitKey(key))
      if (!pod || pod.metadata.deletionTimestamp) return undefined
      const wait = millisecondsToStay(context, pod)
      if (wait === undefined || wait > 0) return wait
      recorder.record(
        subjectOf(pods, pod),
        'Normal',
        'TaintManagerEviction',
        `Marking for deletion Pod ${keyOf(pod)}`,
      )
      evict(context, pod)
      return undefined
    },
  }
})

/** Undefined: as long as it likes. 0 or less: it has to go now. Counted from when the taint was added. */
function millisecondsToStay({ objects, clock }: ControllerContext, pod: Stored<Pod>): number | undefined {
  const node = objects.get(nodes, { name: pod.spec?.nodeName ?? '' })
  const taints = (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
  let shortest: number | undefined
  for (const taint of taints) {
    const tolerating = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
    if (tolerating.length === 0) return 0
    const seconds = tolerating.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? [])
    if (seconds.length === 0) continue
    const since = Date.parse(taint.timeAdded ?? timestamp(clock.now()))
    const left = since + Math.min(...seconds) * 1000 - clock.now()
    shortest = Math.min(shortest ?? left, left)
  }
  return shortest
}

function evict({ objects, clock }: ControllerContext, pod: Stored<Pod>): void {
  objects.mutate(
    pods,
    pod.metadata,
    (draft) => {
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        lastTransitionTime: timestamp(clock.now()),
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
      }
      const conditions = [...(draft.status?.conditions ?? []), condition]
      Object.assign(draft, { status: { ...draft.status, conditions } })
    },
    { subresource: 'status' },
  )
  try {
    objects.delete(pods, pod.metadata)
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error
  }
}
