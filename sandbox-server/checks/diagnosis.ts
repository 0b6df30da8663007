// Walks the hops of a failed connection (name, Service, EndpointSlice, kube-proxy, policy, pod port) against the API's
// objects, sends what traffic is needed to tell them apart, and says which hop broke. Works on every provider.
import type { Hop, ProbeResult, Target, Vantage } from '../contract/cluster.ts'
import type { EndpointSlice, Ingress, Pod, Service } from '../contract/kubernetes.ts'
import type { CheckContext, FailingHop } from './check-kind.ts'
import { formatLabels, isReady } from './kubernetes-reader.ts'
import { policyVerdict } from './network-policy.ts'
import { describeTarget, describeVantage } from './places.ts'

export interface Diagnosis {
  readonly hop: FailingHop
  /** What was found and where to look next, one or two sentences. */
  readonly message: string
  /** For `mistakes`: what the hops looked like. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Undefined where every hop looks right, that is where the diagnosis has nothing to say. */
export async function diagnose(
  context: CheckContext,
  from: Vantage,
  target: Target,
  result: ProbeResult,
): Promise<Diagnosis | undefined> {
  const namespace = vantageNamespace(context, from)
  const service = await serviceOf(context, namespace, target, result)
  if (service) return diagnoseService(context, from, target, result, service)
  if (result.outcome === 'no-name') return diagnoseName(context, namespace, target)
  const host = Object.entries(target.headers).find(([name]) => name.toLowerCase() === 'host')?.[1]
  if (host && result.outcome === 'answered') return diagnoseIngress(context, host, target, result)
  const pod = (await context.api.pods()).find(
    (one) => one.status?.podIP === (result.address ?? target.host) && !one.spec?.hostNetwork,
  )
  if (pod) return diagnosePod(context, from, target, result, pod, target.port)
  return undefined
}

function vantageNamespace(context: CheckContext, from: Vantage): string {
  return typeof from === 'object' && 'pod' in from ? from.namespace : context.namespace
}

async function serviceOf(
  context: CheckContext,
  namespace: string,
  target: Target,
  result: ProbeResult,
): Promise<Service | undefined> {
  const services = await context.api.services()
  const address = result.address ?? target.host
  const byAddress = services.find((service) => service.spec?.clusterIP === address)
  if (byAddress) return byAddress
  const byNodePort = services.find((service) =>
    (service.spec?.ports ?? []).some((port) => port.nodePort === target.port),
  )
  if (byNodePort && !Object.keys(target.headers).some((name) => name.toLowerCase() === 'host'))
    return byNodePort
  const [name, second] = target.host
    .replace(/\.$/, '')
    .replace(/\.svc(\.cluster\.local)?$/, '')
    .split('.')
  return services.find(
    (service) => service.metadata?.name === name && service.metadata?.namespace === (second ?? namespace),
  )
}

async function diagnoseName(context: CheckContext, namespace: string, target: Target): Promise<Diagnosis> {
  const [name = '', where = namespace] = target.host.replace(/\.svc(\.cluster\.local)?\.?$/, '').split('.')
  const elsewhere = (await context.api.services()).filter((service) => service.metadata?.name === name)
  const found = elsewhere.map((service) => service.metadata?.namespace)
  const message =
    found.length > 0
      ? `The name ${target.host} does not resolve: there is no Service ${name} in namespace ${where}, but one in ${found.join(', ')}. See kubectl get services -A.`
      : `The name ${target.host} does not resolve: there is no Service ${name} in namespace ${where}. See kubectl get services -n ${where}.`
  return {
    hop: found.length > 0 || elsewhere.length > 0 ? 'name' : 'service',
    message,
    data: { hop: 'name', name, namespace: where, found },
  }
}

function portName(port: { port: number; protocol?: string }): string {
  return `${port.port}/${port.protocol ?? 'TCP'}`
}

async function diagnoseService(
  context: CheckContext,
  from: Vantage,
  target: Target,
  result: ProbeResult,
  service: Service,
): Promise<Diagnosis | undefined> {
  const name = service.metadata?.name ?? ''
  const namespace = service.metadata?.namespace ?? ''
  const selector = service.spec?.selector ?? {}
  const [slices, pods, allPods] = await Promise.all([
    context.api.slicesOf(namespace, name),
    Object.keys(selector).length > 0
      ? context.api.pods(namespace, formatLabels(selector))
      : Promise.resolve([]),
    context.api.pods(namespace),
  ])
  const offered = (service.spec?.ports ?? []).map(portName)
  const port = (service.spec?.ports ?? []).find(
    (one) => one.port === target.port || one.nodePort === target.port,
  )
  const data = {
    service: {
      name,
      namespace,
      type: service.spec?.type,
      selector,
      selectorText: formatLabels(selector),
      ports: offered,
    },
    matchingPods: pods.length,
    readyPods: pods.filter(isReady).length,
    podLabels: [...new Set(allPods.map((pod) => formatLabels(withoutHash(pod.metadata?.labels))))],
  }
  if (result.outcome === 'no-name') {
    const message = `Service ${name} exists in ${namespace}, but its name did not resolve (${result.detail ?? 'no answer from DNS'}). See kubectl -n kube-system get pods -l k8s-app=kube-dns, and policies that cut port 53.`
    return { hop: 'name', message, data: { ...data, hop: 'name' } }
  }
  if (!port) {
    const message = `Looked for ${name}:${target.port}; the Service offers ${offered.join(', ') || 'no port'} only. port is what clients call, targetPort what pods listen on.`
    return { hop: 'service', message, data: { ...data, hop: 'service' } }
  }
  const { ready, notReady, ports } = endpointsFor(slices, port.name)
  const endpoints = {
    ...data,
    ready: ready.length,
    notReady: notReady.length,
    endpointPorts: ports,
    targetPort: port.targetPort,
  }
  if (ready.length === 0) return noEndpoints(name, namespace, endpoints, pods, notReady.length)
  if (ports.length === 0) {
    const message = `The EndpointSlice of ${name} lists ${ready.length} address(es) and no port: no container has a port named ${port.targetPort}. See kubectl get endpointslices -l kubernetes.io/service-name=${name}.`
    return { hop: 'endpoints', message, data: { ...endpoints, hop: 'endpoints' } }
  }
  const backend = allPods.find((pod) => ready.includes(pod.status?.podIP ?? '-'))
  if (!backend) return undefined
  const found = await diagnosePod(context, from, target, result, backend, ports[0] ?? target.port)
  if (found) return { ...found, data: { ...endpoints, ...found.data } }
  if (result.outcome === 'answered') return undefined
  const where = describeVantage(from)
  const message = `Pod ${backend.metadata?.name} answers ${where} at its own address, ${name} does not: the rules on the sender's node do not lead there. See kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide.`
  return { hop: 'kube-proxy', message, data: { ...endpoints, hop: 'kube-proxy' } }
}

function withoutHash(labels: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => key !== 'pod-template-hash'))
}

function noEndpoints(
  name: string,
  namespace: string,
  data: Readonly<Record<string, unknown>> & { readonly service: { readonly selectorText: string } },
  pods: readonly Pod[],
  notReady: number,
): Diagnosis {
  const selector = data.service.selectorText
  const waiting = pods.length || notReady
  const message =
    selector === '<none>'
      ? `Service ${name} has no endpoints: it has no selector and no EndpointSlice of its own.`
      : waiting > 0
        ? `Service ${name} has no ready endpoint: its selector ${selector} matches ${waiting} pod(s), none of them ready. See kubectl get pods -n ${namespace} -l ${selector}.`
        : `Service ${name} has no endpoints: its selector ${selector} matches 0 pods. Compare it with kubectl get pods -n ${namespace} --show-labels.`
  return { hop: 'endpoints', message, data: { ...data, hop: 'endpoints' } }
}

/** Addresses and ports behind one port of a Service. A slice's port without number means a name that no container has. */
export function endpointsFor(
  slices: readonly EndpointSlice[],
  portName: string | undefined,
): { ready: string[]; notReady: string[]; ports: number[] } {
  const ready: string[] = []
  const notReady: string[] = []
  const ports = new Set<number>()
  for (const slice of slices) {
    const port = (slice.ports ?? []).find((one) => (one.name ?? '') === (portName ?? ''))
    if (port?.port !== undefined) ports.add(port.port)
    for (const endpoint of slice.endpoints ?? []) {
      const isUp = endpoint.conditions?.ready !== false
      ;(isUp ? ready : notReady).push(...endpoint.addresses)
    }
  }
  return { ready, notReady, ports: [...ports] }
}

async function diagnosePod(
  context: CheckContext,
  from: Vantage,
  target: Target,
  result: ProbeResult,
  pod: Pod,
  port: number,
): Promise<Diagnosis | undefined> {
  if (result.outcome === 'answered') return undefined
  const podName = pod.metadata?.name ?? ''
  const address = pod.status?.podIP ?? ''
  const direct = await context.client.probe(from, { ...target, host: address, port }, context.signal)
  if (direct.outcome === 'answered') return undefined
  const sender = await senderOf(context, from)
  if (sender) {
    const [policies, namespaces] = await Promise.all([
      Promise.all(
        [...new Set([sender.metadata?.namespace, pod.metadata?.namespace])].map((one) =>
          context.api.policies(one ?? ''),
        ),
      ),
      context.api.namespaces(),
    ])
    const protocol = target.protocol === 'udp' ? 'UDP' : 'TCP'
    const verdict = policyVerdict({
      from: sender,
      to: pod,
      port,
      protocol,
      policies: policies.flat(),
      namespaces,
    })
    if (!verdict.allowed) return blockedByPolicy(verdict, sender, pod, port)
  }
  const data = { pod: podName, address, podPort: port, direct: direct.outcome }
  if (direct.outcome === 'refused') {
    const message = `The packet reached ${address}:${port} and was refused: nothing in pod ${podName} listens there. Compare targetPort with the port that the process listens on, see kubectl describe pod ${podName} and ss -ltn in the pod.`
    return { hop: 'pod-port', message, data: { ...data, hop: 'pod-port' } }
  }
  const last = lastHop(direct.hops)
  const message = `${describeVantage(from)} got no answer from pod ${podName} at ${address}:${port} (${direct.outcome})${last ? `; the packet's last station was ${last}` : ''}. See kubectl get pods -o wide and the nodes' routes.`
  return { hop: 'network', message, data: { ...data, hop: 'network' } }
}

function lastHop(hops: readonly Hop[]): string | undefined {
  const hop = hops.at(-1)
  return hop && `${hop.at}: ${hop.detail}`
}

async function senderOf(context: CheckContext, from: Vantage): Promise<Pod | undefined> {
  if (from === 'outside' || 'node' in from) return undefined
  return context.api.get<Pod>('v1', 'Pod', from.namespace, from.pod)
}

function blockedByPolicy(
  verdict: ReturnType<typeof policyVerdict>,
  sender: Pod,
  pod: Pod,
  port: number,
): Diagnosis {
  const [from, to] = [sender.metadata?.name ?? '', pod.metadata?.name ?? '']
  const policies = verdict.selecting.join(', ')
  const subject = verdict.side === 'egress' ? from : to
  const why = verdict.portsAllowed
    ? `a rule lets it pass on ${verdict.portsAllowed.join(', ')}, but the packet that reaches the pod is for ${port}`
    : `no rule of ${policies} lets it pass`
  const message = `${from} to ${to}:${port} is blocked by policy: ${verdict.side} of ${subject} is selected by ${policies}, and ${why}. See kubectl describe networkpolicy.`
  const data = {
    hop: 'policy',
    side: verdict.side,
    policies: verdict.selecting,
    portsAllowed: verdict.portsAllowed,
    podPort: port,
  }
  return { hop: 'policy', message, data }
}

async function diagnoseIngress(
  context: CheckContext,
  host: string,
  target: Target,
  result: ProbeResult,
): Promise<Diagnosis | undefined> {
  const matching = (await context.api.ingresses()).filter((ingress: Ingress) =>
    (ingress.spec?.rules ?? []).some(
      (rule) => !rule.host || rule.host === host || matchesWildcard(rule.host, host),
    ),
  )
  const names = matching.map((ingress) => `${ingress.metadata?.namespace}/${ingress.metadata?.name}`)
  const classes = matching.map((ingress) => ingress.spec?.ingressClassName ?? '<none>')
  const backends = await backendsOf(context, matching)
  const data = { hop: 'ingress', ingresses: names, classes, status: result.status, backends }
  if (matching.length === 0) {
    const message = `${describeTarget(target)} was answered ${result.status} by the controller: no Ingress has a rule for ${host}. See kubectl get ingress -A.`
    return { hop: 'ingress', message, data }
  }
  const message = `${describeTarget(target)} was answered ${result.status}: Ingress ${names.join(', ')} (class ${classes.join(', ')}) has a rule for ${host}. Compare its class with kubectl get ingressclass, its backend with kubectl describe ingress, and read the controller's log.`
  return { hop: 'ingress', message, data }
}

async function backendsOf(context: CheckContext, ingresses: readonly Ingress[]) {
  const services = await context.api.services()
  return ingresses.flatMap((ingress) =>
    (ingress.spec?.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? []).map(({ backend }) => {
        const name = backend.service?.name
        const same = (one: Service) =>
          one.metadata?.name === name && one.metadata?.namespace === ingress.metadata?.namespace
        return { service: name, port: backend.service?.port, type: services.find(same)?.spec?.type }
      }),
    ),
  )
}

function matchesWildcard(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') && host.split('.').slice(1).join('.') === pattern.slice(2)
}
