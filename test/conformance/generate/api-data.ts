// Makes the data files of sandbox-server/simulator/api/data from recordings of a real API server and from the Go modules
// k8s.io/api and k8s.io/apimachinery of the same version (field descriptions, .proto files). Run by hand:
//   node test/conformance/generate/api-data.ts RECORDINGS/api API_MODULE APIMACHINERY_MODULE APIEXTENSIONS_MODULE
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { goTypes } from './go-types.ts'
import { protobufDescriptor } from './protobuf-descriptor.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Document = { paths: Record<string, Json>; components?: { schemas?: Record<string, Json> } }

const [recordings, api, apimachinery, apiextensions] = process.argv.slice(2)
if (!recordings || !api || !apimachinery || !apiextensions)
  throw new Error('usage: api-data.ts RECORDINGS/api API_MODULE APIMACHINERY_MODULE APIEXTENSIONS_MODULE')
const target = join(import.meta.dirname, '../../../sandbox-server/simulator/api/data')

function recorded(name: string): Record<string, unknown> {
  return JSON.parse(gunzipSync(readFileSync(join(recordings as string, `${name}.json.gz`))).toString())
}
function write(name: string, data: unknown): void {
  writeFileSync(join(target, `${name}.generated.json`), JSON.stringify(data))
}

/** Names of components that a document refers to, and those refer to. */
function components(from: Json, all: Record<string, Json>, found = new Set<string>()): Set<string> {
  if (Array.isArray(from)) for (const item of from) components(item, all, found)
  else if (from !== null && typeof from === 'object') {
    for (const [key, value] of Object.entries(from)) {
      const name =
        key === '$ref' && typeof value === 'string' ? value.replace('#/components/schemas/', '') : undefined
      if (name === undefined) components(value, all, found)
      else if (!found.has(name)) {
        found.add(name)
        components(all[name] ?? null, all, found)
      }
    }
  }
  return found
}

const documents = recorded('openapi-v3') as unknown as Record<string, Document>
const schemas: Record<string, Json> = {}
for (const document of Object.values(documents)) {
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    // A type's list of kinds differs by document (DeleteOptions names every group); the longest says most.
    if (!schemas[name] || JSON.stringify(schemas[name]).length < JSON.stringify(schema).length)
      schemas[name] = schema
  }
}

// Query parameters repeat in every operation: each is stored once and named by its index.
const parameters: Json[] = []
const parameterIndex = new Map<string, number>()
function intern(value: Json, key = ''): Json {
  if (Array.isArray(value)) {
    if (key !== 'parameters') return value.map((item) => intern(item))
    return value.map((item) => {
      const text = JSON.stringify(item)
      const index = parameterIndex.get(text) ?? parameters.push(item) - 1
      parameterIndex.set(text, index)
      return index
    })
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, intern(v, k)]))
}
const paths = Object.fromEntries(
  Object.entries(documents).map(([name, { paths, components: parts, ...rest }]) => {
    const own = Object.keys(parts?.schemas ?? {})
    const reached = components(paths as Json, schemas)
    return [
      name,
      {
        ...rest,
        paths: intern(paths as Json),
        unreached: own.filter((schema) => !reached.has(schema)).sort(),
      },
    ]
  }),
)

/** Descriptions as `types_swagger_doc_generated.go` holds them: type name to field name ('' for the type) to prose. */
function descriptions(): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {}
  const read = (file: string, prefix: string) => {
    const text = readFileSync(file, 'utf8')
    for (const [, type, body] of text.matchAll(/var map_(\w+) = map\[string\]string\{\n([\s\S]*?)\n\}/g)) {
      if (schemas[`${prefix}.${type}`] === undefined) continue
      const fields: Record<string, string> = {}
      for (const [, name, prose] of (body ?? '').matchAll(
        /^\t("(?:[^"\\]|\\.)*"):\s+("(?:[^"\\]|\\.)*"),$/gm,
      )) {
        fields[JSON.parse(name ?? '""')] = JSON.parse((prose ?? '""').replaceAll(/\\'/g, "'"))
      }
      found[`${prefix}.${type}`] = fields
    }
  }
  const walk = (root: string, folder: string, prefix: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.isDirectory()) walk(root, join(folder, entry.name), prefix)
      else if (entry.name === 'types_swagger_doc_generated.go') {
        read(join(root, folder, entry.name), `${prefix}.${folder.replaceAll('/', '.')}`)
      }
    }
  }
  walk(api as string, '.', 'io.k8s.api')
  walk(apimachinery as string, 'pkg/apis/meta', 'io.k8s.apimachinery')
  return found
}

write('discovery', recorded('discovery'))
write('tables', recorded('tables'))
write('schemas', schemas)
write('openapi', { parameters, documents: paths })
write('descriptions', descriptions())
const go = goTypes(Object.keys(schemas), { api, apimachinery, apiextensions })
write('go-types', go.names)
write('go-fields', { pointers: go.pointers, always: go.always, embedded: go.embedded })
write('protobuf', protobufDescriptor(api, apimachinery))
