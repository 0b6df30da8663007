// What the arguments of a command point at: types, names, selectors, files. Source: cli-runtime/pkg/resource/builder.go.
import { jsonType, type RequestOptions } from './client.ts'
import { pathOf, type ResourceMapping } from './discovery.ts'
import { CliError, isStatus, StatusError } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { readManifests } from './manifests.ts'
import { isList, nameOf, textAt, type Unstructured } from './object.ts'
import { quote } from './output/go-text.ts'

/** One request's worth: a named object, or a list. */
export interface Target {
  readonly mapping: ResourceMapping
  readonly namespace: string | undefined
  /** Left out: the whole collection. */
  readonly name?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** The file that named it. */
  readonly source?: string
}

export interface Found {
  readonly mapping: ResourceMapping
  readonly namespace: string | undefined
  readonly name: string
  readonly object: Unstructured
  readonly source?: string
}

export interface TargetOptions {
  readonly selector?: string
  readonly fieldSelector?: string
  readonly allNamespaces?: boolean
  /** A type alone means its whole collection. */
  readonly typeAloneMeansAll?: boolean
  /** Said where there are no arguments. */
  readonly missing: string
}

export const missingResources = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

export async function resolveTargets(
  invocation: Invocation,
  args: readonly string[],
  options: TargetOptions,
): Promise<Target[]> {
  const { discovery } = invocation
  const labelSelector = options.selector || undefined
  const fieldSelector = options.fieldSelector || undefined
  if (invocation.flags.list('filename').length > 0 || invocation.flags.string('kustomize')) {
    if (args.length > 0)
      throw new CliError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      )
    const manifests = await readManifests(invocation)
    return manifests.map(({ mapping, namespace, object, source }) => ({
      mapping,
      namespace,
      name: nameOf(object),
      source,
    }))
  }
  if (args.length === 0) throw new CliError(options.missing)
  const namespace = options.allNamespaces ? undefined : invocation.namespace
  const scopeOf = (mapping: ResourceMapping) => (mapping.namespaced ? namespace : undefined)

  if (args.some((arg) => arg.includes('/'))) {
    const targets: Target[] = []
    for (const arg of args) {
      const parts = arg.split('/')
      if (parts.length === 1)
        throw new CliError(
          `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
        )
      if (parts.length !== 2)
        throw new CliError('arguments in resource/name form may not have more than one slash')
      const [type = '', name = ''] = parts
      if (!type || !name || type.includes(','))
        throw new CliError('arguments in resource/name form must have a single resource and name')
      const mapping = await discovery.resource(type)
      if (mapping.namespaced && options.allNamespaces)
        throw new CliError('a resource cannot be retrieved by name across all namespaces')
      targets.push({ mapping, namespace: scopeOf(mapping), name })
    }
    if (labelSelector)
      throw new CliError('selectors and the all flag cannot be used when passing resource/name arguments')
    return targets
  }

  const [types = '', ...names] = args
  const mappings: ResourceMapping[] = []
  for (const type of types.split(',')) {
    const category = await discovery.category(type)
    const found = category.length > 0 ? category : [await discovery.resource(type)]
    for (const mapping of found)
      if (!mappings.some((other) => other.plural === mapping.plural && other.group === mapping.group))
        mappings.push(mapping)
  }
  if (names.length > 0) {
    if (labelSelector) throw new CliError('name cannot be provided when a selector is specified')
    if (fieldSelector) throw new CliError('field selectors cannot be used when names are specified')
    if (options.allNamespaces && mappings.some((mapping) => mapping.namespaced))
      throw new CliError('a resource cannot be retrieved by name across all namespaces')
    return mappings.flatMap((mapping) =>
      names.map((name) => ({ mapping, namespace: scopeOf(mapping), name })),
    )
  }
  if (!labelSelector && !fieldSelector && !options.typeAloneMeansAll)
    throw new CliError('resource(s) were provided, but no name was specified')
  return mappings.map((mapping) => ({
    mapping,
    namespace: scopeOf(mapping),
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
  }))
}

/** The request's query of a collection. */
export function listQuery(target: Target): Record<string, string | undefined> {
  return { labelSelector: target.labelSelector, fieldSelector: target.fieldSelector }
}

/** The answer for a target: an object or a list (every page of it). */
export async function fetchTarget(
  invocation: Invocation,
  target: Target,
  options: RequestOptions & { readonly subresource?: string } = {},
): Promise<Unstructured> {
  const path = pathOf(target.mapping, target.namespace, target.name, options.subresource)
  if (target.name !== undefined) return invocation.client.json(path, options)
  const query = { ...listQuery(target), limit: '500', ...options.query }
  const first = await invocation.client.json(path, { ...options, query }).catch((error: unknown) => {
    const selects = target.labelSelector !== undefined || target.fieldSelector !== undefined
    throw error instanceof StatusError && error.status.code === 400 && selects
      ? listError(error, target)
      : error
  })
  let token = textAt(first, 'metadata', 'continue')
  while (token) {
    const page = await invocation.client.json(path, { ...options, query: { ...query, continue: token } })
    for (const field of ['items', 'rows']) {
      const all = first[field]
      const more = page[field]
      if (Array.isArray(all) && Array.isArray(more)) all.push(...more)
    }
    token = textAt(page, 'metadata', 'continue')
  }
  if (first.metadata) delete (first.metadata as Record<string, unknown>).continue
  return first
}

/** cli-runtime/pkg/resource EnhanceListError. */
function listError(
  error: StatusError,
  { mapping, labelSelector = '', fieldSelector = '' }: Target,
): StatusError {
  const groupVersion = mapping.group === '' ? `/${mapping.version}` : `${mapping.group}/${mapping.version}`
  return new StatusError(
    error.status,
    `Unable to find ${quote(`${groupVersion}, Resource=${mapping.plural}`)} that match label selector ${quote(labelSelector)}, field selector ${quote(fieldSelector)}: `,
  )
}

/** Every object that the targets name. Errors go to `onError`, or end it. */
export async function fetchObjects(
  invocation: Invocation,
  targets: readonly Target[],
  onError?: (error: unknown) => void,
  subresource?: string,
): Promise<Found[]> {
  const found: Found[] = []
  for (const target of targets)
    try {
      const answer = await fetchTarget(invocation, target, {
        accept: jsonType,
        ...(subresource ? { subresource } : {}),
      })
      if (target.name !== undefined || !isList(answer)) {
        found.push(foundObject(target, answer))
        continue
      }
      const kind = (answer.kind ?? '').replace(/List$/, '')
      for (const item of answer.items)
        found.push(foundObject(target, { kind, apiVersion: answer.apiVersion ?? 'v1', ...item }))
    } catch (error) {
      if (!onError) throw error
      onError(error)
    }
  return found
}

function foundObject(target: Target, object: Unstructured): Found {
  return {
    mapping: target.mapping,
    namespace: target.mapping.namespaced ? (object.metadata?.namespace ?? target.namespace) : undefined,
    name: nameOf(object),
    object,
    ...(target.source ? { source: target.source } : {}),
  }
}

export async function fetchOptional(
  invocation: Invocation,
  target: Target,
): Promise<Unstructured | undefined> {
  try {
    return await fetchTarget(invocation, target)
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined
    throw error
  }
}
