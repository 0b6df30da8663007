// UDP entries of connection tracking that a change of Services made wrong: without their removal a client that keeps its port would
// go on talking to a dead endpoint, or past a new one (pkg/proxy/conntrack/cleanup.go).
import { formatAddress } from '../ipv4.ts'
import type { Conntrack, Flow } from '../netfilter/conntrack.ts'
import { type ServicePort, usableEndpoints } from './service-ports.ts'

/** Gives how many were removed. */
export function removeStaleFlows(conntrack: Conntrack, ports: readonly ServicePort[]): number {
  const byAddress = new Map<string, ReadonlySet<string>>()
  const byNodePort = new Map<number, ReadonlySet<string>>()
  for (const port of ports) {
    if (port.protocol !== 'udp') continue
    const usable = usableEndpoints(port)
    const endpoints = new Set(usable.reachable.map((endpoint) => endpoint.text))
    for (const ip of [port.clusterIp, ...port.externalIps, ...port.loadBalancerIps]) {
      byAddress.set(`${ip}:${port.port}`, endpoints)
    }
    if (port.nodePort !== 0) byNodePort.set(port.nodePort, endpoints)
  }
  if (byAddress.size === 0 && byNodePort.size === 0) return 0
  const isStale = ({ original, reply }: Flow): boolean => {
    if (original.protocol !== 'udp') return false
    const asked = `${formatAddress(original.destination)}:${original.destinationPort}`
    const endpoints = byAddress.get(asked) ?? byNodePort.get(original.destinationPort)
    return endpoints !== undefined && !endpoints.has(`${formatAddress(reply.source)}:${reply.sourcePort}`)
  }
  return conntrack.removeWhere(isStale).length
}
