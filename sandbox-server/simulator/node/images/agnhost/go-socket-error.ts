// How Go's net package words what the socket API refused.
import { SocketError, type SocketErrorCode } from '../../../network/socket.ts'

const texts: Partial<Record<SocketErrorCode, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
}

export function goSocketError(
  error: unknown,
  network: 'tcp' | 'udp',
  to: { readonly address: string; readonly port: number },
  timedOut: boolean,
): string {
  const where = `${network} ${to.address}:${to.port}`
  if (error instanceof SocketError) {
    const operation = network === 'udp' ? 'read' : 'connect'
    const prefix = network === 'udp' ? `read ${where}` : `dial ${where}`
    return `${prefix}: ${operation}: ${texts[error.code] ?? error.message}`
  }
  if (timedOut) return network === 'udp' ? `read ${where}: i/o timeout` : `dial ${where}: i/o timeout`
  return error instanceof Error ? error.message : String(error)
}
