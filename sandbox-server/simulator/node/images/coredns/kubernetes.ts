// CoreDNS' kubernetes plugin: names of Services and pods by the Kubernetes DNS specification 1.1.0, with CoreDNS' own answers where
// the specification leaves them open (coredns/plugin/kubernetes).
import type { EndpointSlice, Service } from '../../../../contract/kubernetes.ts'
import type { Objects } from '../../../api/objects.ts'
import { endpointSlices, namespaces, services } from '../../../api/resources.ts'
import type { DnsQuestion, DnsRecord, ResponseCode } from '../../../network/dns/message.ts'

export interface Answer {
  readonly code: ResponseCode
  readonly answers: readonly DnsRecord[]
  readonly additionals?: readonly DnsRecord[]
  readonly authorities?: readonly DnsRecord[]
  /** A name outside the zone that the answer ends in (ExternalName): the server looks it up. */
  readonly follow?: string
}

export interface KubernetesOptions {
  readonly objects: Objects
  /** cluster.local and the reverse zones. */
  readonly zones: readonly string[]
  readonly ttl: number
  readonly pods: 'disabled' | 'insecure' | 'verified'
  readonly fallthrough: readonly string[]
}

interface Target {
  readonly host: string
  readonly address: string
  readonly port: number
}

/** Undefined where the question is none of the plugin's, or falls through to the next. */
export function answerKubernetes(
  options: KubernetesOptions,
  question: DnsQuestion,
  now: number,
): Answer | undefined {
  const name = question.name.toLowerCase()
  const zone = options.zones.find((candidate) => name === candidate || name.endsWith(`.${candidate}`))
  if (zone === undefined) return undefined
  const answer = zone.endsWith('.arpa') ? reverse(options, question) : forward(options, zone, question)
  if (answer && (answer.answers.length > 0 || answer.follow)) return answer
  const falls = options.fallthrough.some((one) => one === '' || name === one || name.endsWith(`.${one}`))
  if (!answer && falls) return undefined
  // NODATA or NXDOMAIN, with the zone's SOA (RFC 2308).
  return { code: answer?.code ?? 'NXDOMAIN', answers: [], authorities: [soa(zone, options.ttl, now)] }
}

export function soa(zone: string, ttl: number, now: number): DnsRecord {
  return {
    name: zone,
    ttl,
    type: 'SOA',
    target: `ns.dns.${zone}`,
    mailbox: `hostmaster.${zone}`,
    serial: Math.floor(now / 1000),
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  }
}

const noData: Answer = { code: 'NOERROR', answers: [] }

function forward(options: KubernetesOptions, zone: string, question: DnsQuestion): Answer | undefined {
  const { ttl } = options
  const { name, type } = question
  const lower = name.toLowerCase()
  const labels = lower === zone ? [] : lower.slice(0, -zone.length - 1).split('.')
  const [last] = labels.slice(-1)
  if (labels.length === 0) {
    if (type === 'NS') return found([{ name, ttl, type: 'NS', target: `ns.dns.${zone}` }])
    return noData
  }
  if (labels.join('.') === 'dns-version') {
    return type === 'TXT' ? found([{ name, ttl, type: 'TXT', texts: ['1.1.0'] }]) : noData
  }
  if (labels.join('.') === 'ns.dns') return noData
  if (last === 'pod') return podAnswer(options, labels.slice(0, -1), question)
  if (last !== 'svc') return undefined
  const path = labels.slice(0, -1)
  const namespace = path.at(-1)
  if (namespace === undefined) return noData
  if (!options.objects.get(namespaces, { name: namespace })) return undefined
  if (path.length === 1) return noData
  const service = options.objects.get(services, { namespace, name: path.at(-2) ?? '' })
  if (!service) return undefined
  const base = `${service.metadata.name}.${namespace}.svc.${zone}`
  const { externalName } = service.spec ?? {}
  if (service.spec?.type === 'ExternalName' && externalName) {
    if (path.length !== 2) return undefined
    const target = externalName.replace(/\.$/, '')
    return { ...found([{ name, ttl, type: 'CNAME', target }]), follow: target }
  }
  return serviceAnswer(options, service, base, path.slice(0, -2), question)
}

/** `prefix` is what stands before the Service's name: nothing, an endpoint's host name, or `_port._protocol`. */
function serviceAnswer(
  options: KubernetesOptions,
  service: Service,
  base: string,
  prefix: readonly string[],
  { name, type }: DnsQuestion,
): Answer | undefined {
  const { ttl } = options
  const isHeadless = service.spec?.clusterIP === 'None'
  if (prefix.length === 2 && prefix.every((label) => label.startsWith('_'))) {
    const [port, protocol] = prefix.map((label) => label.slice(1))
    const targets = isHeadless
      ? endpoints(options, service, base, port, protocol)
      : servicePorts(service, base, port, protocol)
    if (targets.length === 0) return undefined
    return type === 'SRV' ? srv(name, targets, ttl) : noData
  }
  if (prefix.length === 1 && isHeadless) {
    const all = endpoints(options, service, base).filter(({ host }) => host === `${prefix[0]}.${base}`)
    if (all.length === 0) return undefined
    if (type === 'SRV') return srv(name, all, ttl)
    return type === 'A' ? found(addresses(name, all, ttl)) : noData
  }
  if (prefix.length > 0) return undefined
  const targets = isHeadless ? endpoints(options, service, base) : servicePorts(service, base)
  // A headless Service without endpoints has no name.
  if (targets.length === 0) return undefined
  if (type === 'A') return found(addresses(name, targets, ttl))
  return type === 'SRV' ? srv(name, targets, ttl) : noData
}

function servicePorts(service: Service, base: string, port?: string, protocol?: string): Target[] {
  const address = service.spec?.clusterIP
  if (!address) return []
  return (service.spec?.ports ?? [])
    .filter((one) => port === undefined || (one.name ?? '').toLowerCase() === port)
    .filter((one) => protocol === undefined || (one.protocol ?? 'TCP').toLowerCase() === protocol)
    .map((one) => ({ host: base, address, port: one.port }))
}

function endpoints(
  { objects }: KubernetesOptions,
  service: Service,
  base: string,
  port?: string,
  protocol?: string,
): Target[] {
  const slices = slicesOf(objects, service)
  return slices.flatMap((slice) => {
    const ports = (slice.ports ?? [])
      .filter((one) => port === undefined || (one.name ?? '').toLowerCase() === port)
      .filter((one) => protocol === undefined || (one.protocol ?? 'TCP').toLowerCase() === protocol)
    // A headless Service need not have ports; its names exist all the same.
    const numbers = ports.length > 0 ? ports.map((one) => one.port ?? 0) : port === undefined ? [0] : []
    return slice.endpoints
      .filter((endpoint) => endpoint.conditions?.ready !== false)
      .flatMap((endpoint) =>
        endpoint.addresses.flatMap((address) =>
          numbers.map((number) => ({
            host: `${endpoint.hostname ?? address.replaceAll('.', '-')}.${base}`,
            address,
            port: number,
          })),
        ),
      )
  })
}

function slicesOf(objects: Objects, service: Service): readonly EndpointSlice[] {
  const name = service.metadata?.name ?? ''
  return objects
    .list(endpointSlices, { namespace: service.metadata?.namespace })
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .filter((slice) => slice.addressType === 'IPv4')
}

function addresses(name: string, targets: readonly Target[], ttl: number): DnsRecord[] {
  const distinct = [...new Set(targets.map((target) => target.address))]
  return distinct.map((address) => ({ name, ttl, type: 'A', address }))
}

function srv(name: string, targets: readonly Target[], ttl: number): Answer {
  const weight = Math.floor(100 / targets.length)
  const records: DnsRecord[] = targets.map(({ host, port }) => ({
    name,
    ttl,
    type: 'SRV',
    priority: 0,
    weight,
    port,
    target: host,
  }))
  const hosts = new Map(targets.map((target) => [target.host, target]))
  const additionals = [...hosts.values()].flatMap((target) => addresses(target.host, [target], ttl))
  return { ...found(records), additionals }
}

function podAnswer(
  options: KubernetesOptions,
  labels: readonly string[],
  question: DnsQuestion,
): Answer | undefined {
  const [dashed = '', namespace] = labels
  if (options.pods === 'disabled' || labels.length === 0) return undefined
  if (labels.length === 1) return options.objects.get(namespaces, { name: dashed }) ? noData : undefined
  if (labels.length !== 2 || !options.objects.get(namespaces, { name: namespace ?? '' })) return undefined
  const address = dashed.replaceAll('-', '.')
  if (!/^\d+(\.\d+){3}$/.test(address)) return undefined
  if (question.type !== 'A') return noData
  return found([{ name: question.name, ttl: options.ttl, type: 'A', address }])
}

function reverse(options: KubernetesOptions, { name, type }: DnsQuestion): Answer | undefined {
  const digits = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name.toLowerCase())
  if (!digits) return undefined
  const address = digits.slice(1, 5).reverse().join('.')
  const zone = options.zones.find((candidate) => !candidate.endsWith('.arpa')) ?? 'cluster.local'
  const all = options.objects.list(services)
  const baseOf = (service: Service) => `${service.metadata?.name}.${service.metadata?.namespace}.svc.${zone}`
  const own = all.find((service) => service.spec?.clusterIP === address)
  const targets = own
    ? [baseOf(own)]
    : all.flatMap((service) =>
        slicesOf(options.objects, service)
          .flatMap((slice) => slice.endpoints)
          .filter((endpoint) => endpoint.addresses.includes(address) && endpoint.hostname)
          .map((endpoint) => `${endpoint.hostname}.${baseOf(service)}`),
      )
  if (targets.length === 0) return undefined
  if (type !== 'PTR') return noData
  return found(targets.map((target) => ({ name, ttl: options.ttl, type: 'PTR', target })))
}

function found(answers: readonly DnsRecord[]): Answer {
  return { code: 'NOERROR', answers }
}
