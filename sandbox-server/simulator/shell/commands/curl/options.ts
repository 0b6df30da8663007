// What curl's command line can set, and what holds where it sets nothing. Source: curl 7.88.1, src/tool_getparam.c.

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
