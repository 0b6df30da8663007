// The last hops: does a policy let the packet pass, does the pod listen, is there a way to it at all?
import type { Hop, ProbeResult, Target, Vantage } from '../../contract/cluster.ts'
import type { Pod } from '../../contract/kubernetes.ts'
import type { CheckContext } from '../check-kind.ts'
import { policyVerdict } from '../network-policy.ts'
import { describeVantage } from '../places.ts'
import type { Diagnosis } from './diagnosis.ts'

export async function diagnosePod(
  context: CheckContext,
  from: Vantage,
  target: Target,
  result: ProbeResult,
  pod: Pod,
  port: number,
): Promise<Diagnosis | undefined> {
  if (result.outcome === 'answered') return undefined
  const podName = pod.metadata?.name ?? ''
  const address = pod.status?.podIP ?? ''
  const direct = await context.client.probe(from, { ...target, host: address, port }, context.signal)
  if (direct.outcome === 'answered') return undefined
  const sender = await senderOf(context, from)
  if (sender) {
    const [policies, namespaces] = await Promise.all([
      Promise.all(
        [...new Set([sender.metadata?.namespace, pod.metadata?.namespace])].map((one) =>
          context.api.policies(one ?? ''),
        ),
      ),
      context.api.namespaces(),
    ])
    const protocol = target.protocol === 'udp' ? 'UDP' : 'TCP'
    const verdict = policyVerdict({
      from: sender,
      to: pod,
      port,
      protocol,
      policies: policies.flat(),
      namespaces,
    })
    if (!verdict.allowed) return blockedByPolicy(verdict, sender, pod, port)
  }
  const data = { pod: podName, address, podPort: port, direct: direct.outcome }
  if (direct.outcome === 'refused') {
    const message = `The packet reached ${address}:${port} and was refused: nothing in pod ${podName} listens there. Compare targetPort with the port that the process listens on, see kubectl describe pod ${podName} and ss -ltn in the pod.`
    return { hop: 'pod-port', message, data: { ...data, hop: 'pod-port' } }
  }
  const last = lastHop(direct.hops)
  const message = `${describeVantage(from)} got no answer from pod ${podName} at ${address}:${port} (${direct.outcome})${last ? `; the packet's last station was ${last}` : ''}. See kubectl get pods -o wide and the nodes' routes.`
  return { hop: 'network', message, data: { ...data, hop: 'network' } }
}

function lastHop(hops: readonly Hop[]): string | undefined {
  const hop = hops.at(-1)
  return hop && `${hop.at}: ${hop.detail}`
}

async function senderOf(context: CheckContext, from: Vantage): Promise<Pod | undefined> {
  if (from === 'outside' || 'node' in from) return undefined
  return context.api.get<Pod>('v1', 'Pod', from.namespace, from.pod)
}

function blockedByPolicy(
  verdict: ReturnType<typeof policyVerdict>,
  sender: Pod,
  pod: Pod,
  port: number,
): Diagnosis {
  const [from, to] = [sender.metadata?.name ?? '', pod.metadata?.name ?? '']
  const policies = verdict.selecting.join(', ')
  const subject = verdict.side === 'egress' ? from : to
  const why = verdict.portsAllowed
    ? `a rule lets it pass on ${verdict.portsAllowed.join(', ')}, but the packet that reaches the pod is for ${port}`
    : `no rule of ${policies} lets it pass`
  const message = `${from} to ${to}:${port} is blocked by policy: ${verdict.side} of ${subject} is selected by ${policies}, and ${why}. See kubectl describe networkpolicy.`
  const data = {
    hop: 'policy',
    side: verdict.side,
    policies: verdict.selecting,
    portsAllowed: verdict.portsAllowed,
    podPort: port,
  }
  return { hop: 'policy', message, data }
}
