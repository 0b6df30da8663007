// nginx' configuration language and the part of its directives that the simulator carries out (nginx.org/en/docs/dirindex.html).
import type { FileSystem } from '../../file-system.ts'
import { resolvePath } from '../../file-system.ts'

/** In nginx' own words, as after `[emerg]`. */
export class NginxConfigError extends Error {}

export interface NginxDirective {
  readonly name: string
  readonly args: readonly string[]
  readonly block: readonly NginxDirective[] | undefined
  readonly file: string
  readonly line: number
}

export interface NginxServer {
  readonly listens: readonly {
    readonly address: string | undefined
    readonly port: number
    readonly isDefault: boolean
  }[]
  readonly names: readonly string[]
  readonly directives: readonly NginxDirective[]
}

export interface NginxConfiguration {
  readonly servers: readonly NginxServer[]
  readonly accessLog: boolean
  /** Addresses of `upstream NAME { server ...; }`. */
  readonly upstreams: ReadonlyMap<string, readonly string[]>
}

const carriedOut = new Set([
  'server',
  'location',
  'listen',
  'server_name',
  'root',
  'alias',
  'index',
  'return',
  'try_files',
  'add_header',
  'default_type',
  'error_page',
  'proxy_pass',
  'proxy_set_header',
  'access_log',
  'error_log',
  'include',
  'http',
  'events',
  'upstream',
])
/** Accepted, without effect in the simulator. */
const accepted =
  /^(user|worker_.*|pid|daemon|sendfile|tcp_.*|types(_hash_.*)?|keepalive.*|gzip.*|ssl_.*|log_format|charset|client_.*|proxy_.*|server_tokens|autoindex|expires|etag|resolver.*|use|multi_accept|allow|deny|internal|reset_timedout_connection|large_client_header_buffers|map_hash_.*|server_names_hash_.*|send_timeout|open_file_cache.*|limit_.*|load_module|absolute_redirect|port_in_redirect|merge_slashes|zone|least_conn|ip_hash|mp4|text\/.*|application\/.*)$/

/** Reads the file and what it includes. Throws NginxConfigError. */
export function readNginxConfiguration(files: FileSystem, path: string): NginxConfiguration {
  const top = readFile(files, path)
  const http = top.find((directive) => directive.name === 'http')?.block ?? []
  const servers = http.filter(({ name }) => name === 'server').map((server) => serverOf(server))
  checkDefaults(servers)
  const upstreams = new Map<string, readonly string[]>()
  for (const { name, args, block } of http) {
    if (name !== 'upstream') continue
    const addresses = (block ?? []).filter((one) => one.name === 'server').map((one) => one.args[0] ?? '')
    upstreams.set(args[0] ?? '', addresses)
  }
  const accessLog = http.find(({ name }) => name === 'access_log')?.args[0] !== 'off'
  return { servers, accessLog, upstreams }
}

function readFile(files: FileSystem, path: string): NginxDirective[] {
  const tokens = tokenize(files.readText(path), path)
  const position = { at: 0 }
  return parse(files, tokens, position, path, false)
}

interface Token {
  readonly text: string
  readonly line: number
  readonly quoted: boolean
}

function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  const pattern =
    /\n|[ \t\r]+|#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[;{}]|(?:\$\{[^}]*\}|[^\s;{}"'#]|(?<=\S)#)+|["']/g
  for (const match of text.matchAll(pattern)) {
    const [whole, double, single] = match
    if (whole === '\n') line += 1
    else if (whole === '"' || whole === "'") {
      throw new NginxConfigError(`unexpected end of file, expecting "${whole}" in ${file}:${line}`)
    } else if (double !== undefined || single !== undefined) {
      tokens.push({ text: unescaped(double ?? single ?? ''), line, quoted: true })
      line += whole.split('\n').length - 1
    } else if (!/^[ \t\r#]/.test(whole)) tokens.push({ text: whole, line, quoted: false })
  }
  return tokens
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function unescaped(text: string): string {
  return text.replace(/\\(["'\\nrt])/g, (_, letter: string) => escapes[letter] ?? letter)
}

function parse(
  files: FileSystem,
  tokens: readonly Token[],
  position: { at: number },
  file: string,
  nested: boolean,
): NginxDirective[] {
  const directives: NginxDirective[] = []
  for (;;) {
    const token = tokens[position.at]
    const last = tokens.at(-1)?.line ?? 1
    if (!token) {
      if (nested) throw new NginxConfigError(`unexpected end of file, expecting "}" in ${file}:${last}`)
      return directives
    }
    position.at += 1
    if (!token.quoted && token.text === '}') {
      if (nested) return directives
      throw new NginxConfigError(`unexpected "}" in ${file}:${token.line}`)
    }
    if (!token.quoted && (token.text === ';' || token.text === '{')) {
      throw new NginxConfigError(`unexpected "${token.text}" in ${file}:${token.line}`)
    }
    directives.push(...directive(files, tokens, position, file, token))
  }
}

function directive(
  files: FileSystem,
  tokens: readonly Token[],
  position: { at: number },
  file: string,
  first: Token,
): NginxDirective[] {
  const args: string[] = []
  for (;;) {
    const token = tokens[position.at]
    position.at += 1
    if (!token)
      throw new NginxConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${first.line}`)
    if (!token.quoted && token.text === '}') {
      throw new NginxConfigError(`unexpected "}" in ${file}:${token.line}`)
    }
    if (token.quoted || (token.text !== ';' && token.text !== '{')) {
      args.push(token.text)
      continue
    }
    const name = first.text
    const isBlock = token.text === '{'
    if (!carriedOut.has(name) && !accepted.test(name)) {
      throw new NginxConfigError(
        `unknown directive "${name}" in ${file}:${first.line} (or one that is not simulated)`,
      )
    }
    const block = isBlock
      ? name === 'types'
        ? skip(tokens, position)
        : parse(files, tokens, position, file, true)
      : undefined
    if (name === 'include') return included(files, args[0] ?? '', file)
    return [{ name, args, block, file, line: first.line }]
  }
}

function skip(tokens: readonly Token[], position: { at: number }): NginxDirective[] {
  while (tokens[position.at] && tokens[position.at]?.text !== '}') position.at += 1
  position.at += 1
  return []
}

function included(files: FileSystem, pattern: string, from: string): NginxDirective[] {
  const path = resolvePath('/etc/nginx', pattern)
  const slash = path.lastIndexOf('/')
  const directory = path.slice(0, slash) || '/'
  const name = path.slice(slash + 1)
  if (!name.includes('*')) {
    if (!files.stat(path))
      throw new NginxConfigError(`open() "${path}" failed (2: No such file or directory) in ${from}`)
    return readFile(files, path)
  }
  if (files.stat(directory)?.type !== 'directory') return []
  const [before = '', after = ''] = name.split('*')
  return files
    .list(directory)
    .filter((one) => one.startsWith(before) && one.endsWith(after) && !one.startsWith('.'))
    .filter((one) => files.stat(`${directory}/${one}`)?.type === 'file')
    .flatMap((one) => readFile(files, `${directory}/${one}`))
}

function serverOf({ block = [] }: NginxDirective): NginxServer {
  const listens = block
    .filter(({ name }) => name === 'listen')
    .filter(({ args }) => !args[0]?.startsWith('['))
    .map(({ args, file, line }) => {
      const [where = '', ...options] = args
      if (options.includes('ssl'))
        throw new NginxConfigError(`"listen ... ssl": TLS is not simulated in ${file}:${line}`)
      const [, address, port] = /^(?:(.*):)?(\d+)$/.exec(where) ?? []
      if (port === undefined && !/^\d+\.\d+\.\d+\.\d+$/.test(where)) {
        throw new NginxConfigError(
          `host not found in "${where}" of the "listen" directive in ${file}:${line}`,
        )
      }
      const host = port === undefined ? where : address
      return {
        address:
          host === undefined || host === '*' || host === '0.0.0.0'
            ? undefined
            : host === 'localhost'
              ? '127.0.0.1'
              : host,
        port: port === undefined ? 80 : Number(port),
        isDefault: options.includes('default_server'),
      }
    })
  return {
    listens: listens.length > 0 ? listens : [{ address: undefined, port: 80, isDefault: false }],
    names: block.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args),
    directives: block,
  }
}

function checkDefaults(servers: readonly NginxServer[]): void {
  const seen = new Set<string>()
  for (const { address, port, isDefault } of servers.flatMap((server) => server.listens)) {
    const where = `${address ?? '0.0.0.0'}:${port}`
    if (isDefault && seen.has(where)) throw new NginxConfigError(`a duplicate default server for ${where}`)
    if (isDefault) seen.add(where)
  }
}
