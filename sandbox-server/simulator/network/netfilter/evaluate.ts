// Walks a chain of iptables rules for one packet and carries out the target that decides.
import { formatAddress } from '../ipv4.ts'
import { isIcmpError, type Packet, packetLength } from '../packet.ts'
import { resetFor } from '../tcp/segment.ts'
import { type MatchContext, matches } from './match.ts'
import { setDestination, setSource } from './nat.ts'
import { formatRule } from './print.ts'
import { type Chain, type RejectWith, type Rule, rejectKinds, type Table, type Target } from './rule.ts'

export type Verdict = 'accept' | 'drop' | 'policy'

/** NFT_JUMP_STACK_SIZE of the kernel. */
const maxDepth = 16
/** Rules looked at for one packet: chains that branch into one another must not hold up everybody else. */
const maxRules = 100_000

/** `policy`: no rule decided. */
export function evaluate(table: Table, chain: Chain, context: MatchContext): Verdict {
  const verdict = walk(table, chain, { ...context, looked: 0 }, 0)
  return verdict === 'return' ? 'policy' : verdict
}

interface Walk extends MatchContext {
  looked: number
}

function walk(table: Table, chain: Chain, context: Walk, depth: number): 'accept' | 'drop' | 'return' {
  const { packet } = context
  if (depth > maxDepth) {
    packet.trace?.hop(
      context.namespace.name,
      'drop',
      `more than ${maxDepth} jumps deep in table ${table.name}`,
    )
    return 'drop'
  }
  for (const rule of chain.rules) {
    if (context.looked++ > maxRules) return 'drop'
    if (!matches(rule, context)) continue
    rule.packets++
    rule.bytes += packetLength(packet)
    const { target } = rule
    if (!target) continue
    if (target.kind === 'RETURN') return 'return'
    if (target.kind === 'jump') {
      const next = table.chains.get(target.chain)
      if (!next) continue
      if (packet.trace && isTelling(rule)) tell(context, chain, rule, 'rule')
      const verdict = walk(table, next, context, depth + 1)
      if (verdict !== 'return') return verdict
      if (target.goes) return 'return'
      continue
    }
    const verdict = carryOut(target, chain, rule, context)
    if (verdict) return verdict
  }
  return 'return'
}

/** Undefined: evaluation goes on with the next rule. */
function carryOut(
  target: Exclude<Target, { kind: 'jump' | 'RETURN' }>,
  chain: Chain,
  rule: Rule,
  context: MatchContext,
): 'accept' | 'drop' | undefined {
  const { packet, namespace } = context
  switch (target.kind) {
    case 'ACCEPT':
      return 'accept'
    case 'DROP':
      tell(context, chain, rule, 'drop')
      return 'drop'
    case 'NOTRACK':
      packet.isUntracked = true
      return undefined
    case 'REJECT':
      tell(context, chain, rule, 'reject')
      packet.isRejected = true
      reject(context, target.with)
      return 'drop'
    case 'MARK':
      packet.mark = ((packet.mark & ~target.mask) ^ target.value) >>> 0
      return undefined
    case 'NFQUEUE':
      return ask(target.queue, target.bypass, chain, rule, context)
    case 'DNAT':
    case 'REDIRECT': {
      const { flow } = packet
      if (!flow) return 'accept'
      const address =
        target.kind === 'DNAT' ? (target.address ?? packet.destination) : redirectAddress(context)
      setDestination(flow, address, target.port)
      tell(context, chain, rule, 'nat', `destination becomes ${sideText(packet, address, target.port)}`)
      return 'accept'
    }
    case 'SNAT':
    case 'MASQUERADE': {
      const { flow } = packet
      if (!flow) return 'accept'
      const address = target.kind === 'SNAT' ? target.address : masqueradeAddress(context)
      if (address === undefined) return 'drop'
      setSource(namespace, flow, address, target)
      const port = flow.reply.protocol === 'icmp' ? undefined : flow.reply.destinationPort
      tell(context, chain, rule, 'nat', `source becomes ${sideText(packet, address, port)}`)
      return 'accept'
    }
  }
}

function ask(
  queue: number,
  bypass: boolean,
  chain: Chain,
  rule: Rule,
  context: MatchContext,
): 'accept' | 'drop' | undefined {
  const listener = context.namespace.netfilter.queues.get(queue)
  if (!listener) {
    if (bypass) return undefined
    tell(context, chain, rule, 'drop', 'no program listens on the queue')
    return 'drop'
  }
  const { verdict, reason } = listener(context)
  context.packet.trace?.hop(context.namespace.name, 'policy', reason)
  if (verdict === 'accept') return 'accept'
  tell(context, chain, rule, 'drop', reason)
  return 'drop'
}

function reject(context: MatchContext, how: RejectWith): void {
  const { packet, namespace } = context
  if (how !== 'tcp-reset') {
    namespace.stack.sendIcmpError(packet, rejectKinds[how])
    return
  }
  const { body } = packet
  if (body.protocol !== 'tcp' || body.rst) return
  const reset = resetFor(packet, body)
  reset.flow = packet.flow
  reset.isReply = !packet.isReply
  namespace.stack.output(reset)
}

function masqueradeAddress({ namespace, packet, output }: MatchContext): number | undefined {
  if (!output) return undefined
  const way = namespace.stack.routeTo(packet.destination)
  return namespace.sourceFor(output, typeof way === 'string' ? packet.destination : way.nextHop)
}

function redirectAddress({ input }: MatchContext): number {
  return input?.addresses[0]?.address ?? 0x7f000001
}

/** Jumps that say something about a packet, unlike those that every packet takes. */
function isTelling(rule: Rule): boolean {
  if (rule.destination || rule.source) return true
  return rule.modules.some(
    (one) =>
      one.module === 'statistic' || one.module === 'recent' || one.module === 'tcp' || one.module === 'udp',
  )
}

function tell(
  context: MatchContext,
  chain: Chain,
  rule: Rule,
  kind: 'rule' | 'nat' | 'drop' | 'reject',
  what?: string,
): void {
  const { trace } = context.packet
  if (!trace) return
  const text = formatRule(chain.name, rule)
  trace.hop(context.namespace.name, kind, what === undefined ? text : `${text} (${what})`)
}

function sideText(packet: Packet, address: number, port: number | undefined): string {
  const text = formatAddress(address)
  return port === undefined || isIcmpError(packet.body) ? text : `${text}:${port}`
}
