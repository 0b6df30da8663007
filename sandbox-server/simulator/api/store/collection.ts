// The objects of one resource, by namespace and name, in the order in which etcd would list them.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import type { ObjectKey, Stored } from '../objects.ts'

export type AnyStored = Stored<KubernetesObject>

function keyOf(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name
}

export class Collection {
  readonly #objects = new Map<string, AnyStored>()
  /** Sorted keys; undefined after a key came or went. */
  #sorted: string[] | undefined = []

  get size(): number {
    return this.#objects.size
  }

  get(key: ObjectKey): AnyStored | undefined {
    return this.#objects.get(keyOf(key.namespace, key.name))
  }

  set(object: AnyStored): void {
    const key = keyOf(object.metadata.namespace, object.metadata.name)
    if (!this.#objects.has(key)) this.#sorted = undefined
    this.#objects.set(key, object)
  }

  delete(object: AnyStored): void {
    if (this.#objects.delete(keyOf(object.metadata.namespace, object.metadata.name))) this.#sorted = undefined
  }

  /** Sorted by namespace and name. */
  list(namespace?: string): AnyStored[] {
    this.#sorted ??= [...this.#objects.keys()].sort()
    const found: AnyStored[] = []
    const prefix = namespace ? `${namespace}/` : ''
    for (const key of this.#sorted) {
      const object = key.startsWith(prefix) ? this.#objects.get(key) : undefined
      if (object) found.push(object)
    }
    return found
  }
}
