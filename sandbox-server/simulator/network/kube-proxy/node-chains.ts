// The chains and jumps that are there before any Service: kubelet's (pkg/kubelet/kubelet_network_linux.go) and kube-proxy's
// (iptablesJumpChains of pkg/proxy/iptables/proxier.go).
import type { Namespace } from '../namespace.ts'
import { parseRule } from '../netfilter/parse.ts'
import { formatRule } from '../netfilter/print.ts'
import { checkJump } from '../netfilter/restore.ts'
import { makeChain, type TableName } from '../netfilter/rule.ts'
import { splitWords } from '../netfilter/words.ts'

interface Jump {
  readonly table: TableName
  readonly from: string
  readonly to: string
  readonly comment: string
  readonly isNew: boolean
}

const externalPortals = 'kubernetes externally-visible service portals'
const firewall = 'kubernetes load balancer firewall'
const portals = 'kubernetes service portals'

/** In upstream's order; each is put before all others of its chain. */
const proxyJumps: readonly Jump[] = [
  { table: 'filter', from: 'INPUT', to: 'KUBE-EXTERNAL-SERVICES', comment: externalPortals, isNew: true },
  { table: 'filter', from: 'FORWARD', to: 'KUBE-EXTERNAL-SERVICES', comment: externalPortals, isNew: true },
  {
    table: 'filter',
    from: 'INPUT',
    to: 'KUBE-NODEPORTS',
    comment: 'kubernetes health check service ports',
    isNew: false,
  },
  { table: 'filter', from: 'FORWARD', to: 'KUBE-SERVICES', comment: portals, isNew: true },
  { table: 'filter', from: 'OUTPUT', to: 'KUBE-SERVICES', comment: portals, isNew: true },
  {
    table: 'filter',
    from: 'FORWARD',
    to: 'KUBE-FORWARD',
    comment: 'kubernetes forwarding rules',
    isNew: false,
  },
  { table: 'filter', from: 'INPUT', to: 'KUBE-PROXY-FIREWALL', comment: firewall, isNew: true },
  { table: 'filter', from: 'OUTPUT', to: 'KUBE-PROXY-FIREWALL', comment: firewall, isNew: true },
  { table: 'filter', from: 'FORWARD', to: 'KUBE-PROXY-FIREWALL', comment: firewall, isNew: true },
  { table: 'nat', from: 'OUTPUT', to: 'KUBE-SERVICES', comment: portals, isNew: false },
  { table: 'nat', from: 'PREROUTING', to: 'KUBE-SERVICES', comment: portals, isNew: false },
  {
    table: 'nat',
    from: 'POSTROUTING',
    to: 'KUBE-POSTROUTING',
    comment: 'kubernetes postrouting rules',
    isNew: false,
  },
]

export function ensureProxyChains(namespace: Namespace): void {
  for (const jump of proxyJumps) {
    const table = namespace.netfilter.table(jump.table)
    if (!table.chains.has(jump.to)) table.chains.set(jump.to, makeChain(jump.to))
    const state = jump.isNew ? '-m conntrack --ctstate NEW ' : ''
    ensureRule(
      namespace,
      jump.table,
      jump.from,
      `${state}-m comment --comment "${jump.comment}" -j ${jump.to}`,
      true,
    )
  }
  ensureChain(namespace, 'mangle', 'KUBE-PROXY-CANARY')
  ensureChain(namespace, 'nat', 'KUBE-PROXY-CANARY')
  ensureChain(namespace, 'filter', 'KUBE-PROXY-CANARY')
  namespace.sysctl.routeLocalnet = true
  namespace.netfilter.changed()
}

/** What the kubelet sets up on every node when it starts. */
export function ensureKubeletChains(namespace: Namespace): void {
  ensureChain(namespace, 'mangle', 'KUBE-IPTABLES-HINT')
  for (const table of ['mangle', 'nat', 'filter'] as const)
    ensureChain(namespace, table, 'KUBE-KUBELET-CANARY')
  ensureChain(namespace, 'filter', 'KUBE-FIREWALL')
  const localnet =
    '! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP'
  ensureRule(namespace, 'filter', 'KUBE-FIREWALL', localnet)
  ensureRule(namespace, 'filter', 'INPUT', '-j KUBE-FIREWALL')
  ensureRule(namespace, 'filter', 'OUTPUT', '-j KUBE-FIREWALL')
  namespace.netfilter.changed()
}

export function ensureChain(namespace: Namespace, tableName: TableName, chain: string): void {
  const table = namespace.netfilter.table(tableName)
  if (!table.chains.has(chain)) table.chains.set(chain, makeChain(chain))
}

/** Adds the rule at the chain's end, or its beginning, unless an equal one is there. Gives whether it was added. */
export function ensureRule(
  namespace: Namespace,
  tableName: TableName,
  chainName: string,
  specification: string,
  first = false,
): boolean {
  const { chains } = namespace.netfilter.table(tableName)
  const chain = chains.get(chainName)
  if (!chain) return false
  const rule = parseRule(splitWords(specification))
  checkJump(chains, rule)
  const text = formatRule(chainName, rule)
  if (chain.rules.some((known) => formatRule(chainName, known) === text)) return false
  if (first) chain.rules.unshift(rule)
  else chain.rules.push(rule)
  namespace.netfilter.changed()
  return true
}
