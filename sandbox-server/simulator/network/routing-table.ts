// The main routing table of a namespace: longest prefix first, then the lowest metric (ip-route(8)).
import { type Cidr, contains, formatAddress, formatCidr } from './ipv4.ts'
import type { NetworkInterface } from './network-interface.ts'

export type RouteType = 'unicast' | 'unreachable' | 'blackhole' | 'prohibit'

export interface Route {
  readonly destination: Cidr
  readonly type: RouteType
  readonly via: number | undefined
  readonly device: NetworkInterface | undefined
  /** Preferred source address. */
  readonly source: number | undefined
  readonly scope: 'global' | 'link' | 'host'
  /** `kernel`, `boot` (not printed), or a number as a daemon sets it. */
  readonly protocol: string
  readonly metric: number
  readonly onlink: boolean
}

export type RouteSpec = Pick<Route, 'destination'> & Partial<Route>

export class RoutingTable {
  #routes: Route[] = []
  /** Host routes are many on a node (one a pod); they have an index. */
  readonly #hosts = new Map<number, Route>()

  list(): readonly Route[] {
    return this.#routes
  }

  /** Adds, or replaces what has the same destination, metric and (where it has one) device. */
  add(spec: RouteSpec): Route {
    const route: Route = {
      type: 'unicast',
      via: undefined,
      device: undefined,
      source: undefined,
      scope: spec.via === undefined ? 'link' : 'global',
      protocol: 'boot',
      metric: 0,
      onlink: false,
      ...spec,
    }
    this.#routes = this.#routes.filter((known) => !sameKey(known, route))
    this.#routes.push(route)
    this.#routes.sort((a, b) => b.destination.length - a.destination.length || a.metric - b.metric)
    if (route.destination.length === 32) this.#hosts.set(route.destination.network, route)
    return route
  }

  /** Removes every route that the filter accepts; tells how many. */
  remove(filter: (route: Route) => boolean): number {
    const before = this.#routes.length
    this.#routes = this.#routes.filter((route) => {
      if (!filter(route)) return true
      if (this.#hosts.get(route.destination.network) === route) this.#hosts.delete(route.destination.network)
      return false
    })
    return before - this.#routes.length
  }

  lookup(destination: number): Route | undefined {
    const host = this.#hosts.get(destination)
    if (host && usable(host)) return host
    for (const route of this.#routes) {
      if (route.destination.length < 32 && usable(route) && contains(route.destination, destination))
        return route
    }
    return undefined
  }
}

function usable(route: Route): boolean {
  return route.type !== 'unicast' || route.device?.isUp === true
}

function sameKey(a: Route, b: Route): boolean {
  return (
    a.destination.network === b.destination.network &&
    a.destination.length === b.destination.length &&
    a.metric === b.metric
  )
}

/** One line as `ip route` prints it. */
export function formatRoute(route: Route): string {
  const { network, length } = route.destination
  const destination =
    length === 0 ? 'default' : length === 32 ? formatAddress(network) : formatCidr(route.destination)
  const words = [route.type === 'unicast' ? destination : `${route.type} ${destination}`]
  if (route.via !== undefined) words.push(`via ${formatAddress(route.via)}`)
  if (route.device) words.push(`dev ${route.device.name}`)
  if (route.protocol !== 'boot') words.push(`proto ${route.protocol}`)
  if (route.scope !== 'global') words.push(`scope ${route.scope}`)
  if (route.source !== undefined) words.push(`src ${formatAddress(route.source)}`)
  if (route.metric !== 0) words.push(`metric ${route.metric}`)
  if (route.onlink) words.push('onlink')
  return words.join(' ')
}
