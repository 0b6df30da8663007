// A network namespace: interfaces, routes, netfilter tables, conntrack and sockets of one pod, node or outside host.
import type { Sockets } from './socket.ts'

export interface NetworkNamespace {
  readonly name: string
  readonly sockets: Sockets
}
