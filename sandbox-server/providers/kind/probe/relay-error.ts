// Why the relay could not do what it was asked for, in one word.

/**
 * A name of errno(3), such as ECONNREFUSED, or NO_CONTAINER where the container does not run, NO_NAMESPACE where its network
 * namespace cannot be entered.
 */
export class RelayError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'RelayError'
    this.code = code
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EPIPE: 'the peer has closed the connection',
  EADDRNOTAVAIL: 'no address of this family here',
  EMFILE: 'too many connections at the same time',
  NO_CONTAINER: 'the container does not run',
}

export function relayError(reply: string, doing: string): RelayError {
  const [code = 'EIO', ...rest] = reply.split(' ')
  return new RelayError(code, `${doing}: ${[words[code] ?? code, ...rest].join(' ')}`)
}
