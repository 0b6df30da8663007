// Turns the vantage points and hosts that authors write into pods and addresses of this cluster.
import type { Target, Vantage } from '../contract/cluster.ts'
import type { Pod } from '../contract/kubernetes.ts'
import type { CheckContext } from './check-kind.ts'
import { isReady } from './kubernetes-reader.ts'

export class NoSuchPlace extends Error {}

/** The pod of that name, or the first ready one (else the first) that carries the labels of a selector. */
async function findPod(context: CheckContext, namespace: string, nameOrSelector: string): Promise<Pod> {
  const bySelector = nameOrSelector.includes('=')
  const pods = bySelector
    ? await context.api.pods(namespace, nameOrSelector)
    : [await context.api.get<Pod>('v1', 'Pod', namespace, nameOrSelector)].filter((pod) => pod !== undefined)
  const pod = pods.find(isReady) ?? pods[0]
  if (!pod) {
    const what = bySelector ? `a pod with labels ${nameOrSelector}` : `pod ${nameOrSelector}`
    throw new NoSuchPlace(
      `Looked for ${what} in namespace ${namespace}, found none. See kubectl get pods -n ${namespace}.`,
    )
  }
  return pod
}

export async function resolveVantage(context: CheckContext, vantage: Vantage): Promise<Vantage> {
  if (vantage === 'outside' || 'node' in vantage) return vantage
  const pod = await findPod(context, vantage.namespace, vantage.pod)
  const name = pod.metadata?.name ?? vantage.pod
  if (pod.status?.phase !== 'Running') {
    throw new NoSuchPlace(
      `Pod ${name}, which asks here, is ${pod.status?.phase ?? 'not running'}. See kubectl describe pod ${name} -n ${vantage.namespace}.`,
    )
  }
  return { ...vantage, pod: name }
}

/** Replaces `pod/...`, `node/...` and `service/...` by addresses. */
export async function resolveTarget(context: CheckContext, target: Target): Promise<Target> {
  const [kind, name = ''] = target.host.split('/')
  if (!target.host.includes('/')) return target
  const host = await addressOf(context, kind ?? '', name)
  if (!host)
    throw new NoSuchPlace(`${target.host} has no address yet. See kubectl get ${kind} ${name} -o wide.`)
  return { ...target, host }
}

async function addressOf(context: CheckContext, kind: string, name: string): Promise<string | undefined> {
  if (kind === 'pod') return (await findPod(context, context.namespace, name)).status?.podIP
  if (kind === 'service') return (await context.api.service(context.namespace, name))?.spec?.clusterIP
  if (kind === 'node') {
    const node = (await context.api.nodes()).find((candidate) => candidate.metadata?.name === name)
    return node?.status?.addresses?.find((address) => address.type === 'InternalIP')?.address
  }
  throw new NoSuchPlace(`The check asks for ${kind}/${name}; only pod/, node/ and service/ have addresses.`)
}

export function describeVantage(vantage: Vantage): string {
  if (vantage === 'outside') return 'outside'
  return 'node' in vantage ? vantage.node : vantage.pod
}

export function describeTarget(target: Target): string {
  const { protocol, serverName } = target
  if (protocol !== 'http' && protocol !== 'https') return `${protocol} ${target.host}:${target.port}`
  const host = Object.entries(target.headers).find(([name]) => name.toLowerCase() === 'host')?.[1]
  const sent = [...(host ? [`Host ${host}`] : []), ...(serverName ? [`server name ${serverName}`] : [])]
  const url = `${protocol}://${target.host}:${target.port}${target.path}`
  return sent.length === 0 ? url : `${url} with ${sent.join(' and ')}`
}
