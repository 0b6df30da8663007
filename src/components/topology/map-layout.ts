// Where everything stands on the map. Side by side the hulls are equally high; on a phone they stand one under the other.
import type { ClusterObject } from '../../../sandbox-server/contract/socket.ts'

export interface Spot {
  readonly x: number
  readonly y: number
}

export interface Hull extends Spot {
  readonly width: number
  readonly height: number
}

export interface MapLayout {
  readonly width: number
  /** Lower edge of the last hull. */
  readonly bottom: number
  /** By node name. */
  readonly hulls: ReadonlyMap<string, Hull>
  /** By pod uid, upper left corners. */
  readonly spots: ReadonlyMap<string, Spot>
}

export const hullTop = 140
export const podSize = { width: 92, height: 42, gap: 14 } as const
const gap = 16
const head = 34
const wide = 720
const narrow = 360

export function layoutMap(
  nodes: readonly ClusterObject[],
  pods: readonly ClusterObject[],
  places: ReadonlyMap<string, number>,
  isNarrow: boolean,
): MapLayout {
  const width = isNarrow ? narrow : wide
  const columns = isNarrow ? 1 : Math.max(1, nodes.length)
  const hullWidth = (width - gap * (columns - 1)) / columns
  const perRow = Math.max(1, Math.floor((hullWidth - podSize.gap) / (podSize.width + podSize.gap)))
  const rowOf = (pod: ClusterObject): number => Math.floor((places.get(pod.uid) ?? 0) / perRow)
  const rowsOn = (node: string): number =>
    Math.max(0, ...pods.filter((pod) => pod.fields.node === node).map((pod) => rowOf(pod) + 1))
  const most = Math.max(2, ...nodes.map((node) => rowsOn(node.name)))

  const hulls = new Map<string, Hull>()
  let y = hullTop
  for (const [index, node] of nodes.entries()) {
    const rows = isNarrow ? rowsOn(node.name) : most
    const height = head + rows * (podSize.height + podSize.gap)
    hulls.set(node.name, { x: (index % columns) * (hullWidth + gap), y, width: hullWidth, height })
    if (isNarrow) y += height + gap
  }

  const spots = new Map<string, Spot>()
  for (const pod of pods) {
    const hull = hulls.get(pod.fields.node ?? '')
    if (hull === undefined) continue
    const column = (places.get(pod.uid) ?? 0) % perRow
    spots.set(pod.uid, {
      x: hull.x + podSize.gap + column * (podSize.width + podSize.gap),
      y: hull.y + head + rowOf(pod) * (podSize.height + podSize.gap),
    })
  }
  const bottom = Math.max(hullTop, ...[...hulls.values()].map((hull) => hull.y + hull.height))
  return { width, bottom, hulls, spots }
}
