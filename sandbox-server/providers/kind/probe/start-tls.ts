// TLS over a connection that is there already: any certificate is accepted, and told.
import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import type { ProbeResult, Target } from '../../../contract/cluster.ts'
import { abortable } from './abortable.ts'

export interface TlsConnection {
  readonly stream: Duplex
  readonly certificate: ProbeResult['certificate']
}

/** Rejects with what the handshake failed of, or with the signal's reason. */
export async function startTls(
  connection: Duplex,
  target: Target,
  signal: AbortSignal,
): Promise<TlsConnection> {
  const serverName =
    target.serverName ?? (isIP(target.host) === 0 ? target.host.replace(/\.$/, '') : undefined)
  try {
    const stream = connect({
      socket: connection,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(serverName === undefined ? {} : { servername: serverName }),
    })
    await abortable(handshake(stream, connection), signal)
    const shown = stream.getPeerX509Certificate()
    return { stream, certificate: shown && describe(shown) }
  } catch (error) {
    connection.destroy()
    signal.throwIfAborted()
    throw tlsError(error)
  }
}

/** OpenSSL's own text names a file of its source; its reason is `wrong version number`. */
function tlsError(error: unknown): unknown {
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined
  return typeof reason === 'string' ? new Error(`TLS: ${reason}`, { cause: error }) : error
}

function handshake(stream: TLSSocket, connection: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays: an error after the answer concerns nobody.
    stream.on('error', reject)
    connection.on('error', reject)
    stream.once('secureConnect', resolve)
  })
}

function describe(certificate: X509Certificate): NonNullable<ProbeResult['certificate']> {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: alternativeNames(certificate.subjectAltName),
    notAfter: Date.parse(certificate.validTo),
  }
}

/** Node gives one attribute a line; undefined for an empty name. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ')
}

/** `DNS:a.example, IP Address:10.0.0.1` as `a.example`, `10.0.0.1`. */
function alternativeNames(text: string | undefined): string[] {
  return (text ?? '').split(', ').flatMap((entry) => {
    const name = /^(?:DNS|IP Address|URI|email):(.*)$/.exec(entry)?.[1]
    return name === undefined ? [] : [name]
  })
}
