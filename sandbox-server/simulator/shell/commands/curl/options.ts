// curl's command line. Source: curl 7.88.1, src/tool_getparam.c.

export interface CurlOptions {
  urls: string[]
  silent: boolean
  showError: boolean
  verbose: boolean
  fail: boolean
  failWithBody: boolean
  include: boolean
  head: boolean
  location: boolean
  get: boolean
  globOff: boolean
  insecure: boolean
  remoteName: boolean
  noBuffer: boolean
  retryAllErrors: boolean
  retryConnectionRefused: boolean
  http10: boolean
  createDirectories: boolean
  pathAsIs: boolean
  family: 4 | 6 | undefined
  outputs: string[]
  headers: string[]
  /** In the order given; joined by &. */
  data: { readonly kind: 'data' | 'raw' | 'binary' | 'urlencode' | 'json'; readonly value: string }[]
  forms: string[]
  resolve: string[]
  connectTo: string[]
  method: string | undefined
  writeOut: string | undefined
  userAgent: string | undefined
  referer: string | undefined
  user: string | undefined
  cookie: string | undefined
  upload: string | undefined
  dumpHeader: string | undefined
  interface: string | undefined
  maxTime: number | undefined
  connectTimeout: number | undefined
  retry: number
  retryDelay: number | undefined
  retryMaxTime: number | undefined
  maxRedirects: number
}

export function defaultOptions(): CurlOptions {
  return {
    urls: [],
    silent: false,
    showError: false,
    verbose: false,
    fail: false,
    failWithBody: false,
    include: false,
    head: false,
    location: false,
    get: false,
    globOff: false,
    insecure: false,
    remoteName: false,
    noBuffer: false,
    retryAllErrors: false,
    retryConnectionRefused: false,
    http10: false,
    createDirectories: false,
    pathAsIs: false,
    family: undefined,
    outputs: [],
    headers: [],
    data: [],
    forms: [],
    resolve: [],
    connectTo: [],
    method: undefined,
    writeOut: undefined,
    userAgent: undefined,
    referer: undefined,
    user: undefined,
    cookie: undefined,
    upload: undefined,
    dumpHeader: undefined,
    interface: undefined,
    maxTime: undefined,
    connectTimeout: undefined,
    retry: 0,
    retryDelay: undefined,
    retryMaxTime: undefined,
    maxRedirects: 50,
  }
}

/** Wrong use; printed as `curl: message`, exit code 2. */
export class CurlUsageError extends Error {}

interface OptionRule {
  readonly long: string
  readonly short?: string
  readonly summary: string
  readonly flag?: (options: CurlOptions, on: boolean) => void
  readonly value?: (options: CurlOptions, value: string) => void
}

const number = (name: string, value: string): number => {
  if (!/^\d+(\.\d+)?$/.test(value))
    throw new CurlUsageError(`option ${name}: expected a proper numerical parameter`)
  return Number(value)
}

export const optionRules: readonly OptionRule[] = [
  { long: 'silent', short: 's', summary: 'no progress, no errors', flag: (o, on) => void (o.silent = on) },
  { long: 'show-error', short: 'S', summary: 'errors even with -s', flag: (o, on) => void (o.showError = on) },
  { long: 'verbose', short: 'v', summary: 'tell what happens', flag: (o, on) => void (o.verbose = on) },
  { long: 'fail', short: 'f', summary: 'fail on HTTP errors', flag: (o, on) => void (o.fail = on) },
  { long: 'fail-with-body', summary: 'fail on HTTP errors, print the body', flag: (o, on) => void (o.failWithBody = on) },
  { long: 'include', short: 'i', summary: 'print response headers too', flag: (o, on) => void (o.include = on) },
  { long: 'head', short: 'I', summary: 'ask for headers only', flag: (o, on) => void (o.head = on) },
  { long: 'location', short: 'L', summary: 'follow redirects', flag: (o, on) => void (o.location = on) },
  { long: 'get', short: 'G', summary: 'put -d into the URL', flag: (o, on) => void (o.get = on) },
  { long: 'globoff', short: 'g', summary: 'no {} and [] in URLs', flag: (o, on) => void (o.globOff = on) },
  { long: 'insecure', short: 'k', summary: 'do not verify certificates', flag: (o, on) => void (o.insecure = on) },
  { long: 'remote-name', short: 'O', summary: "write to a file of the URL's name", flag: (o, on) => void (o.remoteName = on) },
  { long: 'no-buffer', short: 'N', summary: 'no output buffering', flag: (o, on) => void (o.noBuffer = on) },
  { long: 'ipv4', short: '4', summary: 'IPv4 only', flag: (o) => void (o.family = 4) },
  { long: 'ipv6', short: '6', summary: 'IPv6 only', flag: (o) => void (o.family = 6) },
  { long: 'http1.0', short: '0', summary: 'speak HTTP/1.0', flag: (o) => void (o.http10 = true) },
  { long: 'http1.1', summary: 'speak HTTP/1.1', flag: (o) => void (o.http10 = false) },
  { long: 'http2', summary: 'accepted; HTTP/1.1 is spoken', flag: () => undefined },
  { long: 'compressed', summary: 'accepted', flag: () => undefined },
  { long: 'keepalive', summary: 'accepted', flag: () => undefined },
  { long: 'buffer', summary: 'buffer output', flag: (o, on) => void (o.noBuffer = !on) },
  { long: 'progress-bar', short: '#', summary: 'accepted', flag: (o) => void (o.silent = true) },
  { long: 'progress-meter', summary: 'the progress meter', flag: (o, on) => void (o.silent = !on) },
  { long: 'disable', short: 'q', summary: 'accepted', flag: () => undefined },
  { long: 'path-as-is', summary: 'keep /../ in URLs', flag: (o, on) => void (o.pathAsIs = on) },
  { long: 'create-dirs', summary: 'make the directories of -o', flag: (o, on) => void (o.createDirectories = on) },
  { long: 'retry-all-errors', summary: 'retry on any error', flag: (o, on) => void (o.retryAllErrors = on) },
  { long: 'retry-connrefused', summary: 'retry where refused', flag: (o, on) => void (o.retryConnectionRefused = on) },
  { long: 'request', short: 'X', summary: 'request method', value: (o, v) => void (o.method = v) },
  { long: 'header', short: 'H', summary: 'add a request header', value: (o, v) => void o.headers.push(v) },
  { long: 'output', short: 'o', summary: 'write to a file', value: (o, v) => void o.outputs.push(v) },
  { long: 'write-out', short: 'w', summary: 'print this afterwards', value: (o, v) => void (o.writeOut = v) },
  { long: 'max-time', short: 'm', summary: 'most seconds in all', value: (o, v) => void (o.maxTime = number('-m', v)) },
  { long: 'connect-timeout', summary: 'most seconds to connect', value: (o, v) => void (o.connectTimeout = number('--connect-timeout', v)) },
  { long: 'data', short: 'd', summary: 'POST this', value: (o, v) => void o.data.push({ kind: 'data', value: v }) },
  { long: 'data-ascii', summary: 'POST this', value: (o, v) => void o.data.push({ kind: 'data', value: v }) },
  { long: 'data-raw', summary: 'POST this, @ as it is', value: (o, v) => void o.data.push({ kind: 'raw', value: v }) },
  { long: 'data-binary', summary: 'POST this, line ends kept', value: (o, v) => void o.data.push({ kind: 'binary', value: v }) },
  { long: 'data-urlencode', summary: 'POST this, encoded', value: (o, v) => void o.data.push({ kind: 'urlencode', value: v }) },
  { long: 'json', summary: 'POST this as JSON', value: (o, v) => void o.data.push({ kind: 'json', value: v }) },
  { long: 'form', short: 'F', summary: 'POST a multipart form', value: (o, v) => void o.forms.push(v) },
  { long: 'user-agent', short: 'A', summary: 'User-Agent to send', value: (o, v) => void (o.userAgent = v) },
  { long: 'referer', short: 'e', summary: 'Referer to send', value: (o, v) => void (o.referer = v) },
  { long: 'user', short: 'u', summary: 'user:password', value: (o, v) => void (o.user = v) },
  { long: 'cookie', short: 'b', summary: 'cookies to send', value: (o, v) => void (o.cookie = v) },
  { long: 'upload-file', short: 'T', summary: 'PUT this file', value: (o, v) => void (o.upload = v) },
  { long: 'dump-header', short: 'D', summary: 'write response headers to a file', value: (o, v) => void (o.dumpHeader = v) },
  { long: 'interface', summary: 'address to send from', value: (o, v) => void (o.interface = v) },
  { long: 'resolve', summary: 'host:port:address', value: (o, v) => void o.resolve.push(v) },
  { long: 'connect-to', summary: 'host:port:host:port', value: (o, v) => void o.connectTo.push(v) },
  { long: 'retry', summary: 'retries on passing errors', value: (o, v) => void (o.retry = number('--retry', v)) },
  { long: 'retry-delay', summary: 'seconds between retries', value: (o, v) => void (o.retryDelay = number('--retry-delay', v)) },
  { long: 'retry-max-time', summary: 'no retry after these seconds', value: (o, v) => void (o.retryMaxTime = number('--retry-max-time', v)) },
  { long: 'max-redirs', summary: 'most redirects', value: (o, v) => void (o.maxRedirects = number('--max-redirs', v)) },
  { long: 'noproxy', summary: 'accepted', value: () => undefined },
  { long: 'cacert', summary: 'accepted', value: () => undefined },
  { long: 'url', summary: 'a URL', value: (o, v) => void o.urls.push(v) },
]

export function parseCurl(words: readonly string[]): CurlOptions {
  const options = defaultOptions()
  const take = (name: string, index: number): string => {
    const value = words[index]
    if (value === undefined) throw new CurlUsageError(`option ${name}: requires parameter`)
    return value
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') {
      options.urls.push(...words.slice(index + 1))
      break
    }
    if (word.startsWith('--')) {
      const name = word.slice(2)
      const positive = name.startsWith('no-') ? name.slice(3) : name
      const rule = ruleByLong(name) ?? ruleByLong(positive)
      if (!rule || (rule.long !== name && !rule.flag && !rule.long.startsWith(name)))
        throw new CurlUsageError(`option ${word}: is unknown`)
      if (rule.value) rule.value(options, take(word, ++index))
      else rule.flag?.(options, !name.startsWith('no-') || rule.long.startsWith('no-'))
      continue
    }
    if (!word.startsWith('-') || word === '-') {
      options.urls.push(word)
      continue
    }
    for (let rest = word.slice(1); rest !== ''; rest = rest.slice(1)) {
      const letter = rest.slice(0, 1)
      const rule = optionRules.find(({ short }) => short === letter)
      if (!rule) throw new CurlUsageError(`option ${word}: is unknown`)
      if (rule.flag) {
        rule.flag(options, true)
        continue
      }
      rule.value?.(options, rest.length > 1 ? rest.slice(1) : take(`-${letter}`, ++index))
      break
    }
  }
  return options
}

/** Exact, or the only one that begins so. */
function ruleByLong(name: string): OptionRule | undefined {
  const exact = optionRules.find(({ long }) => long === name)
  if (exact) return exact
  const matching = optionRules.filter(({ long }) => long.startsWith(name))
  return matching.length === 1 ? matching[0] : undefined
}
