// Makes one JSON Schema for manifests out of the API server's own schemas: the kind of a document picks its definition.

type Json = { [key: string]: unknown }
type Words = Readonly<Record<string, string>>

interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** What a learner writes in a manifest; `List` kinds and sub-resources would only crowd the completion. */
const written = new Set([
  'ConfigMap', 'CronJob', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'DaemonSet', 'Deployment',
  'EndpointSlice', 'Endpoints', 'HorizontalPodAutoscaler', 'Ingress', 'IngressClass', 'Job', 'Namespace',
  'NetworkPolicy', 'Node', 'Pod', 'PodDisruptionBudget', 'ReplicaSet', 'Role', 'RoleBinding', 'Secret', 'Service',
  'ServiceAccount', 'StatefulSet',
]) // biome-ignore format: a list reads better than a column

const prefix = '#/components/schemas/'

export function manifestSchema(
  schemas: Readonly<Record<string, Json>>,
  describe: (name: string) => Words,
): Json {
  const kinds: { name: string; gvk: GroupVersionKind }[] = []
  for (const [name, schema] of Object.entries(schemas)) {
    const gvks = (schema['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[]
    const gvk = gvks.length === 1 ? gvks[0] : undefined
    if (gvk !== undefined && written.has(gvk.kind) && /^v\d+$/.test(gvk.version)) kinds.push({ name, gvk })
  }
  const definitions: Json = {}
  const include = (name: string): void => {
    if (name in definitions) return
    const own = schemas[name]
    if (own === undefined) return
    definitions[name] = {}
    definitions[name] = definition(own, describe(name), include)
  }
  for (const { name } of kinds) include(name)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: { type: 'string', enum: [...new Set(kinds.map(({ gvk }) => apiVersion(gvk)))].sort() },
      kind: { type: 'string', enum: [...new Set(kinds.map(({ gvk }) => gvk.kind))].sort() },
      metadata: { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    },
    allOf: kinds.map(({ name, gvk }) => ({
      if: {
        properties: { kind: { const: gvk.kind }, apiVersion: { const: apiVersion(gvk) } },
        required: ['kind', 'apiVersion'],
      },
      // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's own keyword.
      then: { $ref: `#/definitions/${name}` },
    })),
    definitions,
  }
}

function apiVersion({ group, version }: GroupVersionKind): string {
  return group === '' ? version : `${group}/${version}`
}

/** `words` are the descriptions of a definition's properties, by name; the definition's own is under ''. */
function definition(schema: Json, words: Words, include: (name: string) => void): Json {
  const out = translate(schema, include)
  const properties = out.properties
  if (typeof properties === 'object' && properties !== null) {
    for (const [name, property] of Object.entries(properties)) {
      const text = words[name]
      if (text !== undefined && typeof property === 'object' && property !== null) {
        Reflect.set(property, 'description', text)
      }
    }
    // An unknown field is the mistake that a learner makes most; the API server refuses it too.
    out.additionalProperties ??= false
  }
  if (words[''] !== undefined) out.description = words['']
  return out
}

const kept = new Set([
  'type',
  'enum',
  'required',
  'properties',
  'items',
  'additionalProperties',
  'allOf',
  'oneOf',
  '$ref',
])

function translate(node: Json, include: (name: string) => void): Json {
  if (node.format === 'int-or-string') return { type: ['integer', 'string'] }
  const out: Json = {}
  for (const [key, value] of Object.entries(node)) {
    if (!kept.has(key)) continue
    if (key === '$ref') {
      const name = String(value).slice(prefix.length)
      include(name)
      out.$ref = `#/definitions/${name}`
    } else if (key === 'properties') {
      out[key] = Object.fromEntries(
        Object.entries(value as Json).map(([name, property]) => [name, translate(property as Json, include)]),
      )
    } else if (key === 'allOf' || key === 'oneOf') {
      out[key] = (value as Json[]).map((entry) => translate(entry, include))
    } else if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object') {
      out[key] = translate(value as Json, include)
    } else out[key] = value
  }
  return out
}
