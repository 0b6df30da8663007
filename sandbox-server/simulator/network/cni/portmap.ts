// The portmap plugin: host ports of containers, as DNAT rules on the node (plugins/meta/portmap).

import { ensureChain, ensureRule } from '../kube-proxy/node-chains.ts'
import { insideOf, type Namespace } from '../namespace.ts'
import { base32, sha256 } from '../sha256.ts'
import type { CniCall, CniPlugin } from './plugin.ts'
import { networkName } from './ptp.ts'

const markBit = '0x2000/0x2000'

export const portmap: CniPlugin = {
  type: 'portmap',
  add(call) {
    const result = call.previous ?? { addresses: [] }
    const address = result.addresses[0]?.split('/')[0]
    const mappings = call.portMappings ?? []
    if (address === undefined || mappings.length === 0) return result
    const node = insideOf(call.node.network)
    ensureShared(node)
    const chain = chainOf(call)
    ensureChain(node, 'nat', chain)
    const id = `dnat name: \\"${networkName(call.configuration)}\\" id: \\"${call.pod.uid}\\"`
    for (const { hostPort, containerPort, protocol, hostIP } of mappings) {
      const on = hostIP && hostIP !== '0.0.0.0' ? `-d ${hostIP} ` : ''
      const jump = `-p ${protocol} -m comment --comment "${id}" -m multiport --dports ${hostPort} -j ${chain}`
      ensureRule(node, 'nat', 'CNI-HOSTPORT-DNAT', jump)
      const port = `-p ${protocol} -m ${protocol} --dport ${hostPort}`
      ensureRule(node, 'nat', chain, `-s ${address}/32 ${on}${port} -j CNI-HOSTPORT-SETMARK`)
      ensureRule(node, 'nat', chain, `-s 127.0.0.1/32 ${on}${port} -j CNI-HOSTPORT-SETMARK`)
      ensureRule(node, 'nat', chain, `${on}${port} -j DNAT --to-destination ${address}:${containerPort}`)
    }
    return result
  },
  del(call) {
    const node = insideOf(call.node.network)
    const table = node.netfilter.table('nat')
    const chain = chainOf(call)
    if (!table.chains.delete(chain)) return
    for (const other of table.chains.values()) {
      other.rules = other.rules.filter((rule) => rule.target?.kind !== 'jump' || rule.target.chain !== chain)
    }
    node.netfilter.changed()
  },
}

function chainOf(call: CniCall): string {
  const text = networkName(call.configuration) + call.pod.uid
  return `CNI-DN-${base32(sha256(new TextEncoder().encode(text))).slice(0, 21)}`
}

function ensureShared(node: Namespace): void {
  for (const chain of ['CNI-HOSTPORT-DNAT', 'CNI-HOSTPORT-SETMARK', 'CNI-HOSTPORT-MASQ']) {
    ensureChain(node, 'nat', chain)
  }
  ensureRule(node, 'nat', 'PREROUTING', '-m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT')
  ensureRule(node, 'nat', 'OUTPUT', '-m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT')
  const comment = '-m comment --comment "CNI portfwd requiring masquerade"'
  ensureRule(node, 'nat', 'POSTROUTING', `${comment} -j CNI-HOSTPORT-MASQ`)
  const masquerade = '-m comment --comment "CNI portfwd masquerade mark"'
  ensureRule(node, 'nat', 'CNI-HOSTPORT-SETMARK', `${masquerade} -j MARK --set-xmark ${markBit}`)
  ensureRule(node, 'nat', 'CNI-HOSTPORT-MASQ', `-m mark --mark ${markBit} -j MASQUERADE`)
}
