// Enforces NetworkPolicy on a node as kindnet does: new connections that the node forwards are queued to a program, which lets them
// pass or drops them. What starts on the node itself is not forwarded, and so always gets in; what is established passes unasked.
import { formatAddress } from '../ipv4.ts'
import { ensureRule } from '../kube-proxy/node-chains.ts'
import type { Namespace } from '../namespace.ts'
import type { QueuedPacket, UserspaceVerdict } from '../netfilter/netfilter.ts'
import type { Packet } from '../packet.ts'
import { type Connection, evaluateEgress, evaluateIngress, type PolicyWorld } from './evaluate.ts'

/** The queue that kube-network-policies uses. */
const queueNumber = 100

/** Gives what stops it: the rule stays and lets everything pass (--queue-bypass), as when the agent dies. */
export function enforcePolicies(namespace: Namespace, nodeName: string, world: PolicyWorld): () => void {
  const rule = `-m conntrack --ctstate NEW -m comment --comment "kindnet network policy" -j NFQUEUE --queue-num ${queueNumber} --queue-bypass`
  ensureRule(namespace, 'mangle', 'FORWARD', rule)
  const listener = ({ packet }: QueuedPacket) => judge(packet, nodeName, world)
  namespace.netfilter.queues.set(queueNumber, listener)
  return () => {
    if (namespace.netfilter.queues.get(queueNumber) === listener)
      namespace.netfilter.queues.delete(queueNumber)
  }
}

function judge(packet: Packet, nodeName: string, world: PolicyWorld): UserspaceVerdict {
  const { body } = packet
  const connection: Connection = {
    source: formatAddress(packet.source),
    destination: formatAddress(packet.destination),
    protocol: body.protocol === 'tcp' ? 'TCP' : body.protocol === 'udp' ? 'UDP' : 'ICMP',
    port: body.protocol === 'icmp' ? undefined : body.destinationPort,
  }
  if (connection.source === connection.destination)
    return { verdict: 'accept', reason: 'a pod reaches itself' }
  const isLocal = (address: string) => world.podAt(address)?.spec?.nodeName === nodeName
  const reasons: string[] = []
  if (isLocal(connection.source)) {
    const egress = evaluateEgress(world, connection)
    if (!egress.allowed) return { verdict: 'drop', reason: egress.reason }
    reasons.push(egress.reason)
  }
  if (isLocal(connection.destination)) {
    const ingress = evaluateIngress(world, connection)
    if (!ingress.allowed) return { verdict: 'drop', reason: ingress.reason }
    reasons.push(ingress.reason)
  }
  return { verdict: 'accept', reason: reasons.join('; ') || 'no pod of this node takes part' }
}
