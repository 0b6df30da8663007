// object: fields of API objects. Read last and weighed least: traffic is the judge, unless the object is the lesson.
import type { CheckOf } from '../../contract/check.ts'
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import type { CheckContext, CheckKindDefinition, Finding } from '../check-kind.ts'
import { KubernetesRefusal } from '../kubernetes-reader.ts'
import { inNetwork } from '../network-policy.ts'
import { sameValue, show, valueAt } from '../path.ts'

type ObjectCheck = CheckOf<'object'>
type Expectation = ObjectCheck['expect'][string]

export const objectCheck: CheckKindDefinition<'object'> = {
  kind: 'object',
  changesCluster: (check) => check.create !== undefined,
  async run(check, context) {
    const { object } = check
    const namespace = object.namespace ?? context.namespace
    const label = `${object.kind}${object.name ? ` ${object.name}` : ''}`
    const did =
      `kubectl get ${object.kind.toLowerCase()} ${object.name ?? ''} -n ${namespace} -o yaml`.replace(
        '  ',
        ' ',
      )
    const candidates = check.create
      ? [await createAndDelete(check, context, namespace)]
      : await find(check, context, namespace)
    if (candidates.length === 0) {
      const message = `Looked for ${label} in namespace ${namespace}, found none. See kubectl get ${object.kind.toLowerCase()} -n ${namespace}.`
      const data = { exists: false }
      return { score: 0, message, observations: [{ did, found: 'not found', hops: [], data }], data }
    }
    const podCidrs = (await context.api.nodes()).flatMap((node) => node.spec?.podCIDR ?? [])
    const judged = candidates.map((candidate) => judge(check, candidate, podCidrs))
    const failed = judged.filter((one) => one.problems.length > 0)
    const passed = check.all ? failed.length === 0 : failed.length < judged.length
    const shown = (passed ? judged.find((one) => one.problems.length === 0) : failed[0]) ?? judged[0]
    const data = {
      exists: true,
      count: candidates.length,
      failing: failed.map((one) => one.name),
      ...shown?.values,
    }
    return {
      score: passed ? 1 : 0,
      message: passed
        ? check.all
          ? `Holds for all ${candidates.length} objects of kind ${object.kind}.`
          : `${label}: ${describeValues(shown?.values ?? {})}.`
        : `${object.kind} ${shown?.name}: ${shown?.problems.join('; ')}. See ${did}.`,
      observations: [{ did, found: describeValues(shown?.values ?? {}), hops: [], data }],
      data,
    } satisfies Finding
  },
}

async function find(
  check: ObjectCheck,
  context: CheckContext,
  namespace: string,
): Promise<KubernetesObject[]> {
  const { apiVersion, kind, name, selector } = check.object
  if (name === undefined) return context.api.list(apiVersion, kind, { namespace, selector })
  const found = await context.api.get(apiVersion, kind, namespace, name)
  return found ? [found] : []
}

async function createAndDelete(
  check: ObjectCheck,
  context: CheckContext,
  namespace: string,
): Promise<KubernetesObject> {
  const { apiVersion, kind } = check.object
  const path = await context.api.path(apiVersion, kind, namespace)
  if (path === undefined) throw new Error(`the cluster has no kind ${kind} in ${apiVersion}`)
  const given = { apiVersion, kind, ...check.create }
  const name = String(valueAt(given, 'metadata.name') ?? 'fairlead-check')
  const body = { ...given, metadata: { ...(valueAt(given, 'metadata') as object | undefined), name } }
  // One that an interrupted run left behind would be found in its old form.
  await context.api.request('DELETE', `${path}/${name}`)
  try {
    const created = (await context.api.request('POST', path, body)) as KubernetesObject
    await context.api.request('DELETE', `${path}/${name}`)
    return created
  } catch (error) {
    if (error instanceof KubernetesRefusal)
      throw new Error(`the API refused a new ${kind}: ${error.message}`, { cause: error })
    throw error
  }
}

function judge(check: ObjectCheck, object: KubernetesObject, podCidrs: readonly string[]) {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [path, expectation] of Object.entries(check.expect)) {
    const found = valueAt(object, path)
    values[path] = found
    const problem = problemOf(found, expectation, podCidrs)
    if (problem) problems.push(`${path} ${problem}`)
  }
  // `found` is addressable in messages by position, since paths hold characters that a placeholder cannot.
  return { name: object.metadata?.name ?? '', problems, values: { ...values, found: Object.values(values) } }
}

function problemOf(
  found: unknown,
  expectation: Expectation,
  podCidrs: readonly string[],
): string | undefined {
  if ('equals' in expectation) {
    return sameValue(found, expectation.equals)
      ? undefined
      : `is ${show(found)}, looked for ${show(expectation.equals)}`
  }
  if ('matches' in expectation) {
    return new RegExp(expectation.matches).test(show(found))
      ? undefined
      : `is ${show(found)}, looked for ${expectation.matches}`
  }
  if ('exists' in expectation) {
    if ((found !== undefined) === expectation.exists) return undefined
    return expectation.exists ? 'is not set' : `is ${show(found)}, looked for none`
  }
  if ('oneOf' in expectation) {
    const fits = expectation.oneOf.some((one) => sameValue(found, one))
    return fits ? undefined : `is ${show(found)}, looked for one of ${expectation.oneOf.map(show).join(', ')}`
  }
  if ('count' in expectation) {
    const count = Array.isArray(found) ? found.length : found === undefined ? 0 : 1
    return count === expectation.count ? undefined : `has ${count} entries, looked for ${expectation.count}`
  }
  if ('keys' in expectation) {
    const keys = typeof found === 'object' && found !== null ? Object.keys(found).sort() : []
    const wanted = [...expectation.keys].sort()
    return sameValue(keys, wanted)
      ? undefined
      : `has ${keys.join(', ') || 'none'}, looked for ${wanted.join(', ')}`
  }
  const network = networkIn(found, expectation.holdsPodCidrs)
  const outside = podCidrs.filter((cidr) => !network || !holds(network, cidr))
  return outside.length === 0
    ? undefined
    : `is ${network ?? 'not a network'}, which does not hold ${outside.join(', ')}`
}

function networkIn(found: unknown, where: true | { jsonField: string }): string | undefined {
  if (typeof found !== 'string') return undefined
  if (where === true) return found
  try {
    const parsed: unknown = JSON.parse(found)
    const value = valueAt(parsed, where.jsonField)
    return typeof value === 'string' ? value : undefined
  } catch {
    // Not JSON: then there is no network in it, which the caller says.
    return undefined
  }
}

function holds(network: string, cidr: string): boolean {
  const [address = '', length = '32'] = cidr.split('/')
  return inNetwork(address, network) && Number(network.split('/')[1] ?? '32') <= Number(length)
}

function describeValues(values: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(values).filter(([path]) => path !== 'found')
  return shown.map(([path, value]) => `${path}: ${short(show(value))}`).join('; ') || 'found'
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
