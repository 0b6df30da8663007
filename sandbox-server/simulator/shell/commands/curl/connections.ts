// curl's connections: name to address, connecting, and keeping what can be used again.
// Source: curl 7.88.1, lib/hostip.c, lib/connect.c, lib/url.c.

import { lookup } from '../../../network/dns/resolver.ts'
import { HttpClientConnection } from '../../../network/http/client.ts'
import { SocketError } from '../../../network/socket.ts'
import type { Process } from '../../../node/process.ts'
import { CurlError } from './errors.ts'
import type { CurlOptions } from './options.ts'
import type { CurlUrl } from './url.ts'

export interface OpenConnection {
  readonly id: number
  readonly key: string
  readonly http: HttpClientConnection
  readonly host: string
  readonly port: number
}

/** Where curl is, which decides the words of a timeout. */
export type Phase = 'resolving' | 'connecting' | 'transferring'

export interface Progress {
  phase: Phase
  nameLookupAt: number
  connectedAt: number
}

export class Connections {
  readonly #process: Process
  readonly #options: CurlOptions
  readonly #idle = new Map<string, OpenConnection>()
  #nextId = 0

  constructor(process: Process, options: CurlOptions) {
    this.#process = process
    this.#options = options
  }

  /** Keeps the connection for the next transfer, or closes it. */
  release(connection: OpenConnection): boolean {
    if (!connection.http.isReusable) {
      connection.http.close()
      return false
    }
    this.#idle.set(connection.key, connection)
    return true
  }

  closeAll(): void {
    for (const { http } of this.#idle.values()) http.close()
    this.#idle.clear()
  }

  async open(
    url: CurlUrl,
    progress: Progress,
    signal: AbortSignal,
    say: (text: string) => Promise<void>,
  ): Promise<{ connection: OpenConnection; isNew: boolean }> {
    const { host, port } = this.#connectTo(url)
    const key = `${url.scheme}://${host}:${port}`
    const kept = this.#idle.get(key)
    if (kept) {
      this.#idle.delete(key)
      await say(`* Re-using existing connection #${kept.id} with host ${kept.host}\n`)
      progress.phase = 'transferring'
      return { connection: kept, isNew: false }
    }
    const id = this.#nextId++
    const startedAt = this.#process.clock.now()
    const addresses = await this.#resolve(host, port, signal)
    progress.nameLookupAt = this.#process.clock.now()
    progress.phase = 'connecting'
    const tcp = await this.#connect(host, port, addresses, startedAt, signal, say)
    progress.connectedAt = this.#process.clock.now()
    progress.phase = 'transferring'
    const shown = host.includes(':') ? `[${host}]` : host
    await say(`* Connected to ${shown} (${tcp.remote.address}) port ${port} (#${id})\n`)
    return { connection: { id, key, host, port, http: new HttpClientConnection(tcp) }, isNew: true }
  }

  /** --connect-to HOST1:PORT1:HOST2:PORT2 */
  #connectTo(url: CurlUrl): { host: string; port: number } {
    for (const rule of this.#options.connectTo) {
      const [host = '', port = '', toHost = '', toPort = ''] = rule.split(':')
      if ((host === '' || host.toLowerCase() === url.host) && (port === '' || Number(port) === url.port))
        return { host: toHost || url.host, port: toPort ? Number(toPort) : url.port }
    }
    return url
  }

  async #resolve(host: string, port: number, signal: AbortSignal): Promise<readonly string[]> {
    for (const rule of this.#options.resolve) {
      const [name = '', rulePort = '', ...addresses] = rule.replace(/^\+/, '').split(':')
      if ((name === '*' || name.toLowerCase() === host) && Number(rulePort) === port)
        return addresses.join(':').replace(/[[\]]/g, '').split(',')
    }
    if (host === 'localhost' && this.#options.family !== 6) return ['127.0.0.1']
    const { addresses } = await lookup(this.#process, host, {
      signal,
      ...(this.#options.family ? { family: this.#options.family } : {}),
    })
    if (addresses.length === 0) throw new CurlError(6, `Could not resolve host: ${host}`)
    return addresses
  }

  async #connect(
    host: string,
    port: number,
    addresses: readonly string[],
    startedAt: number,
    signal: AbortSignal,
    say: (text: string) => Promise<void>,
  ) {
    const source = this.#options.interface
    for (const address of addresses) {
      await say(`*   Trying ${address.includes(':') ? `[${address}]` : address}:${port}...\n`)
      try {
        return await this.#process.sockets.connect({
          to: { address, port },
          ...(source && /^[\d.]+$/.test(source) ? { from: source } : {}),
          signal,
        })
      } catch (error) {
        if (!(error instanceof SocketError)) throw error
        await say(`* connect to ${address} port ${port} failed: ${socketText(error)}\n`)
      }
    }
    const after = this.#process.clock.now() - startedAt
    throw new CurlError(
      7,
      `Failed to connect to ${host} port ${port} after ${after} ms: Couldn't connect to server`,
    )
  }
}

/** strerror(3) */
export function socketText(error: SocketError): string {
  const texts: Readonly<Partial<Record<SocketError['code'], string>>> = {
    ECONNREFUSED: 'Connection refused',
    ECONNRESET: 'Connection reset by peer',
    ETIMEDOUT: 'Connection timed out',
    EHOSTUNREACH: 'No route to host',
    ENETUNREACH: 'Network is unreachable',
    EADDRINUSE: 'Address already in use',
    EADDRNOTAVAIL: 'Cannot assign requested address',
    EACCES: 'Permission denied',
    EMSGSIZE: 'Message too long',
    EPERM: 'Operation not permitted',
    EPIPE: 'Broken pipe',
  }
  return texts[error.code] ?? error.message
}
