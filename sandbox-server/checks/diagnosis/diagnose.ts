// Walks the hops of a failed connection (name, Service, EndpointSlice, kube-proxy, policy, pod port) against the API's
// objects, sends what traffic is needed to tell them apart, and says which hop broke. Works on every provider.
import type { ProbeResult, Target, Vantage } from '../../contract/cluster.ts'
import type { Service } from '../../contract/kubernetes.ts'
import type { CheckContext } from '../check-kind.ts'
import type { Diagnosis } from './diagnosis.ts'
import { diagnoseIngress } from './ingress.ts'
import { diagnosePod } from './pod.ts'
import { diagnoseService } from './service.ts'

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
