// Empties a namespace that was deleted, then lets it go (upstream pkg/controller/namespace). Departs from upstream in how
// long it waits before it looks again: a second, where upstream takes half of the longest grace period.
import type { NamespaceCondition } from 'kubernetes-types/core/v1'
import type { Namespace } from '../../contract/kubernetes.ts'
import type { ResourceType, Stored } from '../api/objects.ts'
import { customResourceDefinitions, namespaces, pods } from '../api/resources.ts'
import { builtInResources, customResource } from './runtime/all-resources.ts'
import { messageOf } from './runtime/api-refusal.ts'
import { timestamp } from './runtime/conditions.ts'
import { type ControllerContext, createController, every, splitKey } from './runtime/controller.ts'
import { writeStatus } from './runtime/status.ts'

const lookAgain = 1_000
/** namespaceDeletionGracePeriod: what is being created at the moment of the deletion gets through before the sweep. */
const gracePeriod = 5_000

export const namespaceController = createController('namespace-controller', (context) => {
  const { objects } = context
  return {
    sources: [every(namespaces)],
    reconcile(key) {
      const namespace = objects.get(namespaces, { name: splitKey(key).name })
      if (!namespace?.metadata.deletionTimestamp) return undefined
      const early = Date.parse(namespace.metadata.deletionTimestamp) + gracePeriod - context.clock.now()
      if (early > 0) return early
      const remains = empty(context, namespace.metadata.name)
      writeStatus(objects, namespaces, namespace, {
        phase: 'Terminating',
        conditions: conditionsOf(namespace, remains, context.clock.now()),
      })
      if (remains.resources.size > 0 || remains.errors.length > 0) return lookAgain
      objects.mutate(
        namespaces,
        namespace.metadata,
        (draft) => {
          const others = (draft.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes')
          draft.spec = { ...draft.spec, finalizers: others }
        },
        { subresource: 'finalize' },
      )
      return undefined
    },
  }
})

interface Remains {
  /** Number of objects by `plural.group`. */
  readonly resources: Map<string, number>
  readonly finalizers: Map<string, number>
  readonly errors: string[]
  readonly onlyPods: boolean
}

/** Deletes what there is and counts what stays: pods first, the rest once they are gone. */
function empty({ objects }: ControllerContext, namespace: string): Remains {
  const remains: Remains = { resources: new Map(), finalizers: new Map(), errors: [], onlyPods: false }
  const clear = (type: ResourceType) => {
    for (const object of objects.list(type, { namespace })) {
      try {
        if (!object.metadata.deletionTimestamp) {
          objects.delete(type, object.metadata, { propagationPolicy: 'Background' })
        }
      } catch (error) {
        remains.errors.push(messageOf(error))
      }
    }
    const left = objects.list(type, { namespace })
    if (left.length === 0) return
    remains.resources.set(`${type.plural}.${type.group}`, left.length)
    for (const finalizer of left.flatMap((object) => object.metadata.finalizers ?? [])) {
      remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1)
    }
  }
  clear(pods)
  if (remains.resources.size > 0) return { ...remains, onlyPods: true }
  const custom = objects.list(customResourceDefinitions).flatMap((each) => customResource(each) ?? [])
  for (const type of [...builtInResources, ...custom]) {
    if (type.namespaced && type.plural !== 'pods') clear(type)
  }
  return remains
}

/** status_condition_utils.go; while pods remain upstream does not say so. */
function conditionsOf(
  namespace: Stored<Namespace>,
  { resources, finalizers, errors, onlyPods }: Remains,
  now: number,
): NamespaceCondition[] {
  const failed = errors.length > 0
  const counted = (counts: ReadonlyMap<string, number>, verb: string) =>
    [...counts]
      .map(([what, count]) => `${what} ${verb} ${count} resource instances`)
      .sort()
      .join(', ')
  const wanted: readonly [type: string, holds: boolean, reason: string, message: string][] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      false,
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    failed
      ? [
          'NamespaceDeletionContentFailure',
          true,
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`,
        ]
      : [
          'NamespaceDeletionContentFailure',
          false,
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        ],
    resources.size > 0 && !onlyPods
      ? [
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${counted(resources, 'has')}`,
        ]
      : ['NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'],
    finalizers.size > 0 && !onlyPods
      ? [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${counted(finalizers, 'in')}`,
        ]
      : [
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ],
  ]
  return wanted.map(([type, holds, reason, message]) => {
    const status = holds ? 'True' : 'False'
    const before = namespace.status?.conditions?.find((condition) => condition.type === type)
    const since = before?.status === status ? before.lastTransitionTime : undefined
    return { type, status, lastTransitionTime: since ?? timestamp(now), reason, message }
  })
}
