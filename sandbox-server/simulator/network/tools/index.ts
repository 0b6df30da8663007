// The network tools of nodes and toolbox images, by name.
import type { Program } from '../../node/process.ts'
import { bridge } from './bridge.ts'
import { conntrack } from './conntrack.ts'
import { ip } from './ip.ts'
import { iptables, iptablesRestore, iptablesSave } from './iptables.ts'
import { nft } from './nft.ts'
import { ss } from './ss.ts'
import { tcpdump } from './tcpdump.ts'

export const networkTools: Readonly<Record<string, Program>> = {
  bridge,
  conntrack,
  ip,
  iptables,
  'iptables-restore': iptablesRestore,
  'iptables-save': iptablesSave,
  nft,
  ss,
  tcpdump,
}
