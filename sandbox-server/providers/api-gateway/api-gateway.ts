// Where a learner's own kubectl reaches clusters, whatever provider made them. open-api-gateway.ts implements it over HTTPS.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * How a cluster answers. The gateway has checked the token and taken it out of the headers; `path` is the API's own, with its
 * query, without the prefix of the cluster.
 */
export interface ApiEntry {
  /** Never rejects: what goes wrong is an answer. */
  answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>
  /** The socket is the entry's from here on. Never rejects. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, path: string): Promise<void>
}

export interface RegisteredApi {
  /** A kubeconfig that holds the gateway's address, its certificate authority and a token of this cluster alone. */
  kubeconfig(): Promise<string>
  /** Its requests are refused from now on, and open streams end. */
  close(): void
}

export interface ApiGateway {
  /** `id` stays the same over restarts, so that a kubeconfig of yesterday still works. */
  register(id: string, entry: ApiEntry, namespace: string): RegisteredApi
  close(): Promise<void>
}
