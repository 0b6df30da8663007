// The form in which a client wants objects: as they are, as a Table, or their metadata alone.
// Source: apiserver/pkg/endpoints/handlers/response.go, apimachinery/pkg/apis/meta/v1/types.go.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import { fromStorage } from '../conversion.ts'
import type { Call } from '../handler.ts'
import { tableOf } from '../printers/table.ts'

type Form = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'object'

export function formOf(call: Call): Form {
  for (const part of (call.request.headers.get('accept') ?? '').split(',')) {
    const as = /;\s*as=(\w+)/.exec(part)?.[1]
    const supported = /g=meta\.k8s\.io/.test(part) && /v=v1(;|$|\s)/.test(part) && part.includes('json')
    if (supported && (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'))
      return as
    if (as === undefined && /^\s*(application\/json|\*\/\*)/.test(part)) return 'object'
  }
  return 'object'
}

export interface ListMeta {
  resourceVersion?: string
  continue?: string
  remainingItemCount?: number
}

/** A single object in the form asked for. */
export function renderObject(call: Call, object: KubernetesObject, form = formOf(call)): unknown {
  const converted = fromStorage(object, call.target.type)
  if (form === 'Table') {
    const { resourceVersion } = object.metadata ?? {}
    return table(call, [converted], resourceVersion === undefined ? {} : { resourceVersion })
  }
  return form === 'object' ? converted : partial(converted)
}

export function renderList(call: Call, objects: readonly KubernetesObject[], metadata: ListMeta): unknown {
  const form = formOf(call)
  const { type } = call.target
  const converted = objects.map((object) => fromStorage(object, type))
  if (form === 'Table') return table(call, converted, metadata)
  if (form !== 'object') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: converted.map(partial),
    }
  }
  const isCustom = call.store.registry.definition(type) !== undefined
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`
  // Items of built-in lists carry no kind of their own.
  const items = isCustom ? converted : converted.map(({ apiVersion: _, kind: __, ...rest }) => rest)
  return { kind: `${type.kind}List`, apiVersion, metadata, items }
}

function partial(object: KubernetesObject) {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

function table(call: Call, objects: readonly KubernetesObject[], metadata: ListMeta) {
  const { store, target } = call
  const { columns, print } = tableOf(target.type, store.registry.definition(target.type))
  const include = target.query.get('includeObject') ?? 'Metadata'
  const context = { now: store.clock.now() }
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns,
    rows: objects.map((object) => ({
      cells: print(object, context),
      object: include === 'Object' ? object : include === 'None' ? null : partial(object),
    })),
  }
}
