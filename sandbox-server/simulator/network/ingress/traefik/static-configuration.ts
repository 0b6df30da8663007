// Traefik's static configuration from its command line (doc.traefik.io, "Static configuration: CLI"). Names are case-insensitive.

export class ConfigurationError extends Error {}

export interface EntryPoint {
  readonly name: string
  /** Address to bind; every address where left out. */
  readonly address: string | undefined
  readonly port: number
  readonly tls: boolean
  readonly asDefault: boolean
  /** Sends every request on to https, or to another entry point's port. */
  readonly redirectTo:
    | { readonly to: string; readonly scheme: string; readonly permanent: boolean }
    | undefined
}

export interface StaticConfiguration {
  readonly entryPoints: readonly EntryPoint[]
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  readonly accessLog: boolean
  readonly ping: { readonly entryPoint: string } | undefined
  readonly kubernetesIngress: KubernetesIngressProvider | undefined
  /** Settings that are Traefik's and that nothing here acts on, for a line in the log. */
  readonly ignored: readonly string[]
}

export interface KubernetesIngressProvider {
  /** `ingressclass`: a class's name, or the annotation's value; empty for all of Traefik's classes. */
  readonly ingressClass: string
  readonly namespaces: readonly string[]
  readonly publishedService: string | undefined
  readonly endpointIp: string | undefined
  readonly endpointHostname: string | undefined
  readonly allowEmptyServices: boolean
  readonly allowExternalNameServices: boolean
  readonly strictPrefixMatching: boolean
  readonly nativeLbByDefault: boolean
}

const topLevel = new Set([
  'accesslog',
  'api',
  'certificatesresolvers',
  'configfile',
  'core',
  'entrypoints',
  'experimental',
  'global',
  'hostresolver',
  'log',
  'metrics',
  'ocsp',
  'ping',
  'providers',
  'serverstransport',
  'spiffe',
  'tcpserverstransport',
  'tracing',
])
const understood = [
  /^entrypoints\.[^.]+\.(address|asdefault|http\.tls|http\.redirections\.entrypoint\.(to|scheme|permanent))$/,
  /^entrypoints\.[^.]+$/,
  /^log(\.level)?$/,
  /^accesslog$/,
  /^ping(\.entrypoint)?$/,
  /^global(\..*)?$/,
  /^providers\.kubernetesingress$/,
  /^providers\.kubernetesingress\.(ingressclass|namespaces|allowemptyservices|allowexternalnameservices|strictprefixmatching|nativelbbydefault)$/,
  /^providers\.kubernetesingress\.ingressendpoint\.(publishedservice|ip|hostname)$/,
]

/** Throws ConfigurationError in the words of the traefik command. */
export function readStaticConfiguration(args: readonly string[]): StaticConfiguration {
  const values = new Map<string, string>()
  for (const arg of args) {
    const [, name = '', value] = /^--?([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    const key = name.toLowerCase()
    const [top = ''] = key.split('.')
    if (!topLevel.has(top)) throw new ConfigurationError(`field not found, node: ${name.split('.')[0]}`)
    values.set(key, value ?? 'true')
  }
  const isOn = (key: string) => {
    const own = values.get(key)
    if (own !== undefined) return own.toLowerCase() !== 'false'
    return [...values.keys()].some((name) => name.startsWith(`${key}.`))
  }
  const provider = 'providers.kubernetesingress'
  const flag = (key: string) => (values.get(key) ?? 'false').toLowerCase() === 'true'
  const level = (values.get('log.level') ?? 'ERROR').toUpperCase()
  return {
    entryPoints: entryPointsOf(values),
    logLevel: level === 'DEBUG' || level === 'INFO' || level === 'WARN' ? level : 'ERROR',
    accessLog: isOn('accesslog'),
    ping: isOn('ping') ? { entryPoint: values.get('ping.entrypoint') ?? 'traefik' } : undefined,
    kubernetesIngress: isOn(provider)
      ? {
          ingressClass: values.get(`${provider}.ingressclass`) ?? '',
          namespaces: (values.get(`${provider}.namespaces`) ?? '').split(',').filter((name) => name !== ''),
          publishedService: values.get(`${provider}.ingressendpoint.publishedservice`),
          endpointIp: values.get(`${provider}.ingressendpoint.ip`),
          endpointHostname: values.get(`${provider}.ingressendpoint.hostname`),
          allowEmptyServices: flag(`${provider}.allowemptyservices`),
          allowExternalNameServices: flag(`${provider}.allowexternalnameservices`),
          strictPrefixMatching: flag(`${provider}.strictprefixmatching`),
          nativeLbByDefault: flag(`${provider}.nativelbbydefault`),
        }
      : undefined,
    ignored: [...values.keys()].filter((key) => !understood.some((pattern) => pattern.test(key))),
  }
}

function entryPointsOf(values: ReadonlyMap<string, string>): EntryPoint[] {
  const names = new Set<string>()
  for (const key of values.keys()) {
    const name = /^entrypoints\.([^.]+)/.exec(key)?.[1]
    if (name !== undefined) names.add(name)
  }
  // What Traefik adds by itself: an entry point for its own pages, and one for everything where none is given.
  const needsInternal = ['ping', 'api', 'metrics'].some((top) =>
    [...values.keys()].some((key) => key.split('.')[0] === top),
  )
  if (names.size === 0) names.add('http')
  if (needsInternal) names.add('traefik')
  return [...names].map((name) => {
    const at = `entrypoints.${name}`
    const standard = name === 'traefik' ? ':8080' : ':80'
    const [, host = '', port = ''] =
      /^(.*):(\d+)(?:\/tcp)?$/.exec(values.get(`${at}.address`) ?? standard) ?? []
    const to = values.get(`${at}.http.redirections.entrypoint.to`)
    return {
      name,
      address: host === '' || host === '0.0.0.0' || host === '[::]' ? undefined : host,
      port: Number(port),
      tls: [...values.keys()].some((key) => key.startsWith(`${at}.http.tls`)),
      asDefault: values.get(`${at}.asdefault`) === 'true',
      redirectTo:
        to === undefined
          ? undefined
          : {
              to,
              scheme: values.get(`${at}.http.redirections.entrypoint.scheme`) ?? 'https',
              permanent: values.get(`${at}.http.redirections.entrypoint.permanent`) !== 'false',
            },
    }
  })
}
