import { describe, expect, test } from 'vitest'
import type { Hop } from '../../../../sandbox-server/contract/cluster.ts'
import { testCluster } from './cluster.ts'

describe.each(['kindnet', 'flannel'] as const)('pods on %s', (cni) => {
  test('reach each other with their own addresses, on one node and across nodes', async () => {
    const cluster = await testCluster(cni)
    const [, worker, worker2] = cluster.nodes
    const a = cluster.pod(worker, 'a')
    const b = cluster.pod(worker, 'b')
    const c = cluster.pod(worker2, 'c')
    expect([a.address, b.address, c.address]).toEqual(['10.244.1.2', '10.244.1.3', '10.244.2.2'])
    expect(await cluster.get(a.network.sockets, `http://${b.address}:8080/clientip`)).toBe(a.address)
    expect(await cluster.get(a.network.sockets, `http://${c.address}:8080/clientip`)).toBe(a.address)
    expect(await cluster.get(c.network.sockets, `http://${a.address}:8080/clientip`)).toBe(c.address)
  })

  test('are reached by a Service from pods and nodes, and a pod reaches itself', async () => {
    const cluster = await testCluster(cni)
    const [, worker, worker2] = cluster.nodes
    const a = cluster.pod(worker, 'a')
    const b = cluster.pod(worker, 'b')
    const c = cluster.pod(worker2, 'c')
    cluster.service('web', { clusterIP: '10.96.5.5', pods: [b, c] })
    cluster.service('self', { clusterIP: '10.96.5.6', pods: [a] })
    await cluster.settle()
    const seen: Record<string, number> = {}
    for (let index = 0; index < 40; index++) {
      const name = await cluster.get(a.network.sockets, 'http://10.96.5.5/hostname')
      seen[name] = (seen[name] ?? 0) + 1
    }
    expect(Object.keys(seen).sort()).toEqual(['b', 'c'])
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(8)
    expect(await cluster.get(a.network.sockets, 'http://10.96.5.6/clientip')).toBe('10.244.1.1')
    expect(await cluster.get(worker2.network.sockets, 'http://10.96.5.6/hostname')).toBe('a')
  })

  test('answer on a node port of every node, also on localhost', async () => {
    const cluster = await testCluster(cni)
    const [controlPlane, worker, worker2] = cluster.nodes
    const c = cluster.pod(worker2, 'c')
    const ports = [{ name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' }]
    cluster.service('web', { clusterIP: '10.96.5.5', pods: [c], ports, spec: { type: 'NodePort' } })
    await cluster.settle()
    const answers: string[] = []
    for (const node of [controlPlane, worker, worker2]) {
      answers.push(await cluster.get(cluster.outside.sockets, `http://${node.address}:30080/clientip`))
    }
    answers.push(await cluster.get(worker2.network.sockets, 'http://127.0.0.1:30080/hostname'))
    const entered =
      cni === 'kindnet'
        ? ['172.18.0.2', '172.18.0.3', '10.244.2.1']
        : ['10.244.0.0', '10.244.1.0', '10.244.2.1']
    expect(answers).toEqual([...entered, 'c'])
  })

  test("with externalTrafficPolicy Local, only the pod's node answers, and the pod sees the client", async () => {
    const cluster = await testCluster(cni)
    const [, worker, worker2] = cluster.nodes
    const c = cluster.pod(worker2, 'c')
    const ports = [{ name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' }]
    const spec = { type: 'NodePort', externalTrafficPolicy: 'Local' } as const
    cluster.service('web', { clusterIP: '10.96.5.5', pods: [c], ports, spec })
    await cluster.settle()
    const from = cluster.outside.sockets
    expect(await cluster.get(from, `http://${worker2.address}:30080/clientip`)).toBe('172.18.0.9')
    expect(await cluster.get(from, `http://${worker.address}:30080/clientip`)).toBe('timeout')
    expect(await cluster.get(worker.network.sockets, `http://${worker.address}:30080/hostname`)).toBe('c')
  })

  test("are refused at once by a Service without endpoints, and leave the cluster with the node's address", async () => {
    const cluster = await testCluster(cni)
    const [, worker] = cluster.nodes
    const a = cluster.pod(worker, 'a')
    cluster.service('web', { clusterIP: '10.96.5.5', pods: [] })
    await cluster.settle()
    const started = cluster.clock.now()
    expect(await cluster.get(a.network.sockets, 'http://10.96.5.5/')).toBe('ECONNREFUSED')
    expect(await cluster.get(worker.network.sockets, 'http://10.96.5.5/')).toBe('ECONNREFUSED')
    expect(await cluster.get(a.network.sockets, 'http://10.96.5.77:81/')).toBe('ENETUNREACH')
    expect(cluster.clock.now()).toBe(started)
    const seen: string[] = []
    cluster.outside.sockets.listen({ port: 8080 }, (connection) => {
      seen.push(connection.remote.address)
      connection.reset()
    })
    await cluster.get(a.network.sockets, 'http://172.18.0.9:8080/')
    expect(seen).toEqual([worker.address])
  })
})

test('a trace names every rule and route that the first packet met', async () => {
  const cluster = await testCluster('kindnet')
  const [, worker, worker2] = cluster.nodes
  const a = cluster.pod(worker, 'a')
  const c = cluster.pod(worker2, 'c')
  cluster.service('web', { clusterIP: '10.96.5.5', pods: [c] })
  await cluster.settle()
  const hops: Hop[] = []
  await cluster.get(a.network.sockets, 'http://10.96.5.5/', { trace: { hop: (hop) => hops.push(hop) } })
  const told = hops.map(
    (hop) => `${hop.at} ${hop.kind} ${hop.detail.replace(/veth\w+|KUBE-\w+-\w{16}|:\d{5}/g, '*')}`,
  )
  expect(told).toMatchInlineSnapshot(`
    [
      "demo/a socket TCP SYN 10.244.1.2* -> 10.96.5.5:80",
      "demo/a route 10.96.5.5: default via 10.244.1.1 dev eth0",
      "fairlead-worker rule -A KUBE-SERVICES -d 10.96.5.5/32 -p tcp -m comment --comment "demo/web:http cluster IP" -m tcp --dport 80 -j *",
      "fairlead-worker nat -A * -p tcp -m comment --comment "demo/web:http" -m tcp -j DNAT --to-destination 10.244.2.2:8080 (destination becomes 10.244.2.2:8080)",
      "fairlead-worker route 10.244.2.2: 10.244.2.0/24 via 172.18.0.4 dev eth0 proto 117",
      "fairlead-worker policy no policy selects demo/a for egress",
      "fairlead-worker2 route 10.244.2.2: 10.244.2.2 dev * scope host",
      "fairlead-worker2 policy no policy selects demo/c for ingress",
      "demo/c listener 10.244.2.2:8080 is listened on",
    ]
  `)
})
