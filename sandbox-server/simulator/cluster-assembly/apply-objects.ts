// Server-side apply of plain objects in order, without HTTP between, as an exercise's start state needs it.
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import { badRequest } from '../api/api-error.ts'
import type { InternalWriteOptions, ObjectStore } from '../api/object-store.ts'
import { serverSideApply } from '../api/patch/server-side-apply.ts'
import { typeOfResource } from '../api/schema/type-node.ts'
import { timestamp } from '../api/store/deep-equal.ts'

/** Forces conflicts: what is applied here is how things are to be. */
export function applyObjects(
  store: ObjectStore,
  objects: readonly KubernetesObject[],
  fieldManager: string,
): void {
  for (const object of objects) {
    const { apiVersion = 'v1', kind = '' } = object
    const type = store.registry.all().find((each) => each.kind === kind && versionOf(each) === apiVersion)
    if (!type) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`)
    const key = { namespace: object.metadata?.namespace, name: object.metadata?.name ?? '' }
    const live = store.get(type, key)
    const merged = serverSideApply<KubernetesObject>(live, object, typeOfResource(type), {
      manager: fieldManager,
      apiVersion,
      force: true,
      time: timestamp(store.clock.now()),
      subresource: '',
    })
    const options: InternalWriteOptions = { fieldManager, managedFields: 'given' }
    if (live) store.update(type, merged, options)
    else store.create(type, merged, options)
  }
}

function versionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`
}
