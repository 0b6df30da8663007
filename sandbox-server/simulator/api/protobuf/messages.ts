// The protobuf messages of the API's kinds, loaded when the first client speaks protobuf and shared by all clusters.
import type { Type } from 'protobufjs'
import { namedType, schemaName } from '../schema/type-node.ts'

export type ProtobufMessage = Type

interface Loaded {
  lookup(name: string): Type | undefined
  pointers: Readonly<Record<string, readonly string[]>>
}

let loading: Promise<Loaded> | undefined

function load(): Promise<Loaded> {
  loading ??= (async () => {
    const [{ default: protobuf }, { default: descriptor }, { default: goFields }] = await Promise.all([
      import('protobufjs/light.js'),
      import('../data/protobuf.generated.json', { with: { type: 'json' } }),
      import('../data/go-fields.generated.json', { with: { type: 'json' } }),
    ])
    const root = protobuf.Root.fromJSON(descriptor as never)
    return {
      lookup: (name: string) => {
        const found = root.lookup(name)
        return found && 'fieldsArray' in found ? (found as Type) : undefined
      },
      pointers: goFields.pointers as Record<string, string[]>,
    }
  })()
  return loading
}

export async function messageOf(name: string): Promise<Type> {
  const type = (await load()).lookup(name)
  if (!type) throw new Error(`the protobuf descriptor has no ${name}`)
  return type
}

export interface FieldTable {
  messageOfKind(apiVersion: string, kind: string): Promise<Type | undefined>
  /** JSON names of a message's fields, and those that may be zero and still count as set. */
  fieldsOf(type: Type): { known: ReadonlySet<string>; pointers: ReadonlySet<string> } | undefined
}

export async function fieldTable(): Promise<FieldTable> {
  const { lookup, pointers } = await load()
  return {
    async messageOfKind(apiVersion, kind) {
      const [version = '', group = ''] = apiVersion.split('/').reverse()
      const name = schemaName(group, version, kind)
      if (name?.startsWith('io.k8s.')) return lookup(name.replace(/^io\.k8s\./, 'k8s.io.'))
      // Options are registered in every group.
      return kind.endsWith('Options') ? lookup(`k8s.io.apimachinery.pkg.apis.meta.v1.${kind}`) : undefined
    },
    fieldsOf(type) {
      const name = type.fullName.replace(/^\.k8s\.io\./, 'io.k8s.')
      const fields = Object.keys(namedType(name).fields)
      if (fields.length === 0) return undefined
      return { known: new Set(fields), pointers: new Set(pointers[name] ?? []) }
    },
  }
}
