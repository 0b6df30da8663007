// Flannel's network configuration (net-conf.json of its ConfigMap) and the annotations by which its daemons speak to one another.
import type { Process } from '../../../node/process.ts'
import { parseCidr } from '../../ipv4.ts'

const netConfFile = '/etc/kube-flannel/net-conf.json'

export interface Backend {
  readonly type: 'vxlan' | 'host-gw'
  readonly vni: number
  readonly port: number
  /** MTU of the network under the tunnel, where it is not the interface's. */
  readonly mtu: number | undefined
}

export interface NetConf {
  readonly network: string
  readonly backend: Backend
}

/** Gives the error in words where the file is missing or makes no sense. */
export function readNetConf(process: Process): NetConf | string {
  const path = process.argv.find((one) => one.startsWith('--net-config-path='))?.split('=')[1] ?? netConfFile
  if (!process.files.stat(path)) return `failed to read net conf: open ${path}: no such file or directory`
  let value: Record<string, unknown>
  try {
    value = JSON.parse(process.files.readText(path)) as Record<string, unknown>
  } catch (error) {
    return `error parsing subnet config: ${error instanceof Error ? error.message : String(error)}`
  }
  const network = String(value.Network ?? '')
  if (!parseCidr(network)) return `error parsing subnet config: invalid CIDR address: ${network}`
  const backend = (typeof value.Backend === 'object' ? value.Backend : null) as Record<string, unknown> | null
  const type = String(backend?.Type ?? 'udp')
  if (type !== 'vxlan' && type !== 'host-gw')
    return `the backend ${type} is not simulated; vxlan and host-gw are`
  return {
    network,
    backend: {
      type,
      vni: Number(backend?.VNI ?? 1),
      port: Number(backend?.Port ?? 0) || 8472,
      mtu: typeof backend?.MTU === 'number' ? backend.MTU : undefined,
    },
  }
}

export function annotation(name: string): string {
  return `flannel.alpha.coreos.com/${name}`
}

export function backendData(backend: Backend, mac: string): string {
  return JSON.stringify({ VNI: backend.vni, VtepMAC: mac })
}
