// Which cluster a request means, and whether it may: a path prefix a cluster (or one at the root), a bearer token each.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ApiEntry } from './api-gateway.ts'

export interface Entry extends ApiEntry {
  readonly token: string
  /** Connections that belong to it for now; they end with it. */
  readonly sockets: Set<Duplex>
}

export interface Located {
  readonly entry: Entry
  readonly path: string
}

export class Entries {
  readonly #entries = new Map<string, Entry>()
  readonly #secret: string
  readonly #atRoot: boolean

  /** `atRoot` serves the first entry without a prefix, too. */
  constructor(secret: string, atRoot: boolean) {
    this.#secret = secret
    this.#atRoot = atRoot
  }

  add(id: string, entry: ApiEntry): { readonly entry: Entry; readonly prefix: string } {
    const added: Entry = {
      answer: entry.answer.bind(entry),
      upgrade: entry.upgrade.bind(entry),
      // The same id and secret give the same token.
      token: createHmac('sha256', this.#secret).update(id).digest('base64url'),
      sockets: new Set(),
    }
    this.#entries.set(id, added)
    const isRoot = this.#atRoot && this.#entries.size === 1
    return { entry: added, prefix: isRoot ? '' : `/clusters/${id}` }
  }

  remove(id: string, entry: Entry): void {
    // A cluster that was opened again meanwhile has the id now.
    if (this.#entries.get(id) === entry) this.#entries.delete(id)
    for (const socket of entry.sockets) socket.destroy()
    entry.sockets.clear()
  }

  clear(): void {
    for (const [id, entry] of this.#entries) this.remove(id, entry)
  }

  /** Takes the token out of the request. Undefined where no such cluster is or the token is not its own: callers cannot tell. */
  admit(request: IncomingMessage): Located | undefined {
    const located = this.#locate(request.url ?? '/')
    const token = request.headers.authorization
    delete request.headers.authorization
    if (!located || !isSame(token ?? '', `Bearer ${located.entry.token}`)) return undefined
    return located
  }

  #locate(path: string): Located | undefined {
    const match = /^\/clusters\/([^/?]+)(\/.*|\?.*|)$/.exec(path)
    const named = match?.[1] === undefined ? undefined : this.#entries.get(match[1])
    if (named) return { entry: named, path: match?.[2]?.replace(/^\?/, '/?') || '/' }
    const [first] = this.#entries.values()
    return this.#atRoot && first ? { entry: first, path } : undefined
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
