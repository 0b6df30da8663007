// The hops of a Service: does it offer the port, are there ready endpoints with a port, do the node's rules lead to them?
import type { ProbeResult, Target, Vantage } from '../../contract/cluster.ts'
import type { EndpointSlice, Pod, Service } from '../../contract/kubernetes.ts'
import type { CheckContext } from '../check-kind.ts'
import { formatLabels, isReady } from '../kubernetes-reader.ts'
import { describeVantage } from '../places.ts'
import type { Diagnosis } from './diagnosis.ts'
import { diagnosePod } from './pod.ts'

export async function diagnoseService(
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

function portName(port: { port: number; protocol?: string }): string {
  return `${port.port}/${port.protocol ?? 'TCP'}`
}

function withoutHash(labels: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => key !== 'pod-template-hash'))
}
