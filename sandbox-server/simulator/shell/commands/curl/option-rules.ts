// curl's options, one entry each. Source: curl 7.88.1, src/tool_getparam.c, src/tool_listhelp.c.
import type { CurlOptions } from './options.ts'

/** Wrong use; printed as `curl: message`, exit code 2. */
export class CurlUsageError extends Error {}

export interface OptionRule {
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

type KeysOf<T> = {
  [K in keyof CurlOptions]: CurlOptions[K] extends T ? (T extends CurlOptions[K] ? K : never) : never
}[keyof CurlOptions]

const toggle = (key: KeysOf<boolean>) => (options: CurlOptions, on: boolean) => {
  options[key] = on
}

const text = (key: KeysOf<string | undefined>) => (options: CurlOptions, value: string) => {
  options[key] = value
}

export const optionRules: readonly OptionRule[] = [
  { long: 'silent', short: 's', summary: 'no progress, no errors', flag: toggle('silent') },
  {
    long: 'show-error',
    short: 'S',
    summary: 'errors even with -s',
    flag: toggle('showError'),
  },
  { long: 'verbose', short: 'v', summary: 'tell what happens', flag: toggle('verbose') },
  { long: 'fail', short: 'f', summary: 'fail on HTTP errors', flag: toggle('fail') },
  {
    long: 'fail-with-body',
    summary: 'fail on HTTP errors, print the body',
    flag: toggle('failWithBody'),
  },
  {
    long: 'include',
    short: 'i',
    summary: 'print response headers too',
    flag: toggle('include'),
  },
  { long: 'head', short: 'I', summary: 'ask for headers only', flag: toggle('head') },
  { long: 'location', short: 'L', summary: 'follow redirects', flag: toggle('location') },
  { long: 'get', short: 'G', summary: 'put -d into the URL', flag: toggle('get') },
  { long: 'globoff', short: 'g', summary: 'no {} and [] in URLs', flag: toggle('globOff') },
  {
    long: 'insecure',
    short: 'k',
    summary: 'do not verify certificates',
    flag: toggle('insecure'),
  },
  {
    long: 'remote-name',
    short: 'O',
    summary: "write to a file of the URL's name",
    flag: toggle('remoteName'),
  },
  { long: 'no-buffer', short: 'N', summary: 'no output buffering', flag: toggle('noBuffer') },
  {
    long: 'ipv4',
    short: '4',
    summary: 'IPv4 only',
    flag: (o) => {
      o.family = 4
    },
  },
  {
    long: 'ipv6',
    short: '6',
    summary: 'IPv6 only',
    flag: (o) => {
      o.family = 6
    },
  },
  {
    long: 'http1.0',
    short: '0',
    summary: 'speak HTTP/1.0',
    flag: (o) => {
      o.http10 = true
    },
  },
  {
    long: 'http1.1',
    summary: 'speak HTTP/1.1',
    flag: (o) => {
      o.http10 = false
    },
  },
  { long: 'http2', summary: 'accepted; HTTP/1.1 is spoken', flag: () => undefined },
  { long: 'compressed', summary: 'accepted', flag: () => undefined },
  { long: 'keepalive', summary: 'accepted', flag: () => undefined },
  {
    long: 'buffer',
    summary: 'buffer output',
    flag: (o, on) => {
      o.noBuffer = !on
    },
  },
  {
    long: 'progress-bar',
    short: '#',
    summary: 'accepted',
    flag: (o) => {
      o.silent = true
    },
  },
  {
    long: 'progress-meter',
    summary: 'the progress meter',
    flag: (o, on) => {
      o.silent = !on
    },
  },
  { long: 'disable', short: 'q', summary: 'accepted', flag: () => undefined },
  { long: 'path-as-is', summary: 'keep /../ in URLs', flag: toggle('pathAsIs') },
  {
    long: 'create-dirs',
    summary: 'make the directories of -o',
    flag: toggle('createDirectories'),
  },
  { long: 'retry-all-errors', summary: 'retry on any error', flag: toggle('retryAllErrors') },
  {
    long: 'retry-connrefused',
    summary: 'retry where refused',
    flag: toggle('retryConnectionRefused'),
  },
  { long: 'request', short: 'X', summary: 'request method', value: text('method') },
  {
    long: 'header',
    short: 'H',
    summary: 'add a request header',
    value: (o, v) => {
      o.headers.push(v)
    },
  },
  {
    long: 'output',
    short: 'o',
    summary: 'write to a file',
    value: (o, v) => {
      o.outputs.push(v)
    },
  },
  { long: 'write-out', short: 'w', summary: 'print this afterwards', value: text('writeOut') },
  {
    long: 'max-time',
    short: 'm',
    summary: 'most seconds in all',
    value: (o, v) => {
      o.maxTime = number('-m', v)
    },
  },
  {
    long: 'connect-timeout',
    summary: 'most seconds to connect',
    value: (o, v) => {
      o.connectTimeout = number('--connect-timeout', v)
    },
  },
  {
    long: 'data',
    short: 'd',
    summary: 'POST this',
    value: (o, v) => {
      o.data.push({ kind: 'data', value: v })
    },
  },
  {
    long: 'data-ascii',
    summary: 'POST this',
    value: (o, v) => {
      o.data.push({ kind: 'data', value: v })
    },
  },
  {
    long: 'data-raw',
    summary: 'POST this, @ as it is',
    value: (o, v) => {
      o.data.push({ kind: 'raw', value: v })
    },
  },
  {
    long: 'data-binary',
    summary: 'POST this, line ends kept',
    value: (o, v) => {
      o.data.push({ kind: 'binary', value: v })
    },
  },
  {
    long: 'data-urlencode',
    summary: 'POST this, encoded',
    value: (o, v) => {
      o.data.push({ kind: 'urlencode', value: v })
    },
  },
  {
    long: 'json',
    summary: 'POST this as JSON',
    value: (o, v) => {
      o.data.push({ kind: 'json', value: v })
    },
  },
  {
    long: 'form',
    short: 'F',
    summary: 'POST a multipart form',
    value: (o, v) => {
      o.forms.push(v)
    },
  },
  { long: 'user-agent', short: 'A', summary: 'User-Agent to send', value: text('userAgent') },
  { long: 'referer', short: 'e', summary: 'Referer to send', value: text('referer') },
  { long: 'user', short: 'u', summary: 'user:password', value: text('user') },
  { long: 'cookie', short: 'b', summary: 'cookies to send', value: text('cookie') },
  { long: 'upload-file', short: 'T', summary: 'PUT this file', value: text('upload') },
  {
    long: 'dump-header',
    short: 'D',
    summary: 'write response headers to a file',
    value: text('dumpHeader'),
  },
  { long: 'interface', summary: 'address to send from', value: text('interface') },
  {
    long: 'resolve',
    summary: 'host:port:address',
    value: (o, v) => {
      o.resolve.push(v)
    },
  },
  {
    long: 'connect-to',
    summary: 'host:port:host:port',
    value: (o, v) => {
      o.connectTo.push(v)
    },
  },
  {
    long: 'retry',
    summary: 'retries on passing errors',
    value: (o, v) => {
      o.retry = number('--retry', v)
    },
  },
  {
    long: 'retry-delay',
    summary: 'seconds between retries',
    value: (o, v) => {
      o.retryDelay = number('--retry-delay', v)
    },
  },
  {
    long: 'retry-max-time',
    summary: 'no retry after these seconds',
    value: (o, v) => {
      o.retryMaxTime = number('--retry-max-time', v)
    },
  },
  {
    long: 'max-redirs',
    summary: 'most redirects',
    value: (o, v) => {
      o.maxRedirects = number('--max-redirs', v)
    },
  },
  { long: 'noproxy', summary: 'accepted', value: () => undefined },
  { long: 'cacert', summary: 'accepted', value: () => undefined },
  {
    long: 'url',
    summary: 'a URL',
    value: (o, v) => {
      o.urls.push(v)
    },
  },
]
