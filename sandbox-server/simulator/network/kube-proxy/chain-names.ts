// Names of kube-proxy's chains, as pkg/proxy/iptables/proxier.go makes them: the same on every cluster.
import { base32, sha256 } from '../sha256.ts'

const encoder = new TextEncoder()

/** `namespace/name:port`, or `namespace/name` where the port has no name (ServicePortName.String). */
export function servicePortName(namespace: string, name: string, port: string): string {
  return port === '' ? `${namespace}/${name}` : `${namespace}/${name}:${port}`
}

export function serviceChain(
  prefix: 'SVC' | 'SVL' | 'EXT' | 'FW',
  service: string,
  protocol: string,
): string {
  return `KUBE-${prefix}-${hash(service + protocol)}`
}

/** `endpoint` is `address:port`. */
export function endpointChain(service: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${hash(service + protocol + endpoint)}`
}

function hash(text: string): string {
  return base32(sha256(encoder.encode(text))).slice(0, 16)
}
