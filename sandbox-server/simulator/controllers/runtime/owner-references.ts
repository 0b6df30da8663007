// Who owns what: controller references, adoption and release of objects by selector (upstream's ControllerRefManager).
import type { KubernetesObject, LabelSelector, OwnerReference } from '../../../contract/kubernetes.ts'
import type { Objects, ResourceType, Stored } from '../../api/objects.ts'
import { matchesSelector } from './label-selector.ts'

export interface OwnerKind {
  readonly apiVersion: string
  readonly kind: string
}

export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller)
}

export function controllerReference(owner: Stored<KubernetesObject>, kind: OwnerKind): OwnerReference {
  return {
    ...kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

/**
 * The objects of `type` that `owner` controls: adopts orphans that its selector matches, releases its own that no longer
 * match. Both are written as patches of `ownerReferences`.
 */
export function claim<T extends KubernetesObject>(
  objects: Objects,
  type: ResourceType<T>,
  owner: { readonly object: Stored<KubernetesObject>; readonly kind: OwnerKind },
  selector: LabelSelector | undefined,
  candidates: readonly Stored<T>[],
): Stored<T>[] {
  const owned: Stored<T>[] = []
  const deleting = owner.object.metadata.deletionTimestamp !== undefined
  for (const candidate of candidates) {
    const controller = controllerOf(candidate)
    const matches = matchesSelector(selector, candidate.metadata.labels)
    if (controller) {
      if (controller.uid !== owner.object.metadata.uid) continue
      if (matches) owned.push(candidate)
      else if (!deleting) release(objects, type, candidate, controller.uid)
      continue
    }
    if (deleting || !matches || candidate.metadata.deletionTimestamp) continue
    const adopted = adopt(objects, type, candidate, controllerReference(owner.object, owner.kind))
    if (adopted) owned.push(adopted)
  }
  return owned
}

function adopt<T extends KubernetesObject>(
  objects: Objects,
  type: ResourceType<T>,
  object: Stored<T>,
  reference: OwnerReference,
): Stored<T> | undefined {
  return objects.mutate(type, object.metadata, (draft) => {
    if (draft.metadata)
      draft.metadata.ownerReferences = [...(draft.metadata.ownerReferences ?? []), reference]
  })
}

function release<T extends KubernetesObject>(
  objects: Objects,
  type: ResourceType<T>,
  object: Stored<T>,
  uid: string,
): void {
  objects.mutate(type, object.metadata, (draft) => {
    if (!draft.metadata) return
    const rest = (draft.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid)
    if (rest.length > 0) draft.metadata.ownerReferences = rest
    else delete draft.metadata.ownerReferences
  })
}
