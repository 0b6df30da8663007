// Manifests from files, directories and the standard input, split into objects, each with where it came from.
// Source: cli-runtime/pkg/resource (FileVisitor, StreamVisitor, mapper).
import { parseAllDocuments, type YAMLParseError } from 'yaml'
import { FileError, resolvePath } from '../node/file-system.ts'
import type { ResourceMapping } from './discovery.ts'
import { CliError } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { isList, isRecord, nameOf, type Unstructured } from './object.ts'
import { quote } from './output/go-text.ts'

export interface Manifest {
  /** As messages name it: the path as given, or STDIN. */
  readonly source: string
  readonly object: Unstructured
  readonly mapping: ResourceMapping
  /** Where the object belongs; undefined for cluster-scoped kinds. */
  readonly namespace: string | undefined
}

interface SourceText {
  readonly source: string
  readonly text: string
}

/** The texts behind -f, in order. Directories give their .json, .yaml and .yml files. */
async function readSources(invocation: Invocation): Promise<SourceText[]> {
  const { process, flags } = invocation
  const sources: SourceText[] = []
  const add = (shown: string, depth: number): void => {
    const path = resolvePath(process.cwd, shown)
    const stat = process.files.stat(path)
    if (!stat) throw new CliError(`the path ${quote(shown)} does not exist`)
    if (stat.type !== 'directory') {
      sources.push({ source: shown, text: process.files.readText(path) })
      return
    }
    const before = sources.length
    for (const name of process.files.list(path)) {
      const inner = `${shown.replace(/\/$/, '')}/${name}`
      const type = process.files.stat(resolvePath(process.cwd, inner))?.type
      if (type === 'directory' && flags.boolean('recursive')) add(inner, depth + 1)
      if (type === 'file' && /\.(json|ya?ml)$/.test(name)) add(inner, depth + 1)
    }
    if (depth === 0 && sources.length === before && !flags.boolean('recursive'))
      throw new CliError(`error reading [${shown}]: recognized file extensions are [.json .yaml .yml]`)
  }
  for (const name of flags.list('filename')) {
    if (name === '-') sources.push({ source: 'STDIN', text: await invocation.readStdin() })
    else if (/^https?:\/\//.test(name))
      throw new CliError(
        `${name}: reading manifests from the internet is not simulated; save it as a file first`,
      )
    else
      try {
        add(name, 0)
      } catch (cause) {
        if (cause instanceof FileError) throw new CliError(`open ${name}: ${cause.message}`)
        throw cause
      }
  }
  return sources
}

/** Objects of one text. Lists are taken apart. */
export function parseManifest(source: string, text: string): Unstructured[] {
  const objects: Unstructured[] = []
  const documents = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: true })
  for (const document of documents) {
    const problem = document.errors[0]
    if (problem)
      throw new CliError(
        `error parsing ${source}: error converting YAML to JSON: ${goYamlError(problem, text)}`,
      )
    const value: unknown = document.toJS({ maxAliasCount: 1000 })
    if (value === null || value === undefined) continue
    if (!isRecord(value))
      throw new CliError(
        `error validating ${quote(source)}: error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`,
      )
    const object = value as Unstructured
    if (isList(object) && /List$/.test(object.kind ?? '')) objects.push(...object.items)
    else objects.push(object)
  }
  return objects
}

/** The message that go-yaml has for what the parser found. */
function goYamlError(error: YAMLParseError, text: string): string {
  // go-yaml names the line on which the construct ends, the parser here where the mapping began.
  const end =
    error.code === 'BLOCK_AS_IMPLICIT_KEY'
      ? Math.max(error.pos[0], text.indexOf(':', text.indexOf('\n', error.pos[0])))
      : error.pos[0]
  const line = text.slice(0, end).split('\n').length
  const messages: Readonly<Record<string, string>> = {
    TAB_AS_INDENT: 'found character that cannot start any token',
    DUPLICATE_KEY: error.message,
    MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
    BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
    BAD_INDENT: 'did not find expected key',
    MISSING_CHAR: 'could not find expected ":"',
    UNEXPECTED_TOKEN: 'did not find expected node content',
    IMPOSSIBLE: 'did not find expected node content',
  }
  return `yaml: line ${line}: ${messages[error.code] ?? error.message}`
}

const validationHint = 'if you choose to ignore these errors, turn validation off with --validate=false'

/** Every object of -f with its mapping and namespace; stops at the first problem unless `onError` takes it. */
export async function readManifests(
  invocation: Invocation,
  onError?: (error: unknown) => void,
  validate = false,
): Promise<Manifest[]> {
  if (invocation.flags.string('kustomize'))
    throw new CliError('-k is not simulated: kustomizations are not built here; apply the files with -f')
  const manifests: Manifest[] = []
  const fail = (error: unknown): void => {
    if (!onError) throw error
    onError(error)
  }
  const sources = await readSources(invocation)
  let count = 0
  for (const { source, text } of sources) {
    let objects: Unstructured[] = []
    try {
      objects = parseManifest(source, text)
    } catch (error) {
      fail(error)
    }
    count += objects.length
    for (const object of objects)
      try {
        manifests.push(await mapManifest(invocation, source, object, validate))
      } catch (error) {
        fail(error)
      }
  }
  if (sources.length > 0 && count === 0 && manifests.length === 0 && !onError)
    throw new CliError(`no objects passed to ${invocation.command.name}`)
  return manifests
}

async function mapManifest(
  invocation: Invocation,
  source: string,
  object: Unstructured,
  validate: boolean,
): Promise<Manifest> {
  const missing = [
    ...(object.apiVersion ? [] : ['apiVersion not set']),
    ...(object.kind ? [] : ['kind not set']),
  ]
  if (missing.length > 0) {
    const what = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`
    if (validate)
      throw new CliError(
        `error validating ${quote(source)}: error validating data: ${what}; ${validationHint}`,
      )
    if (!object.kind)
      throw new CliError(
        `unable to decode ${quote(source)}: Object 'Kind' is missing in '${JSON.stringify(object)}'`,
      )
  }
  const apiVersion = object.apiVersion ?? ''
  const kind = object.kind ?? ''
  const mapping = await invocation.discovery.kind(apiVersion, kind)
  if (!mapping)
    throw new CliError(
      `resource mapping not found for name: ${quote(nameOf(object))} namespace: ${quote(object.metadata?.namespace ?? '')} from ${quote(source)}: no matches for kind ${quote(kind)} in version ${quote(apiVersion)}\nensure CRDs are installed first`,
    )
  const own = object.metadata?.namespace
  if (mapping.namespaced && own && invocation.namespaceGiven && own !== invocation.namespace)
    throw new CliError(
      `the namespace from the provided object ${quote(own)} does not match the namespace ${quote(invocation.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    )
  const namespace = mapping.namespaced ? (own ?? invocation.namespace) : undefined
  if (namespace && !own) object.metadata = { ...object.metadata, namespace }
  return { source, object, mapping, namespace }
}
