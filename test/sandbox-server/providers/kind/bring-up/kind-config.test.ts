import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { kindConfig } from '../../../../../sandbox-server/providers/kind/bring-up/kind-config.ts'

const configOf = (spec: object) =>
  parse(kindConfig({ name: 'fairlead-a-b', nodeImage: 'node:1', spec: clusterSpecSchema.parse(spec) }))

describe('kindConfig', () => {
  it('leaves everything that a lesson does not ask for to kind', () => {
    const { kubeadmConfigPatchesJSON6902: _, ...config } = configOf({ nodes: 2 })
    expect(config).toEqual({
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      name: 'fairlead-a-b',
      networking: {
        ipFamily: 'ipv4',
        kubeProxyMode: 'iptables',
        disableDefaultCNI: false,
        apiServerAddress: '127.0.0.1',
      },
      nodes: [
        { role: 'control-plane', image: 'node:1' },
        { role: 'worker', image: 'node:1' },
      ],
    })
  })

  it('adds to what kubeadm is told, and takes nothing away', () => {
    const patches: { kind: string; version: string; patch: string }[] = configOf(
      {},
    ).kubeadmConfigPatchesJSON6902
    const changes = patches.flatMap(({ kind, version, patch }) =>
      JSON.parse(patch).map(
        ({ op, path }: { op: string; path: string }) => `${version} ${kind} ${op} ${path}`,
      ),
    )
    expect([...new Set(changes)]).toEqual([
      'v1beta4 ClusterConfiguration add /controllerManager/extraArgs/-',
      'v1beta4 InitConfiguration add /skipPhases/-',
    ])
  })

  it.each(['flannel', 'calico', 'cilium', 'none'])('leaves kind’s own plugin out for %s', (cni) => {
    expect(configOf({ cni }).networking.disableDefaultCNI).toBe(true)
  })

  it('opens ports of the control plane at free ports of the loopback address', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }]
    const { nodes } = configOf({ nodes: 2, portMappings: ports })
    expect(nodes[0].extraPortMappings).toEqual([
      { containerPort: 80, hostPort: 0, listenAddress: '127.0.0.1', protocol: 'TCP' },
      { containerPort: 53, hostPort: 0, listenAddress: '127.0.0.1', protocol: 'UDP' },
    ])
    expect(nodes[1].extraPortMappings).toBeUndefined()
  })

  it('hands on kube-proxy’s mode, address families and feature gates', () => {
    const gates = { SomeGate: true, OtherGate: false }
    const config = configOf({ kubeProxy: 'nftables', ipFamily: 'dual', featureGates: gates })
    expect(config.networking).toMatchObject({ kubeProxyMode: 'nftables', ipFamily: 'dual' })
    expect(config.featureGates).toEqual(gates)
  })
})
