// URLs as curl takes them: without a scheme, with globs, with a user. Source: curl 7.88.1, lib/urlapi.c, src/tool_urlglob.c.
import { CurlError } from './errors.ts'

export interface CurlUrl {
  readonly scheme: 'http' | 'https'
  /** As typed, lower case; an IPv6 address without its brackets. */
  readonly host: string
  readonly port: number
  /** Path and query. */
  readonly target: string
  readonly user: string | undefined
  /** The whole URL, for %{url_effective}. */
  readonly href: string
}

export function parseCurlUrl(text: string): CurlUrl {
  const match =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?([^#]*)/.exec(
      text,
    )
  const scheme = (match?.[1] ?? 'http').toLowerCase()
  if (scheme !== 'http' && scheme !== 'https')
    throw new CurlError(1, `Protocol "${scheme}" not supported or disabled in libcurl`)
  const host = (match?.[3] ?? '').replace(/^\[|\]$/g, '')
  const portText = match?.[4]
  if (portText !== undefined && portText !== '' && (!/^\d+$/.test(portText) || Number(portText) > 65535))
    throw new CurlError(3, 'URL using bad/illegal format or missing URL')
  if (host === '' || /[\s<>"]/.test(text))
    throw new CurlError(
      3,
      host === ''
        ? 'URL using bad/illegal format or missing URL'
        : 'URL rejected: Malformed input to a URL function',
    )
  const port = portText ? Number(portText) : scheme === 'https' ? 443 : 80
  const rest = match?.[5] ?? ''
  const target = rest === '' ? '/' : rest.startsWith('/') ? rest : `/${rest}`
  const shownPort = portText ? `:${portText}` : ''
  const shownHost = host.includes(':') ? `[${host}]` : host
  return {
    scheme,
    host: host.toLowerCase(),
    port,
    target,
    user: match?.[2],
    href: `${scheme}://${shownHost}${shownPort}${target}`,
  }
}

/** The path without `.` and `..` segments, as curl sends it unless --path-as-is. */
export function withoutDots(target: string): string {
  const [path = '', ...query] = target.split('?')
  const segments: string[] = []
  const parts = path.split('/').slice(1)
  parts.forEach((part, index) => {
    const last = index === parts.length - 1
    if (part === '.' || part === '..') {
      if (part === '..') segments.pop()
      if (last) segments.push('')
    } else segments.push(part)
  })
  return [`/${segments.join('/')}`, ...query].join('?')
}

/** Expands {a,b} and [1-3], [a-c], [0-10:2]. */
export function expandGlob(text: string): string[] {
  const match = /\{([^{}]*)\}|\[(\w+)-(\w+)(?::(\d+))?\]/.exec(text)
  if (!match) return [text]
  const before = text.slice(0, match.index)
  const after = expandGlob(text.slice(match.index + match[0].length))
  const middle =
    match[1] !== undefined
      ? match[1].split(',')
      : range(match[2] ?? '', match[3] ?? '', Number(match[4] ?? 1))
  if (!middle) return [text]
  return middle.flatMap((part) => after.map((rest) => before + part + rest))
}

function range(from: string, to: string, step: number): string[] | undefined {
  const values: string[] = []
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) {
    const width = from.startsWith('0') ? from.length : 0
    for (let value = Number(from); value <= Number(to) && values.length < 10_000; value += step)
      values.push(String(value).padStart(width, '0'))
    return values
  }
  if (!/^[a-zA-Z]$/.test(from) || !/^[a-zA-Z]$/.test(to)) return undefined
  for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += step)
    values.push(String.fromCharCode(code))
  return values
}

/** Where a redirect leads. */
export function resolveUrl(base: CurlUrl, location: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(location)) return location
  const origin = base.href.slice(0, base.href.length - base.target.length)
  if (location.startsWith('//')) return `${base.scheme}:${location}`
  if (location.startsWith('/')) return origin + location
  const path = base.target.split('?')[0] ?? '/'
  if (location.startsWith('?')) return origin + path + location
  return origin + withoutDots(path.slice(0, path.lastIndexOf('/') + 1) + location)
}
