// proxy_pass: the request goes on to another server, over HTTP/1.0 as nginx speaks it by default.
import { lookup } from '../../../network/dns/resolver.ts'
import { HttpClientConnection } from '../../../network/http/client.ts'
import type { HeaderField } from '../../../network/http/headers.ts'
import type { OutgoingResponse } from '../../../network/http/server.ts'
import type { NginxDirective } from './configuration.ts'
import { common, type NginxExchange, type Scopes, variables } from './exchange.ts'

/** Undefined where the other server does not answer: 502. */
export async function proxied(
  exchange: NginxExchange,
  { args }: NginxDirective,
  location: NginxDirective,
  uri: string,
  scopes: Scopes,
): Promise<OutgoingResponse | undefined> {
  const { process, request, configuration } = exchange
  const [, authority = '', path] = /^http:\/\/([^/]+)(\/.*)?$/.exec(variables(exchange, args[0] ?? '')) ?? []
  const upstream = configuration.upstreams.get(authority)
  const [chosen = ''] = upstream ? [upstream[process.random.integer(upstream.length)]] : [authority]
  const [name = '', port = '80'] = chosen.split(':')
  const prefix = location.args.at(-1) ?? ''
  const query = request.target.includes('?') ? request.target.slice(request.target.indexOf('?')) : ''
  const target = path === undefined ? request.target : `${path}${uri.slice(prefix.length)}${query}`
  const [address] = (await lookup(process, name, { family: 4, signal: request.signal })).addresses
  if (address === undefined) {
    exchange.logError(`${name} could not be resolved (3: Host not found)`)
    return undefined
  }
  const headers: HeaderField[] = [
    ['Host', authority],
    ['Connection', 'close'],
  ]
  for (const [header, value] of request.headers) {
    if (!/^(host|connection|keep-alive|transfer-encoding|content-length)$/i.test(header))
      headers.push([header, value])
  }
  for (const { name: directive, args: set } of scopes.flat()) {
    if (directive !== 'proxy_set_header') continue
    const at = headers.findIndex(([header]) => header.toLowerCase() === set[0]?.toLowerCase())
    const field: HeaderField = [set[0] ?? '', variables(exchange, set[1] ?? '')]
    if (at >= 0) headers[at] = field
    else headers.push(field)
  }
  try {
    const connection = await process.sockets.connect({
      to: { address, port: Number(port) },
      signal: request.signal,
    })
    const client = new HttpClientConnection(connection)
    const hasBody = request.headers.has('content-length') || request.headers.has('transfer-encoding')
    const response = await client.request(
      { method: request.method, target, headers, version: '1.0', ...(hasBody ? { body: request.body } : {}) },
      request.signal,
    )
    const kept = [...response.headers].filter(
      ([header]) => !/^(server|date|connection|transfer-encoding|keep-alive)$/i.test(header),
    )
    return {
      status: response.status,
      reason: response.reason,
      headers: [...common(exchange), ...kept],
      body: response.body,
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    exchange.logError(
      `connect() failed (${why}) while connecting to upstream, upstream: "http://${address}:${port}${target}"`,
    )
    return undefined
  }
}
