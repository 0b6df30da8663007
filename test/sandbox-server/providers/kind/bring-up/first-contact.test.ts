import { describe, expect, it } from 'vitest'
import { accessSchema, clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { planCluster } from '../../../../../sandbox-server/providers/kind/bring-up/cluster-plan.ts'
import {
  waitForCluster,
  whatIsMissing,
} from '../../../../../sandbox-server/providers/kind/bring-up/first-contact.ts'

const woken = Date.parse('2026-01-01T10:00:00.500Z')
const early = '2026-01-01T09:00:00Z'
const fresh = '2026-01-01T10:00:00Z'

const ready = (status: string) => ({ conditions: [{ type: 'Ready', status, message: 'says the kubelet' }] })
const node = (name: string, status = 'True') => ({ metadata: { name }, status: ready(status) })
const pod = (app: string, nodeName: string, startedAt = fresh, status = 'True') => ({
  metadata: { name: `${app}-${nodeName}`, labels: { 'k8s-app': app } },
  spec: { nodeName },
  status: { ...ready(status), containerStatuses: [{ state: { running: { startedAt } } }] },
})
const lease = (name: string, renewTime: string) => ({ metadata: { name }, spec: { renewTime } })

const controlPlane = 'fairlead-control-plane'
const worker = 'fairlead-worker'

/** What a two-node cluster that works answers, by the end of the path. */
const works = {
  nodes: [node(controlPlane), node(worker)],
  leases: [lease(controlPlane, '2026-01-01T10:00:02Z'), lease(worker, '2026-01-01T10:00:03Z')],
  pods: [pod('kube-proxy', controlPlane), pod('kube-proxy', worker), pod('kube-dns', controlPlane)],
  endpointslices: [{ endpoints: [{ conditions: { ready: true } }] }],
  default: {},
}

function missing(answers: Partial<typeof works>, spec = {}, isWake = false) {
  const all: Record<string, unknown> = { ...works, ...answers }
  const record = planCluster({
    name: 'a',
    spec: clusterSpecSchema.parse({ nodes: 2, ...spec }),
    access: accessSchema.parse({}),
    subnet: '10.201.7.0/24',
    now: 0,
  })
  return {
    record,
    signal: new AbortController().signal,
    now: () => 0,
    startedAt: isWake ? new Map(record.nodes.map(({ name }) => [name, woken])) : undefined,
    kubernetes: async (request: Request) => {
      const found = all[new URL(request.url).pathname.split('/').at(-1) ?? '']
      return found ? Response.json({ items: found }) : new Response('', { status: 404 })
    },
  }
}

describe('whatIsMissing', () => {
  it('misses nothing where nodes, kube-proxy, DNS and the ServiceAccount are there', async () => {
    expect(await whatIsMissing(missing({}))).toBeUndefined()
    expect(await whatIsMissing(missing({}, {}, true))).toBeUndefined()
  })

  it.each([
    ['a node', { nodes: [node(controlPlane)] }, 'node fairlead-worker has not joined'],
    [
      'its readiness',
      { nodes: [node(controlPlane), node(worker, 'False')] },
      'node fairlead-worker is not ready (says the kubelet)',
    ],
    ['kube-proxy', { pods: [works.pods[0], works.pods[2]] }, 'kube-proxy does not run on fairlead-worker'],
    ['a pod of DNS', { pods: works.pods.slice(0, 2) }, 'no pod of cluster DNS is ready'],
    ['its endpoint', { endpointslices: [{ endpoints: null }] }, 'cluster DNS has no endpoint'],
    ['the ServiceAccount', { default: undefined }, 'the default ServiceAccount is not there'],
    ['the API', { nodes: undefined }, 'the API server answers 404 to /api/v1/nodes'],
  ])('misses %s', async (_, answers, what) => {
    expect(await whatIsMissing(missing(answers as Partial<typeof works>))).toBe(what)
  })

  it('asks for no readiness where the lesson begins without a network plugin', async () => {
    const answers = { nodes: [node(controlPlane, 'False'), node(worker, 'False')], endpointslices: [] }
    expect(await whatIsMissing(missing(answers, { cni: 'none' }))).toBeUndefined()
  })

  it('believes nothing that was said before the nodes started again', async () => {
    const oldLease = { leases: [lease(controlPlane, early), works.leases[1] ?? lease('', '')] }
    expect(await whatIsMissing(missing(oldLease, {}, true))).toBe(
      'the kubelet of fairlead-control-plane has not been heard of since its start',
    )
    const oldPod = { pods: [...works.pods, pod('kindnet', worker, early)] }
    expect(await whatIsMissing(missing(oldPod, {}, true))).toBe(
      'pod kindnet-fairlead-worker has not been started again',
    )
    expect(await whatIsMissing(missing(oldPod))).toBeUndefined()
  })
})

describe('waitForCluster', () => {
  it('gives up at its deadline with what was missing', async () => {
    let time = 0
    const options = { ...missing({ nodes: [] }), now: () => (time += 50_000), deadlineMs: 60_000 }
    await expect(waitForCluster(options)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'The cluster does not get ready: node fairlead-control-plane has not joined.',
    })
  })

  it('ends at an abort', async () => {
    const options = { ...missing({ nodes: [] }), signal: AbortSignal.abort(new Error('called off')) }
    await expect(waitForCluster(options)).rejects.toThrow('called off')
  })
})
