// Applies a manifest over the Kubernetes API as `kubectl apply --server-side` does, document by document. Works for every provider.
import type { Status } from '../../contract/kubernetes.ts'
import type { AppliedDocument } from '../../contract/socket.ts'
import { type ManifestDocument, parseManifest } from './documents.ts'
import { fieldErrors, parseFieldPath } from './field-path.ts'
import { createResourceFinder, type ResourceFinder } from './resource-finder.ts'
import { type ManagedObject, takeOverPatch } from './take-over-fields.ts'

export interface ApplyOptions {
  readonly kubernetes: (request: Request) => Promise<Response>
  /** For objects that name none. */
  readonly namespace: string
  /** Awaited after every document. */
  readonly afterEach?: () => Promise<void>
}

interface ManifestObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** kubectl's own manager, so that Apply and `kubectl apply --server-side` share what they own. */
const fieldManager = 'kubectl'

/** A document that fails does not stop the others. */
export async function applyManifest(text: string, options: ApplyOptions): Promise<AppliedDocument[]> {
  const finder = createResourceFinder(options.kubernetes)
  const applied: AppliedDocument[] = []
  for (const document of parseManifest(text)) {
    applied.push(await applyDocument(document, options, finder))
    await options.afterEach?.()
  }
  if (applied.length > 0) return applied
  return [{ line: 1, outcome: 'failed', object: 'nothing', message: 'The file holds no object.', marks: [] }]
}

async function applyDocument(
  document: ManifestDocument,
  options: ApplyOptions,
  finder: ResourceFinder,
): Promise<AppliedDocument> {
  const { line } = document
  const failed = (object: string, message: string, marks: AppliedDocument['marks']): AppliedDocument => ({
    line,
    outcome: 'failed',
    object,
    message,
    marks,
  })
  if (document.errors[0]) {
    const place = document.errors[0]
    return failed('nothing', `Line ${place.line}, column ${place.column}: ${place.message}`, [
      ...document.errors,
    ])
  }
  const missing = missingField(document.content)
  if (missing) {
    const message = `${missing.path.join('.')}: ${missing.message}`
    return failed('nothing', message, [document.mark(missing.path, message)])
  }
  const object = document.content as ManifestObject
  const name = objectName(object)
  const resource = await finder.find(object.apiVersion, object.kind)
  if (!resource) {
    const message = `No matches for kind "${object.kind}" in version "${object.apiVersion}": this cluster does not know it. See kubectl api-resources.`
    return failed(name, message, [document.mark(['kind'], message)])
  }
  const namespace = resource.namespaced ? (object.metadata.namespace ?? options.namespace) : undefined
  const path = `${resource.base}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${resource.plural}/${encodeURIComponent(object.metadata.name)}`
  const known = await readAndTakeOver(path, options)
  const query = `fieldManager=${fieldManager}&force=true&fieldValidation=Strict`
  const response = await options.kubernetes(
    patchRequest(`${path}?${query}`, 'application/apply-patch+yaml', recordApplied(object)),
  )
  if (!response.ok) {
    const status = (await response.json()) as Status
    const message = status.message ?? `The API server answered ${response.status}.`
    const marks = fieldErrors(status).map(({ field, message: said }) =>
      document.mark(parseFieldPath(field), `${field}: ${said}`),
    )
    return failed(name, message, marks.length > 0 ? marks : [document.mark(['kind'], message)])
  }
  const now = (await response.json()) as ManagedObject
  const warning = warningsOf(response)
  const isSame = known?.metadata?.resourceVersion === now.metadata?.resourceVersion
  const outcome = known === undefined ? 'created' : isSame ? 'unchanged' : 'configured'
  return { line, outcome, object: name, ...(warning === '' ? {} : { message: warning }), marks: [] }
}

/** The object as it is, once all that kubectl owns of it is this field manager's. */
async function readAndTakeOver(
  path: string,
  { kubernetes }: ApplyOptions,
): Promise<ManagedObject | undefined> {
  const response = await kubernetes(new Request(`http://cluster${path}`))
  if (!response.ok) return undefined
  const object = (await response.json()) as ManagedObject
  const patch = takeOverPatch(object, fieldManager)
  if (!patch) return object
  const taken = await kubernetes(patchRequest(path, 'application/json-patch+json', patch))
  // Changed meanwhile: the fields stay where they are, which only keeps a field that was left out.
  return taken.ok ? ((await taken.json()) as ManagedObject) : object
}

/** With the annotation from which a later `kubectl apply` in the terminal tells what was left out of the manifest. */
function recordApplied(object: ManifestObject): unknown {
  const { [lastApplied]: _earlier, ...annotations } = object.metadata.annotations ?? {}
  const plain = { ...object, metadata: { ...object.metadata, annotations } }
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...annotations, [lastApplied]: `${JSON.stringify(plain)}\n` },
    },
  }
}

function patchRequest(path: string, type: string, body: unknown): Request {
  return new Request(`http://cluster${path}`, {
    method: 'PATCH',
    headers: { 'content-type': type, accept: 'application/json' },
    body: JSON.stringify(body),
  })
}

/** `service/web`, `deployment.apps/web`, as kubectl prints it. */
function objectName({ apiVersion, kind, metadata }: ManifestObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  return `${kind.toLowerCase()}${group}/${metadata.name}`
}

function missingField(content: unknown): { readonly path: string[]; readonly message: string } | undefined {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return { path: [], message: 'A document must be a map with apiVersion, kind and metadata.' }
  }
  const { apiVersion, kind, metadata } = content as Record<string, unknown>
  if (typeof apiVersion !== 'string')
    return { path: ['apiVersion'], message: 'must be set, as in "apiVersion: v1".' }
  if (typeof kind !== 'string') return { path: ['kind'], message: 'must be set, as in "kind: Service".' }
  const name = (metadata as { name?: unknown } | null | undefined)?.name
  if (typeof name !== 'string' || name === '') return { path: ['metadata', 'name'], message: 'must be set.' }
  return undefined
}

/** Texts of `Warning: 299 - "text"` headers (RFC 9111 removed the header, Kubernetes keeps it: KEP-1693). */
function warningsOf(response: Response): string {
  const header = response.headers.get('warning') ?? ''
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)]
    .map((match) => match[1]?.replace(/\\(.)/g, '$1'))
    .join(' ')
}
