// Reads objects of a cluster through its Kubernetes API, whatever provider stands behind it.
import type { ClusterClient } from '../contract/cluster.ts'
import type {
  EndpointSlice,
  Ingress,
  KubernetesObject,
  Namespace,
  NetworkPolicy,
  Node,
  Pod,
  Service,
  Status,
} from '../contract/kubernetes.ts'

export class KubernetesRefusal extends Error {
  readonly status: Status
  constructor(status: Status) {
    super(status.message ?? status.reason ?? 'the API refused')
    this.name = 'KubernetesRefusal'
    this.status = status
  }
}

/** Kinds that checks know the path of; others are found through discovery. */
const known: Record<string, { path: string; plural: string; namespaced: boolean }> = {
  Pod: { path: '/api/v1', plural: 'pods', namespaced: true },
  Service: { path: '/api/v1', plural: 'services', namespaced: true },
  Node: { path: '/api/v1', plural: 'nodes', namespaced: false },
  Namespace: { path: '/api/v1', plural: 'namespaces', namespaced: false },
  EndpointSlice: { path: '/apis/discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
  NetworkPolicy: { path: '/apis/networking.k8s.io/v1', plural: 'networkpolicies', namespaced: true },
  Ingress: { path: '/apis/networking.k8s.io/v1', plural: 'ingresses', namespaced: true },
}

interface Place {
  readonly path: string
  readonly plural: string
  readonly namespaced: boolean
}

export class KubernetesReader {
  readonly #client: ClusterClient
  readonly #signal: AbortSignal

  constructor(client: ClusterClient, signal: AbortSignal) {
    this.#client = client
    this.#signal = signal
  }

  /** Gives undefined for 404, throws KubernetesRefusal for every other refusal. */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const request = new Request(`https://cluster${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: this.#signal,
    })
    const response = await this.#client.kubernetes(request)
    if (response.status === 404) {
      await response.body?.cancel()
      return undefined
    }
    const answer: unknown = await response.json()
    if (!response.ok) throw new KubernetesRefusal(answer as Status)
    return answer
  }

  async #place(apiVersion: string, kind: string): Promise<Place | undefined> {
    const found = known[kind]
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    if (found?.path === path) return found
    const listed = (await this.request('GET', path)) as
      | { resources?: { name: string; kind: string; namespaced: boolean }[] }
      | undefined
    const resource = listed?.resources?.find(
      (candidate) => candidate.kind === kind && !candidate.name.includes('/'),
    )
    return resource && { path, plural: resource.name, namespaced: resource.namespaced }
  }

  async list<T extends KubernetesObject>(
    apiVersion: string,
    kind: string,
    options: { namespace?: string | undefined; selector?: string | undefined } = {},
  ): Promise<T[]> {
    const place = await this.#place(apiVersion, kind)
    if (!place) return []
    const scope = place.namespaced && options.namespace ? `/namespaces/${options.namespace}` : ''
    const query = options.selector ? `?labelSelector=${encodeURIComponent(options.selector)}` : ''
    const answer = (await this.request('GET', `${place.path}${scope}/${place.plural}${query}`)) as
      | { items?: T[] }
      | undefined
    return (answer?.items ?? []).map((item) => ({ ...item, apiVersion, kind }))
  }

  /** Path of one object, or undefined where the API has no such kind. */
  async path(
    apiVersion: string,
    kind: string,
    namespace: string,
    name?: string,
  ): Promise<string | undefined> {
    const place = await this.#place(apiVersion, kind)
    if (!place) return undefined
    const scope = place.namespaced ? `/namespaces/${namespace}` : ''
    return `${place.path}${scope}/${place.plural}${name === undefined ? '' : `/${name}`}`
  }

  async get<T extends KubernetesObject>(
    apiVersion: string,
    kind: string,
    namespace: string,
    name: string,
  ): Promise<T | undefined> {
    const path = await this.path(apiVersion, kind, namespace, name)
    return path === undefined ? undefined : ((await this.request('GET', path)) as T | undefined)
  }

  pods(namespace?: string, selector?: string): Promise<Pod[]> {
    return this.list<Pod>('v1', 'Pod', { namespace, selector })
  }
  services(namespace?: string): Promise<Service[]> {
    return this.list<Service>('v1', 'Service', { namespace })
  }
  service(namespace: string, name: string): Promise<Service | undefined> {
    return this.get<Service>('v1', 'Service', namespace, name)
  }
  slicesOf(namespace: string, service: string): Promise<EndpointSlice[]> {
    const selector = `kubernetes.io/service-name=${service}`
    return this.list<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', { namespace, selector })
  }
  nodes(): Promise<Node[]> {
    return this.list<Node>('v1', 'Node')
  }
  namespaces(): Promise<Namespace[]> {
    return this.list<Namespace>('v1', 'Namespace')
  }
  policies(namespace: string): Promise<NetworkPolicy[]> {
    return this.list<NetworkPolicy>('networking.k8s.io/v1', 'NetworkPolicy', { namespace })
  }
  ingresses(namespace?: string): Promise<Ingress[]> {
    return this.list<Ingress>('networking.k8s.io/v1', 'Ingress', { namespace })
  }
}

export function isReady(pod: Pod): boolean {
  return (
    !pod.metadata?.deletionTimestamp &&
    (pod.status?.conditions ?? []).some(
      (condition) => condition.type === 'Ready' && condition.status === 'True',
    )
  )
}

/** `app=web,tier=api` of a map of labels; `<none>` where it is empty. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? '<none>' : pairs.join(',')
}
