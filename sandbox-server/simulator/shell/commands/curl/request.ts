// The request that curl's options ask for: method, headers, body. Source: curl 7.88.1, lib/http.c, src/tool_paramhlp.c.
import { resolvePath } from '../../../node/file-system.ts'
import type { Process } from '../../../node/process.ts'
import { CurlError } from './errors.ts'
import type { CurlOptions } from './options.ts'
import type { CurlUrl } from './url.ts'

export interface CurlRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | undefined
}

const encoder = new TextEncoder()

async function readFile(process: Process, path: string): Promise<Uint8Array> {
  if (path === '-') {
    const chunks: Uint8Array[] = []
    for (
      let chunk = await process.stdin.read(process.signal);
      chunk;
      chunk = await process.stdin.read(process.signal)
    )
      chunks.push(chunk)
    return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))
  }
  const full = resolvePath(process.cwd, path)
  if (process.files.stat(full)?.type !== 'file') throw new CurlError(26, `Failed to open ${path}`)
  return process.files.read(full)
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** The body of -d and its kin, joined. */
async function postData(process: Process, options: CurlOptions): Promise<string | undefined> {
  if (options.data.length === 0) return undefined
  const parts: string[] = []
  for (const { kind, value } of options.data) {
    if (kind === 'urlencode') {
      const equals = value.indexOf('=')
      const at = value.indexOf('@')
      if (at >= 0 && (equals < 0 || at < equals)) {
        const name = value.slice(0, at)
        const text = encodeURIComponent(decode(await readFile(process, value.slice(at + 1))))
        parts.push(name ? `${name}=${text}` : text)
      } else if (equals >= 0)
        parts.push(
          `${value.slice(0, equals)}${equals > 0 ? '=' : ''}${encodeURIComponent(value.slice(equals + 1))}`,
        )
      else parts.push(encodeURIComponent(value))
    } else if (kind !== 'raw' && value.startsWith('@')) {
      const text = decode(await readFile(process, value.slice(1)))
      parts.push(kind === 'data' ? text.replace(/[\r\n]/g, '') : text)
    } else parts.push(value)
  }
  return options.data.some(({ kind }) => kind === 'json') ? parts.join('') : parts.join('&')
}

async function formBody(process: Process, forms: readonly string[], boundary: string): Promise<string> {
  let body = ''
  for (const form of forms) {
    const [name = '', ...rest] = form.split('=')
    const value = rest.join('=')
    const file = /^@([^;]+)/.exec(value)?.[1]
    body += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`
    if (file) {
      body += `; filename="${file.slice(file.lastIndexOf('/') + 1)}"\r\nContent-Type: application/octet-stream`
      body += `\r\n\r\n${decode(await readFile(process, file))}\r\n`
    } else body += `\r\n\r\n${value}\r\n`
  }
  return `${body}--${boundary}--\r\n`
}

export async function buildRequest(
  process: Process,
  options: CurlOptions,
  url: CurlUrl,
): Promise<CurlRequest> {
  let target = url.target
  let text = await postData(process, options)
  let bytes: Uint8Array | undefined
  let type = options.data.some(({ kind }) => kind === 'json')
    ? 'application/json'
    : 'application/x-www-form-urlencoded'
  if (text !== undefined && options.get) {
    target += `${target.includes('?') ? '&' : '?'}${text}`
    text = undefined
  }
  if (options.forms.length > 0) {
    const boundary = `------------------------${process.random.suffix(16).replace(/[^0-9a-f]/g, 'a')}`
    text = await formBody(process, options.forms, boundary)
    type = `multipart/form-data; boundary=${boundary}`
  }
  if (text !== undefined) bytes = encoder.encode(text)
  if (options.upload !== undefined) {
    bytes = await readFile(process, options.upload)
    if (target.endsWith('/') && options.upload !== '-')
      target += options.upload.slice(options.upload.lastIndexOf('/') + 1)
  }
  const method =
    options.method ?? (options.head ? 'HEAD' : options.upload !== undefined ? 'PUT' : bytes ? 'POST' : 'GET')
  const shownHost = url.host.includes(':') ? `[${url.host}]` : url.host
  const usualPort = url.scheme === 'https' ? 443 : 80
  const headers: [string, string][] = [
    ['Host', url.port === usualPort ? shownHost : `${shownHost}:${url.port}`],
  ]
  const user = options.user ?? url.user
  if (user) headers.push(['Authorization', `Basic ${btoa(user.includes(':') ? user : `${user}:`)}`])
  if (options.userAgent !== '') headers.push(['User-Agent', options.userAgent ?? 'curl/7.88.1'])
  const json = options.data.some(({ kind }) => kind === 'json')
  headers.push(['Accept', json ? 'application/json' : '*/*'])
  if (options.referer) headers.push(['Referer', options.referer])
  if (options.cookie?.includes('=')) headers.push(['Cookie', options.cookie])
  if (text !== undefined) headers.push(['Content-Type', type])
  for (const header of options.headers) applyHeader(headers, header)
  return { method, target, headers, body: bytes }
}

/** `Name: value` adds or replaces, `Name:` removes, `Name;` sends it empty. */
function applyHeader(headers: [string, string][], header: string): void {
  const match = /^([^:;]+)(?::\s*(.*)|;)$/s.exec(header)
  if (!match) return
  const name = (match[1] ?? '').trim()
  const known = headers.findIndex(([other]) => other.toLowerCase() === name.toLowerCase())
  if (header.endsWith(';') && match[2] === undefined) headers.push([name, ''])
  else if (!match[2]) {
    if (known >= 0) headers.splice(known, 1)
  } else if (known >= 0) headers[known] = [name, match[2]]
  else headers.push([name, match[2]])
}
