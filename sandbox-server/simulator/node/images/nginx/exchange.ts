// One request at nginx, and what every part of the answer needs of it: the configuration's variables, the common headers.
import type { HeaderField } from '../../../network/http/headers.ts'
import type { IncomingRequest } from '../../../network/http/server.ts'
import type { Process } from '../../process.ts'
import { httpDate } from '../go-program.ts'
import type { NginxConfiguration, NginxDirective, NginxServer } from './configuration.ts'

export const nginxVersion = '1.22.1'

export interface NginxExchange {
  readonly process: Process
  readonly configuration: NginxConfiguration
  readonly request: IncomingRequest
  readonly server: NginxServer
  readonly logError: (message: string) => void
}

/** Blocks that apply, the innermost first. */
export type Scopes = readonly (readonly NginxDirective[])[]

export function common({ process }: NginxExchange): HeaderField[] {
  return [
    ['Server', `nginx/${nginxVersion}`],
    ['Date', httpDate(process.clock.now())],
  ]
}

export function variables(exchange: NginxExchange, text: string, uri = exchange.request.path): string {
  const { request, process } = exchange
  const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '')
  const values: Readonly<Record<string, string>> = {
    args: request.target.split('?')[1] ?? '',
    document_uri: uri,
    host,
    hostname: process.machine.hostname,
    http_host: request.headers.get('host') ?? '',
    proxy_add_x_forwarded_for: [request.headers.get('x-forwarded-for'), request.remote.address]
      .filter((one) => one)
      .join(', '),
    remote_addr: request.remote.address,
    remote_port: `${request.remote.port}`,
    request_method: request.method,
    request_uri: request.target,
    scheme: 'http',
    server_addr: request.local.address,
    server_name: exchange.server.names[0] ?? '',
    server_port: `${request.local.port}`,
    uri,
  }
  return text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => {
    if (name.startsWith('http_'))
      return request.headers.get(name.slice(5).replaceAll('_', '-')) ?? values[name] ?? ''
    if (name.startsWith('arg_')) return request.query.get(name.slice(4)) ?? ''
    return values[name] ?? whole
  })
}
