import { describe, expect, test } from 'vitest'
import { createPodNetwork } from '../../../../../sandbox-server/simulator/network/cni/pod-network.ts'
import { MemoryFileSystem } from '../../../../../sandbox-server/simulator/node/memory-file-system.ts'
import { Volume } from '../../../../../sandbox-server/simulator/node/volume.ts'
import { outcome, twoMachines } from '../machines.ts'

function node(subnet = '10.244.1.0/24') {
  const machines = twoMachines()
  machines.b.sysctl.ipForward = true
  const files = new MemoryFileSystem(new Volume(), () => 0)
  files.makeDirectory('/etc/cni/net.d', { recursive: true })
  files.makeDirectory('/opt/cni/bin', { recursive: true })
  const network = createPodNetwork({ name: 'worker', network: machines.b, files })
  const configure = (file: string, plugins: readonly object[]) =>
    files.write(`/etc/cni/net.d/${file}`, JSON.stringify({ name: 'test', plugins }))
  const install = (...names: string[]) => {
    for (const name of names) files.write(`/opt/cni/bin/${name}`, '')
  }
  const ptp = {
    type: 'ptp',
    ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
  }
  const identity = (uid: string) => ({ namespace: 'demo', name: `pod-${uid}`, uid })
  const add = (uid: string, addresses?: string[]) => network.add(identity(uid), addresses, [])
  return { ...machines, files, network, configure, install, ptp, identity, add }
}

describe('the container runtime', () => {
  test('says that no plugin is initialized until a configuration is there', () => {
    const { network, configure, ptp } = node()
    const prefix =
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: '
    expect(network.notReady()).toBe(`${prefix}cni plugin not initialized`)
    configure('10-test.conflist', [ptp])
    expect(network.notReady()).toBeUndefined()
  })

  test('takes the first file by name, and names a program that is missing', () => {
    const { configure, install, add, ptp } = node()
    install('ptp')
    configure('10-flannel.conflist', [{ type: 'flannel' }])
    configure('20-test.conflist', [ptp])
    expect(() => add('1')).toThrow('failed to find plugin "flannel" in path [/opt/cni/bin]')
    install('flannel')
    expect(() => add('1')).toThrow(
      'plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory. Check the flannel pod log for this node.',
    )
  })

  test('gives out address after address, those of before a restart again, and none twice', () => {
    const { configure, install, network, ptp, identity, add } = node('10.244.1.0/29')
    install('ptp')
    configure('10-test.conflist', [ptp])
    const first = add('1')
    expect([first.addresses, add('2').addresses, add('3', ['10.244.1.6']).addresses]).toEqual([
      ['10.244.1.2'],
      ['10.244.1.3'],
      ['10.244.1.6'],
    ])
    network.remove(identity('1'), first.network)
    expect([add('4').addresses, add('5').addresses, add('6').addresses]).toEqual([
      ['10.244.1.4'],
      ['10.244.1.5'],
      ['10.244.1.2'],
    ])
    expect(() => add('7')).toThrow(
      'plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.6',
    )
  })

  test('takes interfaces, routes and rules away with the pod', () => {
    const { b, configure, install, network, ptp, identity } = node()
    install('ptp', 'portmap')
    configure('10-test.conflist', [ptp, { type: 'portmap', capabilities: { portMappings: true } }])
    const before = [b.interfaces().length, b.routes.list().length]
    const ports = [{ hostPort: 8080, containerPort: 80, hostIp: undefined, protocol: 'TCP' }]
    const pod = network.add(identity('1'), undefined, ports)
    expect([b.interfaces().length, b.routes.list().length]).not.toEqual(before)
    network.remove(identity('1'), pod.network)
    expect([b.interfaces().length, b.routes.list().length]).toEqual(before)
    expect([...b.netfilter.table('nat').chains.keys()].filter((name) => name.startsWith('CNI-DN-'))).toEqual(
      [],
    )
  })

  test('maps a host port to the container', async () => {
    const { a, b, clock, configure, install, network, ptp, identity } = node()
    install('ptp', 'portmap')
    configure('10-test.conflist', [ptp, { type: 'portmap', capabilities: { portMappings: true } }])
    const ports = [{ hostPort: 8080, containerPort: 80, hostIp: undefined, protocol: 'TCP' }]
    const pod = network.add(identity('1'), undefined, ports)
    const seen: string[] = []
    pod.network.sockets.listen({ port: 80 }, (connection) => {
      seen.push(connection.remote.address)
    })
    for (const from of [a, b]) {
      const to = { address: '172.18.0.3', port: 8080 }
      await outcome(clock, from.sockets.connect({ to }))
    }
    expect(seen).toEqual(['172.18.0.2', '172.18.0.3'])
  })
})
