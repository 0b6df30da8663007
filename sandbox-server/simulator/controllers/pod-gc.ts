// Removes pods that nobody else will: bound to a node that is gone, or deleted before they were scheduled
// (upstream pkg/controller/podgc). The threshold for finished pods, 12500, is never reached here.
import { nodes, pods } from '../api/resources.ts'
import { isRefusal } from './runtime/api-refusal.ts'
import { changesOf, createController, keyOf, splitKey } from './runtime/controller.ts'

export const podGcController = createController('pod-garbage-collector-controller', ({ objects }) => ({
  sources: [
    changesOf(pods, (pod) => {
      const unscheduled = pod.metadata.deletionTimestamp !== undefined && !pod.spec?.nodeName
      const homeless = pod.spec?.nodeName && !objects.get(nodes, { name: pod.spec.nodeName })
      return unscheduled || homeless ? [keyOf(pod)] : []
    }),
    changesOf(nodes, (node, { type }) =>
      type === 'DELETED'
        ? objects
            .list(pods)
            .filter((pod) => pod.spec?.nodeName === node.metadata.name)
            .map(keyOf)
        : [],
    ),
  ],
  reconcile(key) {
    const pod = objects.get(pods, splitKey(key))
    if (!pod) return undefined
    const node = pod.spec?.nodeName
    if (node ? objects.get(nodes, { name: node }) : !pod.metadata.deletionTimestamp) return undefined
    try {
      objects.delete(pods, pod.metadata, { gracePeriodSeconds: 0 })
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error
    }
    return undefined
  },
}))
