import { expect, test } from 'vitest'
import { services } from '../../../../../sandbox-server/simulator/api/resources.ts'
import { restoreNetfilter } from '../../../../../sandbox-server/simulator/network/netfilter/restore.ts'
import { testCluster } from '../cluster.ts'

test('kube-proxy puts back what a learner flushed, with the next change', async () => {
  const cluster = await testCluster('kindnet')
  const [, worker] = cluster.nodes
  const a = cluster.pod(worker, 'a')
  const b = cluster.pod(worker, 'b')
  cluster.service('web', { clusterIP: '10.96.5.5', pods: [b] })
  await cluster.settle()
  for (const table of worker.network.netfilter.tables()) {
    for (const chain of table.chains.values()) chain.rules = []
  }
  worker.network.netfilter.changed()
  expect(await cluster.get(a.network.sockets, 'http://10.96.5.5/')).not.toBe('b')
  cluster.service('other', { clusterIP: '10.96.5.6', pods: [b] })
  await cluster.settle()
  expect(await cluster.get(a.network.sockets, 'http://10.96.5.5/')).toBe('b')
})

test('a chain that a learner holds on to stops no clock: the sync fails and is tried again', async () => {
  const cluster = await testCluster('kindnet')
  const [, worker] = cluster.nodes
  const a = cluster.pod(worker, 'a')
  const web = cluster.service('web', { clusterIP: '10.96.5.5', pods: [a] })
  await cluster.settle()
  const { netfilter } = worker.network
  const chain = [...netfilter.table('nat').chains.keys()].find((name) => name.startsWith('KUBE-SVC-'))
  restoreNetfilter(netfilter, `*nat\n-A PREROUTING -p udp -j ${chain}\nCOMMIT\n`, { flush: false })
  cluster.objects.delete(services, { namespace: 'demo', name: web.metadata?.name ?? '' })
  await cluster.settle()
  expect(netfilter.table('nat').chains.has(chain ?? '')).toBe(true)
  const { rules } = netfilter.table('nat').chains.get('PREROUTING') ?? { rules: [] }
  rules.splice(rules.length - 1, 1)
  await cluster.clock.advance(31_000)
  expect(netfilter.table('nat').chains.has(chain ?? '')).toBe(false)
})

test('a health check port that is taken is logged, and the rules are written all the same', async () => {
  const cluster = await testCluster('kindnet')
  const [, worker] = cluster.nodes
  const a = cluster.pod(worker, 'a')
  worker.network.sockets.listen({ port: 31_000 }, () => undefined)
  cluster.service('web', {
    clusterIP: '10.96.5.5',
    pods: [a],
    ports: [{ name: 'http', port: 80, nodePort: 30_080, protocol: 'TCP' }],
    spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31_000 },
  })
  await cluster.settle()
  expect(await cluster.get(worker.network.sockets, 'http://10.96.5.5/')).toBe('a')
  const [controlPlane] = cluster.nodes
  const answer = await cluster.get(cluster.outside.sockets, `http://${controlPlane.address}:31000/healthz`)
  expect(JSON.parse(answer)).toEqual({
    service: { namespace: 'demo', name: 'web' },
    localEndpoints: 0,
    serviceProxyHealthy: true,
  })
})
