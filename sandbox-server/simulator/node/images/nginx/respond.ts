// How nginx answers a request: server by name, location by its rules, then return, proxy_pass or a file.
import type { HeaderField } from '../../../network/http/headers.ts'
import type { OutgoingResponse } from '../../../network/http/server.ts'
import { statusTexts } from '../../../network/http/status-texts.ts'
import { resolvePath } from '../../file-system.ts'
import { httpDate } from '../go-program.ts'
import type { NginxDirective, NginxServer } from './configuration.ts'
import { common, type NginxExchange, nginxVersion, type Scopes, variables } from './exchange.ts'
import { proxied } from './proxy-pass.ts'

const types: Readonly<Record<string, string>> = {
  css: 'text/css',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  ico: 'image/x-icon',
  js: 'application/javascript',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  xml: 'text/xml',
}

/** Which of the servers on a port gets the request: by name, then the default one, then the first. */
export function chooseServer(servers: readonly NginxServer[], port: number, address: string, host: string) {
  const fits = (server: NginxServer) =>
    server.listens.find((one) => one.port === port && (one.address === undefined || one.address === address))
  const candidates = servers.filter(fits)
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const wildcard = (pattern: string) =>
    (pattern.startsWith('*.') && name.endsWith(pattern.slice(1))) ||
    (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))) ||
    (pattern.startsWith('~') && new RegExp(pattern.slice(1)).test(name))
  return (
    candidates.find((server) => server.names.some((one) => one.toLowerCase() === name)) ??
    candidates.find((server) => server.names.some((one) => wildcard(one.toLowerCase()))) ??
    candidates.find((server) => fits(server)?.isDefault) ??
    candidates[0]
  )
}

export async function respond(exchange: NginxExchange): Promise<OutgoingResponse> {
  const path = decode(exchange.request.path)
  if (path === undefined) return errorPage(exchange, 400)
  return await respondTo(
    exchange,
    resolvePath('/', path) + (path.endsWith('/') && path !== '/' ? '/' : ''),
    0,
  )
}

async function respondTo(exchange: NginxExchange, uri: string, depth: number): Promise<OutgoingResponse> {
  if (depth > 10) {
    exchange.logError('rewrite or internal redirection cycle')
    return errorPage(exchange, 500)
  }
  const { directives } = exchange.server
  const early = directives.find(({ name }) => name === 'return')
  if (early) return returned(exchange, early, [directives])
  const location = chooseLocation(directives, uri)
  const scopes = location ? [location.block ?? [], directives] : [directives]
  const own = location?.block?.find(({ name }) => name === 'return')
  if (own) return returned(exchange, own, scopes)
  const pass = location?.block?.find(({ name }) => name === 'proxy_pass')
  if (pass && location)
    return (await proxied(exchange, pass, location, uri, scopes)) ?? errorPage(exchange, 502)
  if (exchange.request.method !== 'GET' && exchange.request.method !== 'HEAD') return errorPage(exchange, 405)
  return await fromDisk(exchange, uri, location, scopes, depth)
}

function inherited(scopes: Scopes, name: string): NginxDirective | undefined {
  for (const scope of scopes) {
    const found = scope.find((directive) => directive.name === name)
    if (found) return found
  }
  return undefined
}

/** Exact first, then the longest prefix (final with ^~), then regular expressions in order, then that prefix. */
function chooseLocation(directives: readonly NginxDirective[], uri: string): NginxDirective | undefined {
  const locations = directives.filter(({ name }) => name === 'location')
  const exact = locations.find(({ args }) => args[0] === '=' && args[1] === uri)
  if (exact) return exact
  const prefixOf = ({ args }: NginxDirective) => (args[0] === '^~' ? (args[1] ?? '') : (args[0] ?? ''))
  const prefixes = locations
    .filter(({ args }) => args.length === 1 || args[0] === '^~')
    .filter((one) => uri.startsWith(prefixOf(one)))
    .sort((a, b) => prefixOf(b).length - prefixOf(a).length)
  const [longest] = prefixes
  if (longest?.args[0] === '^~') return longest
  const pattern = locations.find(
    ({ args }) =>
      (args[0] === '~' || args[0] === '~*') &&
      new RegExp(args[1] ?? '', args[0] === '~*' ? 'i' : '').test(uri),
  )
  return pattern ?? longest
}

function returned(exchange: NginxExchange, { args }: NginxDirective, scopes: Scopes): OutgoingResponse {
  const [first = '', second] = args
  const status = /^\d+$/.test(first) ? Number(first) : 302
  const text = status === 302 && second === undefined ? first : second
  const value = text === undefined ? undefined : variables(exchange, text)
  if ([301, 302, 303, 307, 308].includes(status)) {
    return errorPage(exchange, status, [['Location', value ?? '']])
  }
  if (value === undefined) return errorPage(exchange, status)
  const type = inherited(scopes, 'default_type')?.args[0] ?? 'application/octet-stream'
  return answer(exchange, status, type, value, added(exchange, scopes))
}

async function fromDisk(
  exchange: NginxExchange,
  uri: string,
  location: NginxDirective | undefined,
  scopes: Scopes,
  depth: number,
): Promise<OutgoingResponse> {
  const { files } = exchange.process
  const root = inherited(scopes, 'root')?.args[0] ?? '/usr/share/nginx/html'
  const alias = location?.block?.find(({ name }) => name === 'alias')?.args[0]
  const prefix = location?.args.at(-1) ?? '/'
  const pathOf = (one: string) =>
    alias === undefined
      ? resolvePath('/', `${root}/${one}`)
      : resolvePath('/', `${alias}/${one.slice(prefix.length)}`)
  const tries = inherited(scopes, 'try_files')
  let wanted = uri
  if (tries) {
    const candidates = tries.args.map((one) => variables(exchange, one, uri))
    const last = candidates.pop() ?? ''
    const hit = candidates.find((one) => {
      const stat = files.stat(pathOf(one))
      return one.endsWith('/') ? stat?.type === 'directory' : stat?.type === 'file'
    })
    if (hit !== undefined) wanted = hit
    else if (last.startsWith('=')) return await failed(exchange, Number(last.slice(1)), scopes, depth)
    else return await respondTo(exchange, last, depth + 1)
  }
  const path = pathOf(wanted)
  const stat = files.stat(path)
  if (stat?.type === 'directory') {
    if (!wanted.endsWith('/')) {
      const host = exchange.request.headers.get('host') ?? ''
      return errorPage(exchange, 301, [['Location', `http://${host}${wanted}/`]])
    }
    const names = inherited(scopes, 'index')?.args ?? ['index.html']
    const index = names.find((name) => files.stat(`${path}/${name}`)?.type === 'file')
    if (index !== undefined) return fileAnswer(exchange, `${path}/${index}`.replace('//', '/'), scopes)
    exchange.logError(`directory index of "${path}/" is forbidden`)
    return await failed(exchange, 403, scopes, depth)
  }
  if (stat) return fileAnswer(exchange, path, scopes)
  exchange.logError(`open() "${path}" failed (2: No such file or directory)`)
  return await failed(exchange, 404, scopes, depth)
}

/** An error page of the server's own, where there is one. */
async function failed(
  exchange: NginxExchange,
  status: number,
  scopes: Scopes,
  depth: number,
): Promise<OutgoingResponse> {
  const page = scopes
    .flat()
    .find(({ name, args }) => name === 'error_page' && args.slice(0, -1).includes(`${status}`))
  const uri = page?.args.at(-1)
  if (!uri?.startsWith('/')) return errorPage(exchange, status)
  const response = await respondTo(exchange, uri, depth + 5)
  return {
    ...response,
    status: response.status === 200 ? status : response.status,
    reason: statusTexts[status] ?? '',
  }
}

function fileAnswer(exchange: NginxExchange, path: string, scopes: Scopes): OutgoingResponse {
  const { files } = exchange.process
  const body = files.read(path)
  const modified = files.stat(path)?.modifiedAt ?? 0
  const extension = /\.([^./]+)$/.exec(path)?.[1] ?? ''
  const type = types[extension] ?? inherited(scopes, 'default_type')?.args[0] ?? 'application/octet-stream'
  const etag = `"${Math.floor(modified / 1000).toString(16)}-${body.length.toString(16)}"`
  return answer(exchange, 200, type, body, [
    ['Last-Modified', httpDate(modified)],
    ['Connection', 'keep-alive'],
    ['ETag', etag],
    ...added(exchange, scopes),
    ['Accept-Ranges', 'bytes'],
  ])
}

function added(exchange: NginxExchange, scopes: Scopes): HeaderField[] {
  const own = scopes.find((scope) => scope.some(({ name }) => name === 'add_header')) ?? []
  return own
    .filter(({ name }) => name === 'add_header')
    .map(({ args }) => [args[0] ?? '', variables(exchange, args[1] ?? '')])
}

function answer(
  exchange: NginxExchange,
  status: number,
  type: string,
  body: string | Uint8Array,
  more: readonly HeaderField[],
): OutgoingResponse {
  const length = typeof body === 'string' ? new TextEncoder().encode(body).length : body.length
  const headers: HeaderField[] = [
    ...common(exchange),
    ['Content-Type', type],
    ['Content-Length', `${length}`],
    ...more,
  ]
  return { status, headers, body }
}

export function errorPage(
  exchange: NginxExchange,
  status: number,
  more: readonly HeaderField[] = [],
): OutgoingResponse {
  const title = `${status} ${statusTexts[status] ?? ''}`
  const body =
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    `<hr><center>nginx/${nginxVersion}</center>\r\n</body>\r\n</html>\r\n`
  return answer(exchange, status, 'text/html', body, more)
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    // A bad percent-encoding is a bad request.
    return undefined
  }
}
