// Flannel's plugin binary: makes a bridge plugin's configuration of what flanneld left in /run/flannel/subnet.env and delegates
// (flannel-io/cni-plugin).
import { bridge } from '../bridge.ts'
import type { CniCall, CniPlugin } from '../plugin.ts'
import { networkName } from '../ptp.ts'

export const subnetFile = '/run/flannel/subnet.env'
const stateDirectory = '/var/lib/cni/flannel'

export const flannel: CniPlugin = {
  type: 'flannel',
  add(call) {
    const delegate = delegateOf(call)
    const { files } = call.node
    files.makeDirectory(stateDirectory, { recursive: true })
    files.write(`${stateDirectory}/${call.pod.uid}`, JSON.stringify(delegate))
    return bridge.add({ ...call, configuration: delegate })
  },
  del(call) {
    const { files } = call.node
    const path = `${stateDirectory}/${call.pod.uid}`
    if (!files.stat(path)) return
    bridge.del({ ...call, configuration: JSON.parse(files.readText(path)) as Record<string, unknown> })
    files.remove(path)
  },
}

function delegateOf(call: CniCall): Record<string, unknown> {
  const { files } = call.node
  if (!files.stat(subnetFile)) {
    throw new Error(
      `loadFlannelSubnetEnv failed: open ${subnetFile}: no such file or directory. Check the flannel pod log for this node.`,
    )
  }
  const environment = new Map<string, string>()
  for (const line of files.readText(subnetFile).split('\n')) {
    const [key = '', value = ''] = line.split('=')
    environment.set(key, value)
  }
  const subnet = (environment.get('FLANNEL_SUBNET') ?? '').replace(/\.\d+\//, '.0/')
  const wanted = call.configuration.delegate
  return {
    cniVersion: typeof call.configuration.cniVersion === 'string' ? call.configuration.cniVersion : '1.0.0',
    ...(typeof wanted === 'object' ? wanted : {}),
    ipMasq: environment.get('FLANNEL_IPMASQ') !== 'true',
    ipam: {
      ranges: [[{ subnet }]],
      routes: [{ dst: environment.get('FLANNEL_NETWORK') ?? '' }],
      type: 'host-local',
    },
    isGateway: true,
    mtu: Number(environment.get('FLANNEL_MTU') ?? 1450),
    name: networkName(call.configuration),
    type: 'bridge',
  }
}
