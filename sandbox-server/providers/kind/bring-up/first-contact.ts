// Waits until a cluster that runs is a cluster that works: nodes, kube-proxy, cluster DNS, default ServiceAccount.
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import type { ClusterRecord } from '../cluster-record.ts'

export interface FirstContactOptions {
  readonly kubernetes: (request: Request) => Promise<Response>
  readonly record: Pick<ClusterRecord, 'nodes' | 'spec'>
  readonly signal: AbortSignal
  /**
   * When each node's container started, epoch milliseconds by Kubernetes' name of the node. What the API says of an earlier
   * life of the node does not count then.
   */
  readonly startedAt?: ReadonlyMap<string, number> | undefined
  /** Default 120 s. */
  readonly deadlineMs?: number
  readonly now: () => number
}

const intervalMs = 150

/** Throws AppError PROVIDER_FAILED with what was still missing. */
export async function waitForCluster(options: FirstContactOptions): Promise<void> {
  const { signal, deadlineMs = 120_000, now } = options
  const deadline = now() + deadlineMs
  for (;;) {
    signal.throwIfAborted()
    const missing = await whatIsMissing(options)
    if (missing === undefined) return
    if (now() >= deadline) {
      throw new AppError('PROVIDER_FAILED', `The cluster does not get ready: ${missing}.`, {
        hint: 'Try again. If it happens again, look whether this machine has CPU and memory left.',
      })
    }
    await sleep(intervalMs, undefined, { signal })
  }
}

/** The first thing that is not there yet; undefined where all is. */
export async function whatIsMissing(options: FirstContactOptions): Promise<string | undefined> {
  const { record, signal } = options
  try {
    return (
      (await missingNode(options)) ??
      (await missingServiceAccount(options)) ??
      (await missingSystemPod(options)) ??
      (record.spec.cni === 'none' ? undefined : await missingDns(options))
    )
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
  }
}

async function missingNode(options: FirstContactOptions): Promise<string | undefined> {
  const { record, startedAt } = options
  const nodes = (await list(options, '/api/v1/nodes')).map((item) => nodeSchema.parse(item))
  // Without a network plugin no node is ever ready: that is where such a lesson begins.
  const mustBeReady = record.spec.cni !== 'none'
  for (const { name } of record.nodes) {
    const node = nodes.find(({ metadata }) => metadata.name === name)
    if (!node) return `node ${name} has not joined`
    const ready = node.status.conditions?.find(({ type }) => type === 'Ready')
    if (mustBeReady && ready?.status !== 'True')
      return `node ${name} is not ready (${ready?.message ?? 'it says nothing'})`
  }
  if (!startedAt) return undefined
  const leases = (await list(options, '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases')).map(
    (item) => leaseSchema.parse(item),
  )
  for (const { name } of record.nodes) {
    const renewed = Date.parse(leases.find(({ metadata }) => metadata.name === name)?.spec.renewTime ?? '')
    if (!(renewed >= (startedAt.get(name) ?? 0)))
      return `the kubelet of ${name} has not been heard of since its start`
  }
  return undefined
}

async function missingServiceAccount({
  kubernetes,
  signal,
}: FirstContactOptions): Promise<string | undefined> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default'
  const response = await kubernetes(new Request(`http://cluster${path}`, { signal }))
  await response.body?.cancel()
  return response.ok ? undefined : 'the default ServiceAccount is not there'
}

/** kube-proxy on every node; after a wake every pod of the system that claims to be ready, in its new life. */
async function missingSystemPod(options: FirstContactOptions): Promise<string | undefined> {
  const { record, startedAt } = options
  const pods = (await list(options, '/api/v1/namespaces/kube-system/pods')).map((item) =>
    podSchema.parse(item),
  )
  const proxies = pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-proxy')
  if (record.spec.kubeProxy !== 'none') {
    for (const { name } of record.nodes) {
      if (!proxies.some((pod) => pod.spec.nodeName === name && isReady(pod)))
        return `kube-proxy does not run on ${name}`
    }
  }
  const dns = pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns')
  if (record.spec.cni !== 'none' && !dns.some(isReady)) return 'no pod of cluster DNS is ready'
  const stale = startedAt && pods.find((pod) => isReady(pod) && isOfEarlierLife(pod, startedAt))
  return stale && `pod ${stale.metadata.name} has not been started again`
}

async function missingDns(options: FirstContactOptions): Promise<string | undefined> {
  const path =
    '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices?labelSelector=kubernetes.io/service-name=kube-dns'
  const slices = (await list(options, path)).map((item) => sliceSchema.parse(item))
  const ready = slices.some(({ endpoints }) =>
    endpoints?.some(({ conditions }) => conditions?.ready === true),
  )
  return ready ? undefined : 'cluster DNS has no endpoint'
}

async function list({ kubernetes, signal }: FirstContactOptions, path: string): Promise<readonly unknown[]> {
  const response = await kubernetes(new Request(`http://cluster${path}`, { signal }))
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`the API server answers ${response.status} to ${path}`)
  }
  return listSchema.parse(await response.json()).items
}

function isReady({ status }: z.infer<typeof podSchema>): boolean {
  return status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

/** The API gives times of containers in whole seconds. */
function isOfEarlierLife(
  { spec, status }: z.infer<typeof podSchema>,
  startedAt: ReadonlyMap<string, number>,
): boolean {
  const since = Math.floor((startedAt.get(spec.nodeName ?? '') ?? 0) / 1000) * 1000
  return (
    status.containerStatuses?.some(({ state }) => Date.parse(state?.running?.startedAt ?? '') < since) ??
    false
  )
}

const metadata = z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() })
const conditions = z
  .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
  .optional()
const listSchema = z.object({ items: z.array(z.unknown()) })
const nodeSchema = z.object({ metadata, status: z.object({ conditions }) })
const leaseSchema = z.object({ metadata, spec: z.object({ renewTime: z.string().optional() }) })
const podSchema = z.object({
  metadata,
  spec: z.object({ nodeName: z.string().optional() }),
  status: z.object({
    conditions,
    containerStatuses: z
      .array(
        z.object({ state: z.object({ running: z.object({ startedAt: z.string() }).optional() }).optional() }),
      )
      .optional(),
  }),
})
const sliceSchema = z.object({
  endpoints: z
    .array(z.object({ conditions: z.object({ ready: z.boolean().optional() }).optional() }))
    .nullish(),
})
