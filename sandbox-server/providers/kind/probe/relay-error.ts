// Why the relay could not do what it was asked for, in one word.
import { AppError } from '../../../contract/errors.ts'

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

/** Nothing can be said of the network by a relay that does not get to look. */
export function relayStarved(container: string, cause?: unknown): AppError {
  return new AppError(
    'PROVIDER_FAILED',
    `The program in ${container} that sends probes gets no processor time.`,
    {
      hint: 'End what keeps the terminal or the machine busy, then check again.',
      cause,
    },
  )
}
