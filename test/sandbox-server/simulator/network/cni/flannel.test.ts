import { describe, expect, test } from 'vitest'
import { formatRoute } from '../../../../../sandbox-server/simulator/network/routing-table.ts'
import { testCluster } from '../cluster.ts'

describe('flanneld', () => {
  test("exits where its Network does not hold the node's podCIDR, and leaves nothing for the plugin", async () => {
    const cluster = await testCluster('flannel', { Network: '10.42.0.0/16', Backend: { Type: 'vxlan' } })
    const [, worker] = cluster.nodes
    expect(worker.daemon.exit).toBe(1)
    expect(worker.daemon.log.trimEnd().split('] ').at(-1)).toBe(
      'Error registering network: failed to acquire lease: subnet "10.42.0.0/16" specified in the flannel net config doesn\'t contain "10.244.1.0/24" PodCIDR of the "fairlead-worker" node',
    )
    expect(() => cluster.pod(worker, 'a')).toThrow(
      /^plugin type="flannel" failed \(add\): loadFlannelSubnetEnv failed/,
    )
  })

  test('subtracts the envelope from the MTU of its Backend', async () => {
    const conf = { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', MTU: 1400 } }
    const cluster = await testCluster('flannel', conf)
    const [, worker] = cluster.nodes
    expect(worker.files.readText('/run/flannel/subnet.env')).toBe(
      'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1350\nFLANNEL_IPMASQ=true\n',
    )
    expect(cluster.pod(worker, 'a').network.interface('eth0')?.mtu).toBe(1350)
  })

  test('with backend host-gw sets routes alone', async () => {
    const cluster = await testCluster('flannel', { Network: '10.244.0.0/16', Backend: { Type: 'host-gw' } })
    const [, worker, worker2] = cluster.nodes
    const a = cluster.pod(worker, 'a')
    const c = cluster.pod(worker2, 'c')
    expect(await cluster.get(a.network.sockets, `http://${c.address}:8080/clientip`)).toBe(a.address)
    expect(worker.network.interface('flannel.1')).toBeUndefined()
    expect(worker.network.routes.list().map(formatRoute)).toContain('10.244.2.0/24 via 172.18.0.4 dev eth0')
  })

  test('says which backends it does not simulate', async () => {
    const cluster = await testCluster('flannel', { Network: '10.244.0.0/16', Backend: { Type: 'wireguard' } })
    const [, worker] = cluster.nodes
    expect(worker.daemon.log).toMatch(/the backend wireguard is not simulated; vxlan and host-gw are\n$/)
  })
})
