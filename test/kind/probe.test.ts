// Probes on a real cluster of three nodes: 30 pods, a matrix of all, policies, pods and nodes that end. Needs the images of the
// provider suite in the node image.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProbeResult, type Target, targetSchema } from '../../sandbox-server/contract/cluster.ts'
import { accessSchema, clusterSpecSchema } from '../../sandbox-server/contract/lesson.ts'
import { clusterRecordSchema } from '../../sandbox-server/providers/kind/cluster-record.ts'
import { requireEngine } from '../../sandbox-server/providers/kind/engine/open-engine.ts'
import type { Cluster, ClusterProvider } from '../../sandbox-server/providers/provider.ts'
import { openKind } from './support/open-kind.ts'

const image = 'registry.k8s.io/e2e-test-images/agnhost:2.66.1'
const count = 30
const names = Array.from({ length: count }, (_, index) => `p${index}`)
const podOf = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'p', half: String(Number(name.slice(1)) % 2) } },
  spec: {
    nodeName: Number(name.slice(1)) % 2 === 0 ? 'fairlead-worker' : 'fairlead-worker2',
    terminationGracePeriodSeconds: 0,
    hostAliases: [{ ip: '10.96.0.1', hostnames: ['the-api'] }],
    containers: [{ name: 'c', image, args: ['netexec', '--http-port=8080', '--udp-port=8081'] }],
    ...more,
  },
})
const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})
const tcp = { name: 'http', port: 80, targetPort: 8080 }
const objects = [
  ...names.map((name) => podOf(name)),
  service('web', {
    selector: { app: 'p' },
    ports: [tcp, { name: 'udp', port: 81, targetPort: 8081, protocol: 'UDP' }],
  }),
  service('nobody', { selector: { app: 'nobody' }, ports: [tcp] }),
  service('heads', { clusterIP: 'None', selector: { app: 'p' }, ports: [tcp] }),
  service('alias', { type: 'ExternalName', externalName: 'web.demo.svc.cluster.local' }),
]
const manifest = (all: readonly object[]) => all.map((one) => JSON.stringify(one)).join('\n---\n')
const never = new AbortController().signal
const pod = (name: string) => ({ pod: name, namespace: 'demo' })
const target = (host: string, more: Partial<Target> = {}) => targetSchema.parse({ host, port: 80, ...more })

describe('probes on a real cluster', () => {
  let provider: ClusterProvider
  let cluster: Cluster
  const data = mkdtempSync(join(tmpdir(), 'fairlead-test-'))
  const addresses = new Map<string, string>()

  const read = async (path: string) =>
    (await cluster.kubernetes(new Request(`http://cluster/api/v1/namespaces/demo/${path}`))).json()
  const podIp = async (name: string): Promise<string | undefined> =>
    (await read(`pods/${name}`)).status?.podIP
  const containerOf = (node: string) => {
    const file = readdirSync(data, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith('record.json'),
    )
    const record = clusterRecordSchema.parse(JSON.parse(readFileSync(join(data, file ?? ''), 'utf8')))
    return record.nodes.find((one) => one.name === node)?.container ?? ''
  }
  /** Of the nodes' network, and nobody's. */
  const nowhere = async () => {
    const response = await cluster.kubernetes(new Request('http://cluster/api/v1/nodes/fairlead-worker'))
    const [ip] = (await response.json()).status.addresses
    return ip.address.replace(/\d+$/, '250')
  }
  const until = async (what: () => Promise<boolean>) => {
    const deadline = Date.now() + 120_000
    while (!(await what())) {
      if (Date.now() > deadline) throw new Error('not within two minutes')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const matrix = (pairs: readonly (readonly [string, string])[]) =>
    Promise.all(
      pairs.map(([from, to]) => {
        const at = target(addresses.get(to) ?? '', { port: 8080, path: '/hostname' })
        return cluster.probe(pod(from), at, never)
      }),
    )
  const all = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const))
  const outcomes = (results: readonly ProbeResult[]) => new Set(results.map(({ outcome }) => outcome))

  beforeAll(async () => {
    provider = await openKind({ data })
    const exercise = {
      cluster: clusterSpecSchema.parse({}),
      access: accessSchema.parse({}),
      namespace: 'demo',
      waitFor: names.map((name) => `pod/${name}`),
    }
    const applied = [{ path: 'pods.yaml', content: manifest(objects) }]
    cluster = await provider.create({ id: 'probes', exercise, applied, files: [] }, () => {}, never)
    for (const name of names) addresses.set(name, (await podIp(name)) ?? '')
  })
  afterAll(async () => {
    await cluster?.dispose()
    await provider?.dispose()
    rmSync(data, { recursive: true, force: true })
  })

  it('reach every pod from every other, 870 at once', async () => {
    const startedAt = Date.now()
    const results = await matrix(all)
    expect(outcomes(results)).toEqual(new Set(['answered']))
    expect(results.map(({ body }) => body)).toEqual(all.map(([, to]) => to))
    expect(Date.now() - startedAt).toBeLessThan(20_000)
  })

  it('leave from the pod’s own address and name server, over http, udp and https', async () => {
    const ask = (host: string, more: Partial<Target>) => cluster.probe(pod('p0'), target(host, more), never)
    const seen = [ask('web', { path: '/clientip' }), ask('alias', { path: '/clientip' })]
    const udp = ask('web', { protocol: 'udp', port: 81, path: '/clientip' })
    for (const result of await Promise.all([...seen, udp])) {
      expect(result.outcome).toBe('answered')
      expect(result.body?.replace(/:\d+$/, '')).toBe(addresses.get('p0'))
    }
    const api = await ask('the-api', { protocol: 'https', port: 443, path: '/version' })
    expect(api).toMatchObject({
      outcome: 'answered',
      address: '10.96.0.1',
      certificate: { subject: 'CN=kube-apiserver' },
    })
    expect(api.certificate?.names).toContain('kubernetes.default.svc')
  })

  it('tell refused, no name and no answer apart', async () => {
    const other = addresses.get('p1') ?? ''
    const ask = (host: string, more: Partial<Target> = {}) =>
      cluster.probe(pod('p0'), target(host, more), never)
    expect(await ask('nobody')).toMatchObject({ outcome: 'refused' })
    expect(await ask(other, { port: 82, protocol: 'tcp' })).toMatchObject({ outcome: 'refused' })
    expect(await ask(other, { port: 82, protocol: 'udp' })).toMatchObject({ outcome: 'refused' })
    expect((await ask('gone')).detail).toContain('gone: NXDOMAIN. Asked for gone.demo.svc.cluster.local A')
    expect(await ask(await nowhere(), { timeoutMs: 500 })).toMatchObject({ outcome: 'timeout' })
    expect(await ask(other, { port: 8080, protocol: 'https' })).toMatchObject({
      outcome: 'broken',
      detail: 'TLS: wrong version number',
    })
  })

  it('leave from a node, and from the toolbox in the toolbox’s network', async () => {
    const path = '/clientip'
    const from = { node: 'fairlead-worker2' }
    const direct = target(addresses.get('p1') ?? '', { port: 8080, path })
    expect(await cluster.probe(from, direct, never)).toMatchObject({ outcome: 'answered' })
    const node = (
      await cluster.resolve('outside', { name: 'fairlead-worker', type: 'A', search: true }, never)
    ).code
    expect(node).not.toBe('TIMEOUT')
    const kubelet = target('fairlead-worker', { port: 10250, protocol: 'tcp' })
    expect(await cluster.probe('outside', kubelet, never)).toMatchObject({ outcome: 'answered' })
  })

  it('ask for every kind of record', async () => {
    const web = (await read('services/web')).spec.clusterIP
    const ask = (name: string, type: 'A' | 'SRV' | 'CNAME' | 'PTR', search = true) =>
      cluster.resolve(pod('p0'), { name, type, search }, never)
    expect(await ask('web', 'A')).toMatchObject({
      code: 'NOERROR',
      answers: [web],
      queries: ['web.demo.svc.cluster.local A'],
    })
    // More than 512 bytes: over UDP it is cut short.
    const heads = await ask('heads', 'A')
    expect(heads.answers.sort()).toEqual([...addresses.values()].sort())
    expect((await ask('_http._tcp.web', 'SRV')).answers).toEqual(['0 100 80 web.demo.svc.cluster.local.'])
    expect((await ask('alias', 'CNAME')).answers).toEqual(['web.demo.svc.cluster.local.'])
    const reverse = `${web.split('.').reverse().join('.')}.in-addr.arpa`
    expect((await ask(reverse, 'PTR', false)).answers).toEqual(['web.demo.svc.cluster.local.'])
    expect(await ask('gone', 'A', false)).toMatchObject({ code: 'NXDOMAIN', queries: ['gone A'] })
  })

  it('are blocked where a policy says so, half of a matrix at once', async () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'half' },
      spec: {
        podSelector: { matchLabels: { app: 'p' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { half: '0' } } }] }],
      },
    }
    await cluster.apply(manifest([policy]))
    const closed = all.filter(([from]) => Number(from.slice(1)) % 2 === 1)
    await until(async () => !outcomes(await matrix(closed.slice(0, 40))).has('answered'))
    const startedAt = Date.now()
    const results = await matrix(all)
    expect(Date.now() - startedAt).toBeLessThan(20_000)
    const answered = all.filter((_, index) => results[index]?.outcome === 'answered')
    expect(answered).toEqual(all.filter(([from]) => Number(from.slice(1)) % 2 === 0))
    // Who enforces decides between these two.
    const blocked = outcomes(results.filter(({ outcome }) => outcome !== 'answered'))
    expect(['refused', 'timeout']).toEqual(expect.arrayContaining([...blocked]))
    const path = '/apis/networking.k8s.io/v1/namespaces/demo/networkpolicies/half'
    await cluster.kubernetes(new Request(`http://cluster${path}`, { method: 'DELETE' }))
    await until(async () => !(outcomes(await matrix(closed.slice(0, 40))).size > 1))
  })

  it('find the container that a pod runs now', async () => {
    const to = target(addresses.get('p1') ?? '', { port: 8080, path: '/clientip' })
    const self = target('localhost', { port: 8080, path: '/exit?code=1' })
    const ask = () => cluster.probe(pod('p2'), to, never).catch((error: { code: string }) => error.code)
    await cluster.probe(pod('p2'), self, never)
    await until(async () => {
      const result = await ask()
      if (result === 'NOT_FOUND') return false
      expect(result).toMatchObject({ outcome: 'answered' })
      return (await read('pods/p2')).status.containerStatuses[0].restartCount === 1
    })
    const remove = new Request('http://cluster/api/v1/namespaces/demo/pods/p2?gracePeriodSeconds=0', {
      method: 'DELETE',
    })
    await cluster.kubernetes(remove)
    await until(async () => (await read('pods/p2')).code === 404)
    await expect(cluster.probe(pod('p2'), to, never)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Pod p2 in namespace demo is not running.',
    })
    await cluster.apply(manifest([podOf('p2')]))
    await until(async () => (await ask()) !== 'NOT_FOUND')
    const result = await cluster.probe(pod('p2'), to, never)
    expect(result.body?.replace(/:\d+$/, '')).toBe(await podIp('p2'))
  })

  it('end with a clear error when a node’s container is killed, and begin again with it', async () => {
    const engine = await requireEngine()
    const container = containerOf('fairlead-worker2')
    const from = { node: 'fairlead-worker2' }
    const api = target('10.96.0.1', { port: 443, protocol: 'tcp', timeoutMs: 10_000 })
    const silent = target(await nowhere(), { protocol: 'tcp', timeoutMs: 10_000 })
    expect(await cluster.probe(from, api, never)).toMatchObject({ outcome: 'answered' })
    const waiting = Promise.allSettled(Array.from({ length: 50 }, () => cluster.probe(from, silent, never)))
    await engine.run(['kill', container])
    for (const result of await waiting) {
      // No host has that address: three seconds pass before the node says so.
      if (result.status === 'fulfilled') expect(result.value.outcome).not.toBe('answered')
      else expect(result.reason).toMatchObject({ code: 'PROVIDER_FAILED' })
    }
    await expect(cluster.probe(from, api, never)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: `The program in ${container} that sends probes ended with exit code 1.`,
      log: expect.stringContaining('is not running'),
    })
    const to = target(addresses.get('p4') ?? '', { port: 8080, path: '/hostname' })
    expect(await cluster.probe(pod('p0'), to, never)).toMatchObject({ outcome: 'answered', body: 'p4' })
    await engine.run(['start', container])
    await until(async () => {
      const result = await cluster.probe(pod('p1'), to, never).catch(() => undefined)
      return result?.outcome === 'answered'
    })
  })
})
