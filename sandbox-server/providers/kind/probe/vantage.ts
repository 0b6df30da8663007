// From a vantage point to the container that a probe leaves from: which node, which container, by the cluster's API.
import type { Vantage } from '../../../contract/cluster.ts'
import { AppError } from '../../../contract/errors.ts'
import type { ContainerStatus, Pod } from '../../../contract/kubernetes.ts'
import type { ClusterRecord } from '../cluster-record.ts'

/** A container of the engine, and where a pod is meant its container of Kubernetes there. */
export interface VantagePlace {
  readonly container: string
  readonly containerId?: string
}

type PodVantage = Extract<Vantage, { pod: string }>

/**
 * Rejects with AppError NOT_FOUND where the pod does not run or the node does not exist. The API is asked each time, so that a pod that
 * was replaced is found, and once for all who ask for the same pod at the same time, as the cells of a matrix do.
 */
export type VantageFinder = (vantage: Vantage) => Promise<VantagePlace>

export function createVantageFinder(
  record: Pick<ClusterRecord, 'nodes' | 'toolbox'>,
  kubernetes: (request: Request) => Promise<Response>,
): VantageFinder {
  const asking = new Map<string, Promise<VantagePlace>>()
  const nodeContainer = (name: string) => {
    const node = record.nodes.find((one) => one.name === name)
    if (node) return node.container
    throw new AppError('NOT_FOUND', `There is no node ${name}.`, { hint: 'See kubectl get nodes.' })
  }
  const findPod = async (vantage: PodVantage): Promise<VantagePlace> => {
    const pod = await readPod(vantage, kubernetes)
    const containerId = pod && runningContainer(pod, vantage.container)
    const node = pod?.spec?.nodeName
    if (containerId && node) return { container: nodeContainer(node), containerId }
    throw notRunning(vantage)
  }
  return async (vantage) => {
    if (vantage === 'outside') return { container: record.toolbox.container }
    if ('node' in vantage) return { container: nodeContainer(vantage.node) }
    const { namespace, pod, container = '' } = vantage
    const key = `${namespace}/${pod}/${container}`
    const place = asking.get(key) ?? findPod(vantage).finally(() => asking.delete(key))
    asking.set(key, place)
    return place
  }
}

export function notRunning({ pod, namespace }: PodVantage): AppError {
  return new AppError('NOT_FOUND', `Pod ${pod} in namespace ${namespace} is not running.`, {
    hint: `See kubectl describe pod ${pod} -n ${namespace}.`,
  })
}

async function readPod(
  { namespace, pod }: PodVantage,
  kubernetes: (request: Request) => Promise<Response>,
): Promise<Pod | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`
  const response = await kubernetes(new Request(`https://cluster${path}`))
  if (response.status === 404) return undefined
  if (response.ok) return (await response.json()) as Pod
  throw new AppError('PROVIDER_FAILED', `The API server answered ${response.status} for pod ${pod}.`, {
    hint: 'See whether the control plane runs.',
    log: await response.text(),
  })
}

/** Id of the named container, else of the first, without `containerd://`; undefined while it does not run. */
function runningContainer({ spec, status }: Pod, name: string | undefined): string | undefined {
  const wanted = name ?? spec?.containers[0]?.name
  const statuses: ContainerStatus[] = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ]
  const found = statuses.find((one) => one.name === wanted)
  return found?.state?.running ? found.containerID?.replace(/^.*:\/\//, '') : undefined
}
