// ControllerRevisions: the templates that a DaemonSet or StatefulSet has had (upstream pkg/controller/history).
import type { ControllerRevision } from 'kubernetes-types/apps/v1'
import type { KubernetesObject, PodTemplateSpec } from '../../../contract/kubernetes.ts'
import type { Objects, Stored } from '../../api/objects.ts'
import { controllerRevisions } from '../../api/resources.ts'
import { isEqual } from './equality.ts'
import { controllerOf, controllerReference, type OwnerKind } from './owner-references.ts'
import { templateHash } from './pod-template.ts'

export interface History {
  /** Oldest first. */
  readonly revisions: readonly Stored<ControllerRevision>[]
  readonly current: Stored<ControllerRevision>
}

/** The label that ties a pod to the revision it was made from. */
export const revisionLabel = 'controller-revision-hash'

/**
 * Finds the owner's revisions and makes the one of its present template where it is missing; a template that comes back
 * gets the highest revision number again.
 */
export function syncHistory(
  objects: Objects,
  owner: Stored<KubernetesObject>,
  kind: OwnerKind,
  template: PodTemplateSpec,
): History {
  const data = { spec: { template: { ...template, $patch: 'replace' } } }
  const revisions = objects
    .list(controllerRevisions, { namespace: owner.metadata.namespace })
    .filter((revision) => controllerOf(revision)?.uid === owner.metadata.uid)
    .sort((a, b) => a.revision - b.revision)
  const newest = revisions.at(-1)?.revision ?? 0
  const existing = revisions.find((revision) => isEqual(revision.data, data))
  if (existing && existing.revision === newest) return { revisions, current: existing }
  if (existing) {
    const renumbered = objects.mutate(controllerRevisions, existing.metadata, (draft) => {
      draft.revision = newest + 1
    })
    if (renumbered) {
      return {
        revisions: [...revisions.filter((each) => each !== existing), renumbered],
        current: renumbered,
      }
    }
  }
  const hash = templateHash(template)
  const current = objects.create(controllerRevisions, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      ...(owner.metadata.namespace && { namespace: owner.metadata.namespace }),
      labels: { ...template.metadata?.labels, [revisionLabel]: hash },
      ...(owner.metadata.annotations && { annotations: owner.metadata.annotations }),
      ownerReferences: [controllerReference(owner, kind)],
    },
    data,
    revision: newest + 1,
  })
  return { revisions: [...revisions, current], current }
}

export function hashOf(revision: Stored<ControllerRevision>): string {
  return revision.metadata.labels?.[revisionLabel] ?? ''
}

/** Removes the oldest revisions beyond the limit that no pod uses. */
export function trimHistory(
  objects: Objects,
  { revisions, current }: History,
  limit: number | undefined,
  inUse: (hash: string) => boolean,
): void {
  const old = revisions.filter((revision) => revision !== current && !inUse(hashOf(revision)))
  for (const revision of old.slice(0, Math.max(0, old.length - (limit ?? 10)))) {
    objects.delete(controllerRevisions, revision.metadata)
  }
}
