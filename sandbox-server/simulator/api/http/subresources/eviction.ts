// pods/eviction: a deletion that asks the PodDisruptionBudgets first.
// Source: pkg/registry/core/pod/storage/eviction.go.
import { ApiError, internalError, methodUnknown, notFound, tooManyRequests } from '../../api-error.ts'
import type { Call } from '../../handler.ts'
import type { DeleteOptions } from '../../objects.ts'
import { podDisruptionBudgets, pods } from '../../resources.ts'
import { objectLabelMatcher } from '../../selectors.ts'
import { timestamp } from '../../store/deep-equal.ts'
import { readPlain } from '../body.ts'
import { json } from '../respond.ts'

export async function evictPod(call: Call): Promise<Response> {
  const { store, target, request } = call
  const { namespace, name = '' } = target
  if (request.method !== 'POST') throw methodUnknown()
  const body = (await readPlain(request)) as
    | { deleteOptions?: DeleteOptions & { dryRun?: unknown } }
    | undefined
  const dryRun =
    target.query.getAll('dryRun').includes('All') ||
    [body?.deleteOptions?.dryRun].flat().includes('All' as never)
  const options: DeleteOptions = { ...body?.deleteOptions, dryRun }
  const pod = store.get(pods, { namespace, name })
  if (!pod) throw notFound(pods, name)
  const remove = () => {
    store.remove(pods, { namespace, name }, options)
    return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201)
  }
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp)
    return remove()
  const budgets = store
    .list(podDisruptionBudgets, { namespace })
    .filter((one) => objectLabelMatcher(one.spec?.selector)(pod.metadata.labels))
  if (budgets.length > 1) {
    throw internalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  const budget = budgets[0]
  if (!budget) return remove()
  const ready = pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')
  const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0 } = budget.status ?? {}
  if (!ready && desiredHealthy > 0 && currentHealthy >= desiredHealthy) return remove()
  if (disruptionsAllowed <= 0) {
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
        },
      ],
    })
  }
  if (!dryRun) {
    const counted = store.mutate(
      podDisruptionBudgets,
      budget.metadata,
      (draft) => {
        if (!draft.status) return
        draft.status = {
          ...draft.status,
          disruptionsAllowed: disruptionsAllowed - 1,
          disruptedPods: { ...draft.status.disruptedPods, [name]: timestamp(store.clock.now()) },
        }
      },
      { subresource: 'status' },
    )
    if (!counted) throw new ApiError(409, 'Conflict', 'the disruption budget is gone')
  }
  return remove()
}
