import { describe, expect, test } from 'vitest'
import type { Hop } from '../../../../sandbox-server/contract/cluster.ts'
import { endpointSlices, services } from '../../../../sandbox-server/simulator/api/resources.ts'
import { restoreNetfilter } from '../../../../sandbox-server/simulator/network/netfilter/restore.ts'
import { VethInterface } from '../../../../sandbox-server/simulator/network/network-interface.ts'
import { testCluster } from './cluster.ts'
import { bytes, outcome, text } from './machines.ts'

describe('a Service', () => {
  test('with sessionAffinity ClientIP keeps a client on its pod until the time is over', async () => {
    const cluster = await testCluster('kindnet')
    const [, worker, worker2] = cluster.nodes
    const client = cluster.pod(worker, 'client')
    const pods = [cluster.pod(worker, 'a'), cluster.pod(worker2, 'b'), cluster.pod(worker2, 'c')]
    cluster.service('web', {
      clusterIP: '10.96.5.5',
      pods,
      spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } } },
    })
    await cluster.settle()
    const ask = () => cluster.get(client.network.sockets, 'http://10.96.5.5/')
    const answers = new Set<string>()
    for (let index = 0; index < 12; index++) answers.add(await ask())
    expect(answers.size).toBe(1)
    for (let index = 0; index < 12; index++) {
      await cluster.clock.advance(601_000)
      answers.add(await ask())
    }
    expect(answers.size).toBeGreaterThan(1)
  })

  test('that loses its UDP endpoint sends a client with a fixed port to the next one', async () => {
    const cluster = await testCluster('kindnet')
    const [, worker, worker2] = cluster.nodes
    const client = cluster.pod(worker, 'client')
    const [a, b] = [cluster.pod(worker2, 'a'), cluster.pod(worker2, 'b')]
    for (const pod of [a, b]) {
      const socket = pod.network.sockets.bindUdp({ port: 8080 })
      const serve = async () => {
        for (;;) {
          const { from } = await socket.receive()
          socket.send(bytes(pod.name), from)
        }
      }
      serve().catch(() => undefined)
    }
    const ports = [{ name: 'dns', port: 53, protocol: 'UDP' }]
    cluster.service('dns', { clusterIP: '10.96.5.5', pods: [a], ports })
    await cluster.settle()
    const to = { address: '10.96.5.5', port: 53 }
    const socket = client.network.sockets.bindUdp({ connectedTo: to })
    const ask = async () => {
      socket.send(bytes('?'), to)
      const answer = await outcome(cluster.clock, socket.receive(), 1000)
      return 'value' in answer ? text((answer.value as { data: Uint8Array }).data) : answer
    }
    expect(await ask()).toBe('a')
    cluster.objects.mutate(endpointSlices, { namespace: 'demo', name: 'dns-abc' }, (slice) => {
      Object.assign(slice, { endpoints: [{ addresses: [b.address], conditions: { ready: true } }] })
    })
    await cluster.settle()
    expect(await ask()).toBe('b')
  })

  test('without endpoints leaves no flow of what it refused', async () => {
    const cluster = await testCluster('kindnet')
    const [, worker] = cluster.nodes
    const client = cluster.pod(worker, 'client')
    cluster.service('web', { clusterIP: '10.96.5.5', pods: [] })
    await cluster.settle()
    expect(await cluster.get(client.network.sockets, 'http://10.96.5.5/')).toBe('ECONNREFUSED')
    expect(worker.network.netfilter.conntrack.list()).toEqual([])
  })

  test("whose endpoint is on the node itself sees the node's address, not 127.0.0.1", async () => {
    const cluster = await testCluster('kindnet')
    const [controlPlane] = cluster.nodes
    const seen: string[] = []
    controlPlane.network.sockets.listen({ port: 8080 }, (connection) => {
      seen.push(connection.remote.address)
      connection.reset()
    })
    const onHost = { name: 'api', address: controlPlane.address, network: controlPlane.network }
    cluster.service('api', { clusterIP: '10.96.5.5', pods: [onHost] })
    await cluster.settle()
    await cluster.get(controlPlane.network.sockets, 'http://10.96.5.5/')
    expect(seen).toEqual([controlPlane.address])
  })

  test('that is deleted leaves no rule behind', async () => {
    const cluster = await testCluster('kindnet')
    const [, worker] = cluster.nodes
    const chains = () => [...worker.network.netfilter.table('nat').chains.keys()].sort()
    const a = cluster.pod(worker, 'a')
    const before = chains()
    cluster.service('web', { clusterIP: '10.96.5.5', pods: [a] })
    await cluster.settle()
    expect(chains().length).toBe(before.length + 2)
    cluster.objects.delete(services, { namespace: 'demo', name: 'web' })
    cluster.objects.delete(endpointSlices, { namespace: 'demo', name: 'web-abc' })
    await cluster.settle()
    expect(chains()).toEqual(before)
  })
})

describe('a trace', () => {
  test('tells where the reply dies', async () => {
    const cluster = await testCluster('kindnet')
    const [, worker, worker2] = cluster.nodes
    const a = cluster.pod(worker, 'a')
    const b = cluster.pod(worker2, 'b')
    const rule = '*filter\n-A FORWARD -p tcp --sport 8080 -j DROP\nCOMMIT\n'
    restoreNetfilter(worker.network.netfilter, rule, { flush: false })
    worker.network.netfilter.table('filter').chains.get('FORWARD')?.rules.reverse()
    const hops: Hop[] = []
    const url = `http://${b.address}:8080/`
    expect(await cluster.get(a.network.sockets, url, { trace: { hop: (hop) => hops.push(hop) } })).toBe(
      'timeout',
    )
    expect(hops.at(-1)).toEqual({
      at: 'fairlead-worker',
      kind: 'drop',
      detail: 'reply: -A FORWARD -p tcp -m tcp --sport 8080 -j DROP',
    })
  })
})

describe('Flannel over a link that carries less than it says', () => {
  async function narrow() {
    const cluster = await testCluster('flannel')
    const [, worker, worker2] = cluster.nodes
    const a = cluster.pod(worker, 'a')
    const c = cluster.pod(worker2, 'c')
    for (const node of [worker, worker2]) {
      const eth0 = node.network.interface('eth0')
      if (eth0 instanceof VethInterface) eth0.limitBytes = 1400
    }
    return { cluster, a, c }
  }

  test('answers to 1322 bytes, loses up to 1422, and refuses 1423 at home', async () => {
    const { cluster, a, c } = await narrow()
    const ping = (size: number) => {
      const abort = new AbortController()
      cluster.clock.after(1000, () => abort.abort(new Error('no answer')))
      const { signal } = abort
      const options = { to: c.address, bytes: size, sequence: 1, dontFragment: true, signal }
      return outcome(cluster.clock, a.network.sockets.ping(options))
    }
    const fates: Record<number, string> = {}
    for (const size of [1322, 1323, 1422, 1423]) {
      const result = await ping(size)
      fates[size] = 'error' in result ? result.error : 'answered'
    }
    expect(fates).toEqual({ 1322: 'answered', 1323: 'no answer', 1422: 'no answer', 1423: 'EMSGSIZE' })
  })

  test('small answers arrive, large ones hang', async () => {
    const { cluster, a, c } = await narrow()
    c.network.sockets.listen({ port: 9000 }, (connection) => {
      void connection.write(new Uint8Array(4000)).catch(() => undefined)
    })
    expect(await cluster.get(a.network.sockets, `http://${c.address}:8080/`)).toBe('c')
    const connection = await a.network.sockets.connect({ to: { address: c.address, port: 9000 } })
    const read = await outcome(cluster.clock, connection.read(), 10_000)
    expect(read).toEqual({ afterMs: expect.any(Number) })
  })
})
