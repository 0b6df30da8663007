// The map: nodes as dashed hulls, pods as rounded squares (filled when ready), Services as lines that gather into a pill.
// The tables under it say the same in words, so the drawing itself is hidden from screen readers.
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { ClusterObject } from '../../../sandbox-server/contract/socket.ts'
import { isReadyPod, type Objects, ofKind, podsBehind, type Scope, shortPodName } from './cluster-view.ts'
import { hullTop, layoutMap, podSize, type Spot } from './map-layout.ts'
import { Placements } from './placements.ts'

const noHull = { x: 0, y: 0, width: 0, height: 0 }
const pill = { height: 42, gap: 14, top: 22 }

export function ClusterMap({ objects, scope }: { objects: Objects; scope: Scope }) {
  const placements = useMemo(() => new Placements(), [])
  const nodes = ofKind(objects, 'Node', 'all')
  const pods = ofKind(objects, 'Pod', scope).filter((object) => object.fields.node !== '')
  const homeless = ofKind(objects, 'Pod', scope).filter((object) => object.fields.node === '')
  const services = ofKind(objects, 'Service', scope)
  const policies = ofKind(objects, 'NetworkPolicy', scope)
  const places = placements.place(pods)

  const { width, bottom, hulls, spots } = layoutMap(nodes, pods, places, useNarrow())
  const pillWidth = Math.min(
    150,
    (width - pill.gap * Math.max(0, services.length - 1)) / Math.max(1, services.length),
  )
  const first = (width - services.length * pillWidth - (services.length - 1) * pill.gap) / 2
  const height = bottom + (homeless.length > 0 ? 34 : 4)
  if (nodes.length === 0) return null
  return (
    <svg class="map" viewBox={`-4 0 ${width + 8} ${height}`} aria-hidden="true">
      {nodes.map((node) => {
        const { x, y, width: hullWidth, height: hullHeight } = hulls.get(node.name) ?? noHull
        const ready = node.fields.status?.startsWith('Ready') === true
        return (
          <g class={`map-node ${ready ? '' : 'not-ready'}`}>
            <rect x={x} y={y} width={hullWidth} height={hullHeight} rx="14" />
            <text x={x + 12} y={y + 21}>
              {node.name}
            </text>
            <text x={x + hullWidth - 12} y={y + 21} class="map-soft" text-anchor="end">
              {ready ? node.fields.ip : 'NotReady'}
            </text>
          </g>
        )
      })}
      {services.map((service, index) => (
        <ServiceLines
          service={service}
          objects={objects}
          spots={spots}
          shift={(index - (services.length - 1) / 2) * 3}
          from={{ x: first + index * (pillWidth + pill.gap) + pillWidth / 2, y: pill.top + pill.height }}
        />
      ))}
      {pods.map((object) => (
        <PodShape key={object.uid} object={object} spot={spots.get(object.uid) ?? { x: 0, y: 0 }} />
      ))}
      {services.map((service, index) => (
        <ServicePill
          service={service}
          objects={objects}
          x={first + index * (pillWidth + pill.gap)}
          width={pillWidth}
        />
      ))}
      {policies.length > 0 && (
        <text x="0" y="14" class="map-note">
          {policies.length === 1 ? '1 NetworkPolicy' : `${policies.length} NetworkPolicies`}:{' '}
          {policies.map((policy) => policy.name).join(', ')}
        </text>
      )}
      {homeless.length > 0 && (
        <text x="0" y={height - 8} class="map-waiting">
          On no node yet: {homeless.map((object) => shortPodName(object.name)).join(', ')}
        </text>
      )}
    </svg>
  )
}

function PodShape({ object, spot }: { object: ClusterObject; spot: Spot }) {
  const ready = isReadyPod(object)
  const dying = object.fields.status === 'Terminating'
  const [first = '', last] = shortPodName(object.name).split(' ')
  return (
    <g class={`map-pod ${ready ? 'ready' : 'hollow'} ${dying ? 'dying' : ''}`}>
      <title>
        {object.name}, {object.fields.status}, {object.fields.ip}
      </title>
      <rect x={spot.x} y={spot.y} width={podSize.width} height={podSize.height} rx="7" />
      <text x={spot.x + 9} y={spot.y + 17}>
        {clip(first, 13)}
      </text>
      <text x={spot.x + 9} y={spot.y + 33} class="map-small">
        {ready ? (last ?? object.fields.ip) : clip(object.fields.status ?? '', 14)}
      </text>
    </g>
  )
}

function ServiceLines({
  service,
  objects,
  spots,
  from,
  shift,
}: {
  service: ClusterObject
  objects: Objects
  spots: ReadonlyMap<string, Spot>
  from: Spot
  /** Keeps the lines of different Services apart where they run side by side. */
  shift: number
}) {
  const { ready, notReady } = podsBehind(service, objects)
  // Down to the node in a curve, then beside the pods and in from the left: a line never passes behind a pod.
  const line = (uid: string, kind: string) => {
    const spot = spots.get(uid)
    if (spot === undefined) return null
    const x = spot.x - podSize.gap / 2 + shift
    const bend = (from.y + hullTop) / 2
    const middle = spot.y + podSize.height / 2 + shift
    return (
      <g class={`map-line ${kind}`}>
        <path
          d={`M${from.x} ${from.y}C${from.x} ${bend} ${x} ${bend - 10} ${x} ${hullTop}V${middle}H${spot.x}`}
        />
        <circle cx={spot.x} cy={middle} r="3" />
      </g>
    )
  }
  return (
    <g>
      {ready.map((uid) => line(uid, 'ready'))}
      {notReady.map((uid) => line(uid, 'hollow'))}
    </g>
  )
}

function ServicePill({
  service,
  objects,
  x,
  width: pillWidth,
}: {
  service: ClusterObject
  objects: Objects
  x: number
  width: number
}) {
  const count = podsBehind(service, objects).ready.length
  return (
    <g class={`map-service ${count === 0 ? 'empty' : ''}`}>
      <title>
        {service.name}, {service.fields.ip}, {service.fields.ports}
      </title>
      <rect x={x} y={pill.top} width={pillWidth} height={pill.height} rx={pill.height / 2} />
      <text x={x + pillWidth / 2} y={pill.top + 18} text-anchor="middle">
        {clip(service.name, 16)}
      </text>
      <text x={x + pillWidth / 2} y={pill.top + 33} class="map-small" text-anchor="middle">
        {count === 0 ? '0 endpoints' : service.fields.ip}
      </text>
    </g>
  )
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(false)
  useEffect(() => {
    const query = matchMedia('(max-width: 639.98px)')
    const look = (): void => setNarrow(query.matches)
    look()
    query.addEventListener('change', look)
    return () => query.removeEventListener('change', look)
  }, [])
  return narrow
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
