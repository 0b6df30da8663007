// The iptables rules of flanneld: forwarding allowed, and what leaves the pod network masqueraded (pkg/trafficmngr/iptables).
import { ensureChain, ensureRule } from '../../kube-proxy/node-chains.ts'
import type { Namespace } from '../../namespace.ts'

export function masqueradeRules(
  namespace: Namespace,
  network: string,
  podCidr: string,
  masquerade: boolean,
): void {
  ensureChain(namespace, 'filter', 'FLANNEL-FWD')
  const forward = '-m comment --comment "flanneld forward"'
  ensureRule(namespace, 'filter', 'FORWARD', `${forward} -j FLANNEL-FWD`)
  ensureRule(namespace, 'filter', 'FLANNEL-FWD', `-s ${network} ${forward} -j ACCEPT`)
  ensureRule(namespace, 'filter', 'FLANNEL-FWD', `-d ${network} ${forward} -j ACCEPT`)
  if (!masquerade) return
  ensureChain(namespace, 'nat', 'FLANNEL-POSTRTG')
  const comment = '-m comment --comment "flanneld masq"'
  ensureRule(namespace, 'nat', 'POSTROUTING', `${comment} -j FLANNEL-POSTRTG`)
  const rules = [
    `-m mark --mark 0x4000/0x4000 ${comment} -j RETURN`,
    `-s ${podCidr} -d ${network} ${comment} -j RETURN`,
    `-s ${network} -d ${podCidr} ${comment} -j RETURN`,
    `! -s ${network} -d ${podCidr} ${comment} -j RETURN`,
    `-s ${network} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE --random-fully`,
    `! -s ${network} -d ${network} ${comment} -j MASQUERADE --random-fully`,
  ]
  for (const rule of rules) ensureRule(namespace, 'nat', 'FLANNEL-POSTRTG', rule)
}
