// POST, PUT and PATCH. Source: apiserver/pkg/endpoints/handlers/{create,update,patch}.go.
import type { KubernetesObject, ObjectMeta } from '../../../contract/kubernetes.ts'
import { ApiError, badRequest, notFound, unsupportedMediaType } from '../api-error.ts'
import { fromStorage, storageType, toStorage } from '../conversion.ts'
import type { Call } from '../handler.ts'
import type { InternalWriteOptions } from '../object-store.ts'
import { typeErrors } from '../patch/check-types.ts'
import { jsonPatch } from '../patch/json-patch.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import { serverSideApply } from '../patch/server-side-apply.ts'
import { strategicMergePatch } from '../patch/strategic-merge.ts'
import { apiVersionOf } from '../resources.ts'
import { typeOfResource } from '../schema/type-node.ts'
import { timestamp } from '../store/deep-equal.ts'
import { decodeObject, parseFieldValidation, readBody, readPlain, yamlOf } from './body.ts'
import { renderObject } from './render.ts'
import { isTrue } from './request-info.ts'
import { json } from './respond.ts'

/** What the query says of a write. */
export function writeOptions(call: Call): InternalWriteOptions {
  const { query, subresource } = call.target
  return {
    fieldManager: query.get('fieldManager') ?? managerOf(call.request),
    dryRun: query.getAll('dryRun').includes('All'),
    subresource,
    fieldValidation: parseFieldValidation(query),
    warn: call.warn,
  }
}

/** The first part of the User-Agent, as managedfields.ManagerOrUserAgent takes it. */
function managerOf(request: Request): string {
  return (request.headers.get('user-agent') ?? '').split('/')[0] || 'unknown'
}

function decodeFor(call: Call, plain: unknown): KubernetesObject {
  const { type, query } = call.target
  const definition = call.store.registry.definition(type)
  return decodeObject(plain, {
    type,
    definition,
    fieldValidation: parseFieldValidation(query),
    warn: call.warn,
  })
}

/** The namespace and name of the URL, in the object; refuses others. */
function placed(call: Call, object: KubernetesObject): KubernetesObject {
  const { type, namespace, name } = call.target
  const metadata: ObjectMeta = { ...object.metadata }
  if (type.namespaced) {
    if (metadata.namespace && namespace && metadata.namespace !== namespace) {
      throw badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      )
    }
    if (namespace) Object.assign(metadata, { namespace })
  } else if (metadata.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (name !== undefined) {
    if (metadata.name && metadata.name !== name) {
      throw badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
      )
    }
    Object.assign(metadata, { name })
  }
  return { ...object, metadata }
}

export async function createObject(call: Call): Promise<Response> {
  const { store, target, request } = call
  const plain = await readPlain(request)
  const object = placed(call, decodeFor(call, plain))
  const created = store.create(storageType(target.type), toStorage(object, target.type), writeOptions(call))
  return json(renderObject(call, created), 201)
}

export async function replaceObject(call: Call): Promise<Response> {
  const { store, target, request } = call
  const object = placed(call, decodeFor(call, await readPlain(request)))
  const options = { ...writeOptions(call), finalize: target.subresource === 'finalize' }
  const updated = store.update(storageType(target.type), toStorage(object, target.type), options)
  return json(renderObject(call, updated))
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
]

export async function patchObject(call: Call): Promise<Response> {
  const { store, target, request } = call
  const { type, namespace, name = '' } = target
  const contentType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? ''
  const isCustom = store.registry.definition(type) !== undefined
  if (
    !patchTypes.includes(contentType) ||
    (isCustom && contentType === 'application/strategic-merge-patch+json')
  ) {
    const accepted = isCustom ? patchTypes.filter((one) => !one.includes('strategic')) : patchTypes
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    )
  }
  const source = new TextDecoder().decode(await readBody(request))
  if (contentType === 'application/apply-patch+yaml') return applyObject(call, yamlOf(source))
  const patch = parsePatch(source)
  const storage = storageType(type)
  for (let attempt = 0; ; attempt++) {
    const live = store.get(storage, { namespace, name })
    if (!live) throw notFound(type, name)
    const before = fromStorage(live, type) as unknown as Record<string, unknown>
    const node = typeOfResource(type, store.registry.definition(type))
    let patched: unknown
    if (contentType === 'application/json-patch+json') patched = jsonPatch(before, patch)
    else if (contentType === 'application/merge-patch+json') patched = mergePatch(before, patch)
    else patched = strategicMergePatch(before, patch as Record<string, unknown>, node)
    const object = placed(call, decodeFor(call, patched))
    try {
      const options = { ...writeOptions(call), finalize: target.subresource === 'finalize' }
      return json(renderObject(call, store.update(storage, toStorage(object, type), options)))
    } catch (error) {
      // A patch without a resourceVersion is tried again on what somebody else wrote meanwhile.
      if ((error as ApiError).reason !== 'Conflict' || attempt > 4 || mentionsVersion(patch)) throw error
    }
  }
}

function mentionsVersion(patch: unknown): boolean {
  return JSON.stringify(patch).includes('"resourceVersion"')
}

function parsePatch(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function applyObject(call: Call, plain: unknown): Promise<Response> {
  const { store, target } = call
  const manager = target.query.get('fieldManager')
  if (!manager) throw badRequest('fieldManager: Required value: is required for apply patch')
  checkTypes(call, plain)
  const config = placed(call, decodeFor(call, plain))
  const before = store.get(storageType(target.type), { namespace: target.namespace, name: target.name ?? '' })
  const applied = applyConfiguration(call.store, target.type, config, {
    ...writeOptions(call),
    fieldManager: manager,
    force: isTrue(target.query.get('force')),
  })
  return json(renderObject(call, applied), before ? 200 : 201)
}

/** upstream returns a plain error (managedfields/internal/structuredmerge.go), so it is a 500 without a reason. */
function checkTypes({ store, target }: Call, plain: unknown): void {
  const { type, namespace, name } = target
  const errors = typeErrors(plain, typeOfResource(type, store.registry.definition(type)))
  if (errors === undefined) return
  const kind = `${type.group}/${type.version}, Kind=${type.kind}`
  throw new ApiError(
    500,
    '',
    `failed to create typed patch object (${namespace ?? ''}/${name ?? ''}; ${kind}): ${errors}`,
  )
}

/** Server-side apply of a decoded configuration. Throws ApiError. */
export function applyConfiguration(
  store: Call['store'],
  type: Call['target']['type'],
  config: KubernetesObject,
  options: InternalWriteOptions & { readonly force: boolean; readonly fieldManager: string },
): KubernetesObject {
  const storage = storageType(type)
  const live = store.get(storage, {
    namespace: config.metadata?.namespace,
    name: config.metadata?.name ?? '',
  })
  const node = typeOfResource(type, store.registry.definition(type))
  const merged = serverSideApply(live && fromStorage(live, type), config, node, {
    manager: options.fieldManager,
    apiVersion: apiVersionOf(type),
    force: options.force,
    time: timestamp(store.clock.now()),
    subresource: options.subresource ?? '',
  })
  const write = { ...options, managedFields: 'given' as const }
  const stored = toStorage(merged, type)
  return live ? store.update(storage, stored, write) : store.create(storage, stored, write)
}
