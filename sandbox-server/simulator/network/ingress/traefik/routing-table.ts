// Traefik's Kubernetes Ingress provider: from Ingresses, Services and EndpointSlices to routers and servers
// (pkg/provider/kubernetes/ingress/kubernetes.go of v3.7). Pure but for the log.
import type { Ingress, Service } from '../../../../contract/kubernetes.ts'
import type { Objects } from '../../../api/objects.ts'
import { endpointSlices, ingressClasses, ingresses, services } from '../../../api/resources.ts'
import { type Matches, matcher } from './rules.ts'
import type { KubernetesIngressProvider } from './static-configuration.ts'

export interface Server {
  readonly address: string
  readonly port: number
  readonly scheme: 'http' | 'https'
  /** A terminating pod: it only gets requests that stick to it. */
  readonly fenced: boolean
}

export interface Backend {
  readonly name: string
  readonly servers: readonly Server[]
  readonly passHostHeader: boolean
}

export interface Router {
  readonly name: string
  readonly rule: string
  readonly priority: number
  readonly matches: Matches
  readonly backend: Backend
  /** Entry points that it belongs to; the default ones where undefined. */
  readonly entryPoints: readonly string[] | undefined
}

export type ProviderLog = (
  level: 'ERR' | 'WRN',
  message: string,
  fields: Readonly<Record<string, string>>,
) => void

const controller = 'traefik.io/ingress-controller'
const annotationPrefix = 'traefik.ingress.kubernetes.io/'
const knownAnnotations = [
  'router.entrypoints',
  'router.priority',
  'router.pathmatcher',
  'service.nativelb',
  'service.passhostheader',
]

/** The Ingresses that are this Traefik's, by class. */
export function ownIngresses(objects: Objects, provider: KubernetesIngressProvider): readonly Ingress[] {
  const classes = objects
    .list(ingressClasses)
    .filter((one) => one.spec?.controller === controller)
    .filter((one) => provider.ingressClass === '' || one.metadata.name === provider.ingressClass)
    .map((one) => one.metadata.name)
  return objects.list(ingresses).filter((ingress) => {
    if (provider.namespaces.length > 0 && !provider.namespaces.includes(ingress.metadata.namespace ?? ''))
      return false
    const name = ingress.spec?.ingressClassName
    if (name !== undefined) return classes.includes(name)
    const annotated = ingress.metadata.annotations?.['kubernetes.io/ingress.class'] ?? ''
    return annotated === provider.ingressClass || (provider.ingressClass === '' && annotated === 'traefik')
  })
}

/** Routers by priority, the one to try first at the front. */
export function routingTable(
  objects: Objects,
  provider: KubernetesIngressProvider,
  log: ProviderLog,
): readonly Router[] {
  const routers: Router[] = []
  for (const ingress of ownIngresses(objects, provider)) {
    const { name = '', namespace = '' } = ingress.metadata ?? {}
    const fields = { ingress: name, namespace, providerName: 'kubernetes' }
    warnOfAnnotations(ingress, log, fields)
    const rules = ingress.spec?.rules ?? []
    const fallback = ingress.spec?.defaultBackend
    if (rules.length === 0 && fallback) {
      const backend = backendOf(objects, provider, ingress, fallback, log, fields)
      const rule = 'PathPrefix("/")'
      if (routers.some((router) => router.name === 'default-router@kubernetes')) {
        log('ERR', 'The default backend already exists.', fields)
      } else if (backend) {
        routers.push({
          name: 'default-router@kubernetes',
          rule,
          priority: -(2 ** 31),
          matches: matcher(rule),
          backend,
          entryPoints: annotatedEntryPoints(ingress),
        })
      }
    }
    for (const { host, http } of rules) {
      for (const path of http?.paths ?? []) {
        const backend = backendOf(objects, provider, ingress, path.backend, log, fields)
        if (!backend) continue
        const rule = ruleOf(provider, ingress, host, path.path, path.pathType)
        const priority = Number(annotation(ingress, 'router.priority') ?? 0) || rule.length
        const key = normalise(`${namespace}-${name}-${host ?? ''}${path.path ?? ''}`)
        routers.push({
          name: `${key}@kubernetes`,
          rule,
          priority,
          matches: matcher(rule),
          backend,
          entryPoints: annotatedEntryPoints(ingress),
        })
      }
    }
  }
  return routers.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
}

type IngressBackend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>

function backendOf(
  objects: Objects,
  provider: KubernetesIngressProvider,
  ingress: Ingress,
  { service, resource }: IngressBackend,
  log: ProviderLog,
  fields: Readonly<Record<string, string>>,
): Backend | undefined {
  if (resource) {
    log('ERR', 'Resource backends are not supported', fields)
    return undefined
  }
  if (!service) {
    log('ERR', 'Missing service definition', fields)
    return undefined
  }
  const port = `${service.port?.name ?? service.port?.number ?? 0}`
  const about = { ...fields, serviceName: service.name, servicePort: port }
  const found = serversOf(objects, provider, ingress.metadata?.namespace, service)
  if (typeof found === 'string') {
    log('ERR', 'Cannot create service', { error: found, ...about })
    return undefined
  }
  if (found.servers.length === 0 && !provider.allowEmptyServices) {
    log('ERR', 'Skipping service: no endpoints found', about)
    return undefined
  }
  return found
}

function serversOf(
  objects: Objects,
  provider: KubernetesIngressProvider,
  namespace: string | undefined,
  reference: NonNullable<IngressBackend['service']>,
): Backend | string {
  const service = objects.get(services, { namespace, name: reference.name })
  if (!service) return 'service not found'
  const external = service.spec?.type === 'ExternalName'
  if (external && !provider.allowExternalNameServices) {
    return `externalName services not allowed: ${namespace}/${reference.name}`
  }
  const port = (service.spec?.ports ?? []).find(
    (one) => reference.port?.number === one.port || (one.name && reference.port?.name === one.name),
  )
  if (!port) return 'service port not found'
  const scheme = port.port === 443 || port.name?.startsWith('https') ? 'https' : 'http'
  const of = (servers: readonly Server[]): Backend => ({
    name: normalise(`${namespace}-${reference.name}-${reference.port?.name ?? reference.port?.number}`),
    servers,
    passHostHeader: annotation(service, 'service.passhostheader') !== 'false',
  })
  if (external) {
    return of([{ address: service.spec?.externalName ?? '', port: port.port, scheme, fenced: false }])
  }
  const native = annotation(service, 'service.nativelb')
  if (native === 'true' || (native === undefined && provider.nativeLbByDefault)) {
    const address = service.spec?.clusterIP
    if (!address || address === 'None')
      return `no clusterIP found for service: ${namespace}/${reference.name}`
    return of([{ address, port: port.port, scheme, fenced: false }])
  }
  return of(podServers(objects, service, port.name ?? '', scheme))
}

function podServers(
  objects: Objects,
  service: Service,
  portName: string,
  scheme: Server['scheme'],
): Server[] {
  const { name = '', namespace } = service.metadata ?? {}
  const servers = new Map<string, Server>()
  const slices = objects
    .list(endpointSlices, { namespace })
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
  for (const slice of slices) {
    const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port
    if (!port) continue
    for (const { addresses, conditions } of slice.endpoints ?? []) {
      // Serving, not ready: a terminating pod that still answers stays, fenced.
      if (conditions?.serving === false) continue
      for (const address of addresses) {
        if (!servers.has(address))
          servers.set(address, { address, port, scheme, fenced: conditions?.terminating ?? false })
      }
    }
  }
  return [...servers.values()]
}

function ruleOf(
  provider: KubernetesIngressProvider,
  ingress: Ingress,
  host: string | undefined,
  path: string | undefined,
  type: string,
): string {
  const rules: string[] = []
  if (host) rules.push(`Host(${JSON.stringify(host)})`)
  if (path) {
    const own = annotation(ingress, 'router.pathmatcher')
    const kind = type === 'Exact' ? 'Path' : type === 'ImplementationSpecific' && own ? own : 'PathPrefix'
    const quoted = JSON.stringify(path)
    if (kind === 'PathPrefix' && provider.strictPrefixMatching && path !== '/') {
      const trimmed = path.replace(/\/$/, '')
      rules.push(`(Path(${JSON.stringify(trimmed)}) || PathPrefix(${JSON.stringify(`${trimmed}/`)}))`)
    } else rules.push(`${kind}(${quoted})`)
  }
  return rules.join(' && ')
}

function annotation(object: Ingress | Service, name: string): string | undefined {
  return object.metadata?.annotations?.[`${annotationPrefix}${name}`]
}

function annotatedEntryPoints(ingress: Ingress): readonly string[] | undefined {
  return annotation(ingress, 'router.entrypoints')
    ?.split(',')
    .map((name) => name.trim())
}

function warnOfAnnotations(
  ingress: Ingress,
  log: ProviderLog,
  fields: Readonly<Record<string, string>>,
): void {
  for (const name of Object.keys(ingress.metadata?.annotations ?? {})) {
    if (!name.startsWith(annotationPrefix) || knownAnnotations.includes(name.slice(annotationPrefix.length)))
      continue
    log('WRN', `The annotation ${name} is not simulated and does nothing`, fields)
  }
}

/** provider.Normalize: what is no letter or digit separates words. */
function normalise(text: string): string {
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join('-')
}
