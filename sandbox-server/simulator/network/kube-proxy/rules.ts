// The rules that kube-proxy in iptables mode writes for the Services, in the text that iptables-restore takes: rule for rule
// syncProxyRules of pkg/proxy/iptables/proxier.go (1.37).
import { contains, parseAddress, parseCidr } from '../ipv4.ts'
import { serviceChain } from './chain-names.ts'
import {
  isExternallyAccessible,
  type ProxyEndpoint,
  type ServicePort,
  type UsableEndpoints,
  usableEndpoints,
} from './service-ports.ts'

export interface RulesOptions {
  /** Traffic to a cluster address from elsewhere is masqueraded (detect-local by cluster CIDR). */
  readonly clusterCidr: string
  readonly nodeIp: string
  /** Node ports answer on 127.0.0.1 too. */
  readonly localhostNodePorts: boolean
}

const masqueradeMark = '0x4000'
const ownChains = {
  filter: [
    'KUBE-EXTERNAL-SERVICES',
    'KUBE-FORWARD',
    'KUBE-NODEPORTS',
    'KUBE-PROXY-FIREWALL',
    'KUBE-SERVICES',
  ],
  nat: ['KUBE-MARK-MASQ', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-SERVICES'],
} as const

/** Text for `iptables-restore --noflush`. `staleChains` are nat chains of Services and endpoints that are gone. */
export function kubeProxyRules(
  ports: readonly ServicePort[],
  options: RulesOptions,
  staleChains: Iterable<string> = [],
): { readonly text: string; readonly chains: ReadonlySet<string> } {
  const writer = new RuleWriter(options)
  for (const port of ports) writer.servicePort(port)
  writer.end()
  return { text: writer.text(staleChains), chains: writer.chains }
}

interface PortChains {
  readonly cluster: string
  readonly local: string
  readonly external: string
  readonly firewall: string
}

class RuleWriter {
  readonly chains = new Set<string>()
  readonly #options: RulesOptions
  readonly #filter: string[] = []
  readonly #nat: string[] = []

  constructor(options: RulesOptions) {
    this.#options = options
    this.#nat.push(
      `-A KUBE-POSTROUTING -m mark ! --mark ${masqueradeMark}/${masqueradeMark} -j RETURN`,
      `-A KUBE-POSTROUTING -j MARK --xor-mark ${masqueradeMark}`,
      '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
      `-A KUBE-MARK-MASQ -j MARK --or-mark ${masqueradeMark}`,
    )
  }

  servicePort(port: ServicePort): void {
    const usable = usableEndpoints(port)
    const chains: PortChains = {
      cluster: serviceChain('SVC', port.name, port.protocol),
      local: serviceChain('SVL', port.name, port.protocol),
      external: serviceChain('EXT', port.name, port.protocol),
      firewall: serviceChain('FW', port.name, port.protocol),
    }
    const internal = port.internalPolicyLocal ? usable.local : usable.cluster
    const external = port.externalPolicyLocal ? usable.local : usable.cluster
    const refusal = (endpoints: readonly ProxyEndpoint[]) =>
      !usable.hasAny
        ? { target: 'REJECT', comment: `${port.name} has no endpoints` }
        : endpoints.length === 0
          ? { target: 'DROP', comment: `${port.name} has no local endpoints` }
          : undefined
    this.#clusterIp(port, chains, refusal(internal))
    this.#fromOutside(port, chains, usable.hasAny, refusal(external))
    if (internal.length > 0) {
      const masquerade = `${destined(port, port.clusterIp, port.port, 'cluster IP')} ! -s ${this.#options.clusterCidr}`
      this.#nat.push(`-A ${this.#internal(port, chains)} ${masquerade} -j KUBE-MARK-MASQ`)
    }
    if (usable.hasAny && isExternallyAccessible(port)) this.#externalChain(port, chains, external)
    if (usesFirewall(port)) this.#firewallChain(port, chains)
    this.#endpointChains(port, chains, usable)
  }

  /** What every packet meets after all Services. */
  end(): void {
    const local = this.#options.localhostNodePorts ? '' : ' ! -d 127.0.0.0/8'
    const last = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain'
    this.#nat.push(
      `-A KUBE-SERVICES -m comment --comment "${last}" -m addrtype --dst-type LOCAL${local} -j KUBE-NODEPORTS`,
    )
    this.#filter.push(
      '-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP',
      `-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark ${masqueradeMark}/${masqueradeMark} -j ACCEPT`,
      '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    )
  }

  text(staleChains: Iterable<string>): string {
    const stale = [...staleChains].filter((chain) => !this.chains.has(chain))
    const declare = (chain: string) => `:${chain} - [0:0]`
    return [
      '*filter',
      ...ownChains.filter.map(declare),
      ...this.#filter,
      'COMMIT',
      '*nat',
      ...ownChains.nat.map(declare),
      ...[...this.chains, ...stale].map(declare),
      ...this.#nat,
      ...stale.map((chain) => `-X ${chain}`),
      'COMMIT',
      '',
    ].join('\n')
  }

  #internal(port: ServicePort, chains: PortChains): string {
    return port.internalPolicyLocal ? chains.local : chains.cluster
  }

  #clusterIp(port: ServicePort, chains: PortChains, refused: Refusal | undefined): void {
    if (refused) {
      this.#filter.push(
        `-A KUBE-SERVICES ${destined(port, port.clusterIp, port.port, refused.comment, true)} -j ${refused.target}`,
      )
      return
    }
    const to = destined(port, port.clusterIp, port.port, 'cluster IP')
    this.#nat.push(`-A KUBE-SERVICES ${to} -j ${this.#internal(port, chains)}`)
  }

  #fromOutside(port: ServicePort, chains: PortChains, hasAny: boolean, refused: Refusal | undefined): void {
    for (const ip of port.externalIps) {
      if (hasAny) {
        this.#nat.push(
          `-A KUBE-SERVICES ${destined(port, ip, port.port, 'external IP')} -j ${chains.external}`,
        )
      }
      this.#refuseExternal(port, ip, refused)
    }
    for (const ip of port.loadBalancerIps) {
      const chain = usesFirewall(port) ? chains.firewall : chains.external
      if (hasAny) {
        this.#nat.push(`-A KUBE-SERVICES ${destined(port, ip, port.port, 'loadbalancer IP')} -j ${chain}`)
      }
      if (usesFirewall(port)) {
        const comment = `${port.name} traffic not accepted by ${chains.firewall}`
        this.#filter.push(`-A KUBE-PROXY-FIREWALL ${destined(port, ip, port.port, comment, true)} -j DROP`)
      }
      this.#refuseExternal(port, ip, refused)
    }
    if (port.nodePort !== 0) this.#nodePort(port, chains, hasAny, refused)
    if (port.healthCheckNodePort === 0) return
    const health = `-m comment --comment "${port.name} health check node port" -m tcp -p tcp --dport ${port.healthCheckNodePort}`
    this.#filter.push(`-A KUBE-NODEPORTS ${health} -j ACCEPT`)
  }

  #nodePort(port: ServicePort, chains: PortChains, hasAny: boolean, refused: Refusal | undefined): void {
    const { protocol, nodePort } = port
    if (hasAny) {
      const to = `-A KUBE-NODEPORTS -m comment --comment "${port.name}" -m ${protocol} -p ${protocol} --dport ${nodePort}`
      if (this.#options.localhostNodePorts) {
        const counted = '-m nfacct --nfacct-name localhost_nps_accepted_pkts'
        this.#nat.push(`${to} -d 127.0.0.0/8 ${counted} -j ${chains.external}`)
      }
      this.#nat.push(`${to} -j ${chains.external}`)
    }
    if (!refused) return
    const local = `-m comment --comment "${refused.comment}" -m addrtype --dst-type LOCAL`
    this.#filter.push(
      `-A KUBE-EXTERNAL-SERVICES ${local} -m ${protocol} -p ${protocol} --dport ${nodePort} -j ${refused.target}`,
    )
  }

  #refuseExternal(port: ServicePort, ip: string, refused: Refusal | undefined): void {
    if (!refused) return
    const to = destined(port, ip, port.port, refused.comment, true)
    this.#filter.push(`-A KUBE-EXTERNAL-SERVICES ${to} -j ${refused.target}`)
  }

  /** External traffic: masqueraded under policy Cluster; under Local, what starts here takes the way inside. */
  #externalChain(port: ServicePort, chains: PortChains, endpoints: readonly ProxyEndpoint[]): void {
    this.chains.add(chains.external)
    const add = (comment: string, rest: string) =>
      this.#nat.push(`-A ${chains.external} -m comment --comment "${comment}" ${rest}`)
    const destinations = `for ${port.name} external destinations`
    if (port.externalPolicyLocal) {
      const { clusterCidr } = this.#options
      add(`pod traffic ${destinations}`, `-s ${clusterCidr} -j ${chains.cluster}`)
      add(`masquerade LOCAL traffic ${destinations}`, '-m addrtype --src-type LOCAL -j KUBE-MARK-MASQ')
      add(`route LOCAL traffic ${destinations}`, `-m addrtype --src-type LOCAL -j ${chains.cluster}`)
    } else {
      add(`masquerade traffic ${destinations}`, '-j KUBE-MARK-MASQ')
    }
    if (endpoints.length === 0) return
    this.#nat.push(`-A ${chains.external} -j ${port.externalPolicyLocal ? chains.local : chains.cluster}`)
  }

  #firewallChain(port: ServicePort, chains: PortChains): void {
    this.chains.add(chains.firewall)
    const comment = `-m comment --comment "${port.name} loadbalancer IP"`
    let fromNode = false
    for (const range of port.loadBalancerSourceRanges) {
      this.#nat.push(`-A ${chains.firewall} ${comment} -s ${range} -j ${chains.external}`)
      const prefix = parseCidr(range)
      const node = parseAddress(this.#options.nodeIp)
      if (prefix && node !== undefined && contains(prefix, node)) fromNode = true
    }
    if (fromNode) {
      for (const ip of port.loadBalancerIps) {
        this.#nat.push(`-A ${chains.firewall} ${comment} -s ${ip} -j ${chains.external}`)
      }
    }
    const other = `other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`
    this.#nat.push(`-A ${chains.firewall} -m comment --comment "${other}"`)
  }

  #endpointChains(port: ServicePort, chains: PortChains, usable: UsableEndpoints): void {
    if (usable.cluster.length > 0) this.#balance(port, chains.cluster, usable.cluster)
    if (usable.local.length > 0) this.#balance(port, chains.local, usable.local)
    for (const endpoint of usable.reachable) {
      this.chains.add(endpoint.chain)
      const start = `-A ${endpoint.chain} -m comment --comment "${port.name}"`
      const sticky = port.stickySeconds === undefined ? '' : ` -m recent --name ${endpoint.chain} --set`
      const to = `-m ${port.protocol} -p ${port.protocol} -j DNAT --to-destination ${endpoint.text}`
      this.#nat.push(`${start} -s ${endpoint.address} -j KUBE-MARK-MASQ`, `${start}${sticky} ${to}`)
    }
  }

  #balance(port: ServicePort, chain: string, endpoints: readonly ProxyEndpoint[]): void {
    this.chains.add(chain)
    const start = (endpoint: ProxyEndpoint) =>
      `-A ${chain} -m comment --comment "${port.name} -> ${endpoint.text}"`
    if (port.stickySeconds !== undefined) {
      for (const endpoint of endpoints) {
        const seen = `-m recent --name ${endpoint.chain} --rcheck --seconds ${port.stickySeconds} --reap`
        this.#nat.push(`${start(endpoint)} ${seen} -j ${endpoint.chain}`)
      }
    }
    for (const [index, endpoint] of endpoints.entries()) {
      const left = endpoints.length - index
      const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : ''
      this.#nat.push(`${start(endpoint)}${chance} -j ${endpoint.chain}`)
    }
  }
}

interface Refusal {
  readonly target: string
  readonly comment: string
}

function usesFirewall(port: ServicePort): boolean {
  return port.loadBalancerIps.length > 0 && port.loadBalancerSourceRanges.length > 0
}

function destined(port: ServicePort, ip: string, number: number, comment: string, whole = false): string {
  const text = whole ? comment : `${port.name} ${comment}`
  const { protocol } = port
  return `-m comment --comment "${text}" -m ${protocol} -p ${protocol} -d ${ip} --dport ${number}`
}
