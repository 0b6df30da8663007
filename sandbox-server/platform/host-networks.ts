// Networks that this machine is on or has routes to, so that a new one can keep clear of them. IPv4 alone.
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

export interface HostNetworks {
  /** Of the machine's own addresses, in CIDR notation: `192.168.1.0/24`. */
  readonly interfaces: readonly string[]
  /** Destinations of its routes but for the default one; empty where the system does not list them in /proc. */
  readonly routes: readonly string[]
}

export function hostNetworks(): HostNetworks {
  const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  return {
    interfaces: addresses.flatMap(({ family, cidr }) => (family === 'IPv4' && cidr ? [cidr] : [])),
    routes: parseRoutes(readRoutes()),
  }
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8')
  } catch {
    return '' // Not Linux: the addresses of the interfaces must do.
  }
}

/** Lines of /proc/net/route (proc_net(5)): destination and mask are hexadecimal, least significant byte first. */
export function parseRoutes(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.trim().split(/\s+/)
      if (destination === undefined || mask === undefined) return []
      const bytes = [...Buffer.from(destination, 'hex')].reverse()
      const bits = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length
      return bits === 0 ? [] : [`${bytes.join('.')}/${bits}`]
    })
}
