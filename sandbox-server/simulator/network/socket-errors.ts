// Which error a socket's program sees: errno for ICMP errors, and the words of strerror(3).
import { type IcmpMessage, icmpTimeExceeded, icmpUnreachable } from './packet.ts'
import type { SocketErrorCode } from './socket.ts'

/** errno for an ICMP error (icmp_err_convert of Linux); undefined for what a socket does not hear of. */
export function socketErrorOf(message: IcmpMessage): SocketErrorCode | undefined {
  if (message.type === icmpTimeExceeded) return 'EHOSTUNREACH'
  if (message.type !== icmpUnreachable) return undefined
  switch (message.code) {
    case 0:
    case 6:
    case 9:
      return 'ENETUNREACH'
    case 2:
    case 3:
      return 'ECONNREFUSED'
    case 4:
      return 'EMSGSIZE'
    default:
      return 'EHOSTUNREACH'
  }
}

export function describe(code: SocketErrorCode): string {
  const words: Partial<Record<SocketErrorCode, string>> = {
    ECONNREFUSED: 'connection refused',
    EHOSTUNREACH: 'no route to host',
    ENETUNREACH: 'network is unreachable',
    ETIMEDOUT: 'connection timed out',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EMSGSIZE: 'message too long',
    EADDRNOTAVAIL: 'cannot assign requested address',
  }
  return words[code] ?? code
}
