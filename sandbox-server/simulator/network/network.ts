// All namespaces of one simulated cluster, with the time, the chance and the queue that they share.
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import { Namespace } from './namespace.ts'
import { Pump } from './pump.ts'

export class Network {
  readonly clock: Clock
  readonly random: Random
  readonly pump: Pump
  readonly #namespaces = new Set<Namespace>()

  constructor(options: { clock: Clock; random: Random }) {
    this.clock = options.clock
    this.random = options.random
    this.pump = new Pump(options.clock)
  }

  /** `name` is what hops and messages call it: a node's name, or namespace/pod. */
  namespace(name: string): Namespace {
    const made = new Namespace(this, name)
    this.#namespaces.add(made)
    return made
  }

  namespaces(): readonly Namespace[] {
    return [...this.#namespaces]
  }

  forget(namespace: Namespace): void {
    this.#namespaces.delete(namespace)
  }

  /** A random, locally administered, unicast MAC address. */
  mac(): string {
    const bytes = Array.from({ length: 6 }, () => this.random.integer(256))
    bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 2
    return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
  }

  dispose(): void {
    for (const namespace of this.namespaces()) namespace.delete()
  }
}
