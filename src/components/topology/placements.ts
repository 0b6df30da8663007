// Where things stand on the map: positions stay when things change, a new pod takes its node's next free place.
import type { ClusterObject } from '../../../sandbox-server/contract/socket.ts'

export class Placements {
  private readonly places = new Map<string, { node: string; place: number }>()

  /** Place of every pod within its node, from 0. Pods that are gone give their place back. */
  place(pods: readonly ClusterObject[]): ReadonlyMap<string, number> {
    const present = new Set(pods.map((pod) => pod.uid))
    for (const uid of [...this.places.keys()]) if (!present.has(uid)) this.places.delete(uid)
    for (const pod of pods) {
      const node = pod.fields.node ?? ''
      if (this.places.get(pod.uid)?.node === node) continue
      this.places.delete(pod.uid)
      const taken = new Set(
        [...this.places.values()].filter((known) => known.node === node).map((known) => known.place),
      )
      let place = 0
      while (taken.has(place)) place += 1
      this.places.set(pod.uid, { node, place })
    }
    return new Map([...this.places].map(([uid, { place }]) => [uid, place]))
  }
}
