// The network tools of machines, by name, with what help and completion say of them.
import type { Program } from '../../node/process.ts'
import type { Command } from '../../shell/commands/command.ts'
import { bridge } from './bridge.ts'
import { conntrack } from './conntrack.ts'
import { ip } from './ip.ts'
import { iptables, iptablesRestore, iptablesSave } from './iptables.ts'
import { nft } from './nft.ts'
import { ss } from './ss.ts'
import { tcpdump } from './tcpdump.ts'

interface Tool {
  readonly name: string
  readonly summary: string
  readonly usage: string
  readonly program: Program
  /** Words that may follow the name. */
  readonly words?: readonly string[]
  readonly nodesOnly?: boolean
}

const tools: readonly Tool[] = [
  {
    name: 'bridge',
    summary: 'Show bridge ports and forwarding databases',
    usage: 'bridge [-d] {link|fdb} [show] [dev DEV]',
    program: bridge,
    words: ['link', 'fdb'],
  },
  {
    name: 'conntrack',
    summary: 'List or remove tracked connections',
    usage: 'conntrack {-L|-D|-C|-F} [-p PROTO] [-s ADDRESS] [-d ADDRESS] [--dport PORT]',
    program: conntrack,
    nodesOnly: true,
  },
  {
    name: 'ip',
    summary: 'Show or change interfaces, addresses, routes and neighbours',
    usage: 'ip [-4] [-br] [-o] [-d] {link|address|route|neighbour} [COMMAND]',
    program: ip,
    words: ['address', 'link', 'neighbour', 'route', 'rule'],
  },
  {
    name: 'iptables',
    summary: 'Show or change packet filter and NAT rules',
    usage: 'iptables [-t TABLE] {-L|-S|-A|-I|-D|-N|-F|-P} [CHAIN] [RULE]',
    program: iptables,
    nodesOnly: true,
  },
  {
    name: 'iptables-restore',
    summary: 'Load rules from standard input',
    usage: 'iptables-restore [--noflush] [FILE]',
    program: iptablesRestore,
    nodesOnly: true,
  },
  {
    name: 'iptables-save',
    summary: 'Print all rules',
    usage: 'iptables-save [-t TABLE] [-c]',
    program: iptablesSave,
    nodesOnly: true,
  },
  {
    name: 'nft',
    summary: 'Say that nftables is not simulated',
    usage: 'nft list ruleset',
    program: nft,
    nodesOnly: true,
  },
  {
    name: 'ss',
    summary: 'Show sockets',
    usage: 'ss [-l] [-t] [-u] [-a] [-n]',
    program: ss,
  },
  {
    name: 'tcpdump',
    summary: 'Print the packets that pass an interface',
    usage: 'tcpdump [-nev] [-i INTERFACE] [-c COUNT] [FILTER]',
    program: tcpdump,
  },
]

export const networkTools: Readonly<Record<string, Program>> = Object.fromEntries(
  tools.map((tool) => [tool.name, tool.program]),
)

/** For the shell's list of commands. Rules and flows are a node's matter; the rest is in toolbox images too. */
export const networkToolCommands: readonly Command[] = tools.map(
  ({ name, summary, usage, program, words, nodesOnly }) => ({
    name,
    summary,
    usage,
    group: 'network',
    program,
    ...(words && {
      complete: (request) => (request.words.length === 1 ? words.map((value) => ({ value })) : undefined),
    }),
    ...(nodesOnly && { machines: ['node', 'container'] }),
  }),
)
