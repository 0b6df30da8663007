// The address of the gateway as a kubeconfig names it, and every name that its certificate must hold.
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

export interface AddressOptions {
  /** What the gateway listens on. */
  readonly host: string
  /** Where learners reach the site, when a proxy stands before it. */
  readonly publicUrl?: string | undefined
  /** Where learners reach the gateway, where that is neither `host` nor the host of `publicUrl`, or another port. */
  readonly apiUrl?: string | undefined
}

export interface PublicAddress {
  /** `https://learn.example.com:4781`, without a slash at its end. */
  url(port: number): string
  readonly names: readonly string[]
}

/** `addresses`: this machine's own ones, the first that other machines can use at the beginning. */
export function publicAddress(options: AddressOptions, machine = thisMachine()): PublicAddress {
  const { host, publicUrl, apiUrl } = options
  const isWildcard = host === '0.0.0.0' || host === '::'
  const own = isWildcard ? (machine.addresses[0] ?? '127.0.0.1') : host
  const named = apiUrl === undefined ? undefined : new URL(apiUrl)
  const name = named
    ? bare(named.hostname)
    : publicUrl === undefined
      ? own
      : bare(new URL(publicUrl).hostname)
  const listened = isWildcard ? [...machine.addresses, machine.name] : [host]
  return {
    url: (port) => `https://${isIP(name) === 6 ? `[${name}]` : name}:${named ? named.port || '443' : port}`,
    names: [...new Set([name, ...listened, 'localhost', '127.0.0.1'])],
  }
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

/** Addresses of container bridges come last: another machine cannot reach them. IPv6 only where there is nothing else. */
function thisMachine(): { addresses: string[]; name: string } {
  const all = Object.entries(networkInterfaces()).flatMap(([device, list]) =>
    (list ?? []).map((one) => ({ ...one, rank: /^(docker|br-|veth|cni|podman|virbr)/.test(device) ? 1 : 0 })),
  )
  const usable = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  const rank = (one: (typeof usable)[number]) => one.rank + (one.family === 'IPv6' ? 2 : 0)
  return {
    addresses: usable.sort((a, b) => rank(a) - rank(b)).map(({ address }) => address),
    name: hostname(),
  }
}
