// Pods by address, namespaces and policies, kept up to date by watches: what an agent on a node decides from.
import type { Namespace, NetworkPolicy, Pod } from '../../../contract/kubernetes.ts'
import type { Objects, ResourceType, Stored } from '../../api/objects.ts'
import { namespaces, networkPolicies, pods } from '../../api/resources.ts'
import type { PolicyWorld } from './evaluate.ts'

export class PolicyCache implements PolicyWorld {
  readonly #policies = new Map<string, NetworkPolicy>()
  readonly #namespaces = new Map<string, Namespace>()
  readonly #pods = new Map<string, Pod>()
  readonly #byAddress = new Map<string, string>()
  readonly #stops: (() => void)[]

  constructor(objects: Objects) {
    this.#stops = [
      objects.watch(networkPolicies, ({ type, object }) =>
        keep(this.#policies, object.metadata.uid, type, object),
      ),
      objects.watch(namespaces, ({ type, object }) =>
        keep(this.#namespaces, object.metadata.name, type, object),
      ),
      objects.watch(pods as ResourceType<Pod>, ({ type, object }) => this.#keepPod(type, object)),
    ]
  }

  get policies(): readonly NetworkPolicy[] {
    return [...this.#policies.values()]
  }

  podAt(address: string): Pod | undefined {
    const uid = this.#byAddress.get(address)
    return uid === undefined ? undefined : this.#pods.get(uid)
  }

  namespace(name: string): Namespace | undefined {
    return this.#namespaces.get(name)
  }

  dispose(): void {
    for (const stop of this.#stops) stop()
  }

  #keepPod(type: string, pod: Stored<Pod>): void {
    const { uid } = pod.metadata
    const before = this.#pods.get(uid)
    for (const address of addressesOf(before)) {
      if (this.#byAddress.get(address) === uid) this.#byAddress.delete(address)
    }
    this.#pods.delete(uid)
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (type === 'DELETED' || isOver || pod.spec?.hostNetwork) return
    this.#pods.set(uid, pod)
    for (const address of addressesOf(pod)) this.#byAddress.set(address, uid)
  }
}

function addressesOf(pod: Pod | undefined): readonly string[] {
  const all = (pod?.status?.podIPs ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]))
  return all.length > 0 ? all : pod?.status?.podIP ? [pod.status.podIP] : []
}

function keep<T>(map: Map<string, T>, key: string, type: string, object: T): void {
  if (type === 'DELETED') map.delete(key)
  else map.set(key, object)
}
