// Names of Go types that OpenAPI does not tell, but that decoding errors print: `v1.Protocol` where a schema says string.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface GoTypes {
  /** Schema name to JSON field to Go type, for fields of a named type that is no struct. */
  readonly names: Record<string, Record<string, string>>
  /** Schema name to the JSON fields that are pointers, whose zero value counts as set. */
  readonly pointers: Record<string, string[]>
  /** Schema name to the JSON fields that are written even when they are zero (no omitempty). */
  readonly always: Record<string, string[]>
  /** Schema name to the JSON fields that come from an embedded struct, with its name: decoding errors print it. */
  readonly embedded: Record<string, Record<string, string>>
}

export function goTypes(
  schemaNames: readonly string[],
  modules: { api: string; apimachinery: string; apiextensions: string },
): GoTypes {
  const found: Record<string, Record<string, string>> = {}
  const pointers: Record<string, string[]> = {}
  const always: Record<string, string[]> = {}
  const embedded: Record<string, Record<string, string>> = {}
  const folderOf = (name: string): string | undefined => {
    if (name.startsWith('io.k8s.api.')) return join(modules.api, ...name.split('.').slice(3, -1))
    if (name.startsWith('io.k8s.apimachinery.'))
      return join(modules.apimachinery, ...name.split('.').slice(3, -1))
    if (name.startsWith('io.k8s.apiextensions-apiserver.'))
      return join(modules.apiextensions, ...name.split('.').slice(3, -1))
    return undefined
  }
  const sources = new Map<string, string>()
  for (const name of schemaNames) {
    const folder = folderOf(name)
    if (!folder) continue
    if (!sources.has(folder)) sources.set(folder, sourceOf(folder))
    const source = sources.get(folder) ?? ''
    const short = name.split('.').at(-1) ?? ''
    const version = name.split('.').at(-2) ?? ''
    let body = new RegExp(`^type ${short} struct \\{\\n([\\s\\S]*?)\\n\\}`, 'm').exec(source)?.[1] ?? ''
    for (const [, inner = ''] of body.matchAll(/^\t(\w+)\s+`json:"(?:,inline[^"]*)?"/gm)) {
      const innerBody =
        new RegExp(`^type ${inner} struct \\{\\n([\\s\\S]*?)\\n\\}`, 'm').exec(source)?.[1] ?? ''
      for (const [, json = ''] of innerBody.matchAll(/`json:"([^",]+)/g)) {
        embedded[name] = { ...embedded[name], [json]: inner }
      }
      body += `\n${innerBody}`
    }
    for (const [, type = '', json = '', options = ''] of body.matchAll(
      /^\t\w+\s+(\S+)\s+`json:"([^",]+)([^"]*)"/gm,
    )) {
      const printed = printedType(type, source, version)
      if (type.startsWith('*')) pointers[name] = [...(pointers[name] ?? []), json]
      if (!/omitempty|omitzero|inline/.test(options)) always[name] = [...(always[name] ?? []), json]
      if (printed) found[name] = { ...found[name], [json]: printed }
    }
  }
  return { names: found, pointers, always, embedded }
}

function sourceOf(folder: string): string {
  try {
    const files = readdirSync(folder).filter(
      (file) => file.endsWith('.go') && !file.includes('_test') && !file.includes('generated'),
    )
    return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  } catch {
    return '' // Some schemas belong to modules that are not asked for; they have no named types of note.
  }
}

/** The type as Go's reflection prints it, or undefined where OpenAPI tells as much. */
function printedType(type: string, source: string, version: string): string | undefined {
  const bare = type.replace(/^\*/, '')
  const list = bare.startsWith('[]') ? '[]' : ''
  const name = bare.slice(list.length).replace(/^\*/, '')
  if (/^[A-Z]\w*$/.test(name)) {
    const underlying = new RegExp(`^type ${name} (\\S+)`, 'm').exec(source)?.[1]
    return underlying && underlying !== 'struct' ? `${list}${version}.${name}` : undefined
  }
  const foreign: Record<string, string> = {
    'v1.ResourceList': 'v1.ResourceList',
    'v1.ResourceName': 'v1.ResourceName',
    'types.UID': 'types.UID',
    'v1.PodConditionType': 'v1.PodConditionType',
    'v1.PersistentVolumeAccessMode': 'v1.PersistentVolumeAccessMode',
    'v1.ConditionStatus': 'v1.ConditionStatus',
    'v1.Protocol': 'v1.Protocol',
    'v1.NodeSelectorOperator': 'v1.NodeSelectorOperator',
    'v1.PreemptionPolicy': 'v1.PreemptionPolicy',
    'apiv1.PreemptionPolicy': 'v1.PreemptionPolicy',
    'corev1.Protocol': 'v1.Protocol',
  }
  const known = foreign[name]
  return known && `${list}${known}`
}
