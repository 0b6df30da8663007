// The CNI plugins that exist, by the type that a configuration names.
import { bridge } from './bridge.ts'
import { flannel } from './flannel/plugin.ts'
import type { CniPlugin } from './plugin.ts'
import { portmap } from './portmap.ts'
import { ptp } from './ptp.ts'

/** Loopback: every namespace has its own, up from the start. */
const loopback: CniPlugin = {
  type: 'loopback',
  add: (call) => call.previous ?? { addresses: [] },
  del: () => undefined,
}

export const cniPlugins: ReadonlyMap<string, CniPlugin> = new Map(
  [ptp, bridge, portmap, flannel, loopback].map((plugin) => [plugin.type, plugin]),
)

/** Binaries that a node's image has in /opt/cni/bin before any plugin is installed. */
export const stockPlugins: readonly string[] = ['bridge', 'host-local', 'loopback', 'portmap', 'ptp']
