// Arithmetic of IPv4 networks in CIDR notation.

export interface AddressRange {
  /** First and last address as numbers. */
  readonly first: number
  readonly last: number
}

/** Addresses in a /24. */
const size = 256

/** undefined for what is no IPv4 network, such as an IPv6 one. */
export function addressRange(cidr: string): AddressRange | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)
  if (!match) return undefined
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number)
  if (Math.max(a, b, c, d) > 255 || bits > 32) return undefined
  const count = 2 ** (32 - bits)
  const address = ((a * 256 + b) * 256 + c) * 256 + d
  const first = address - (address % count)
  return { first, last: first + count - 1 }
}

export const overlap = (one: AddressRange, other: AddressRange): boolean =>
  one.first <= other.last && other.first <= one.last

export const holds = (outer: AddressRange, inner: AddressRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last

export interface Subnet extends AddressRange {
  /** `10.201.7.0/24` */
  readonly cidr: string
  /** Its first host: `10.201.7.1` */
  readonly gateway: string
}

/** Every /24 of a network. */
export function subnetsOf(pool: AddressRange): Subnet[] {
  const count = Math.floor((pool.last - pool.first + 1) / size)
  return Array.from({ length: count }, (_, index) => {
    const first = pool.first + index * size
    return { first, last: first + size - 1, cidr: `${dotted(first)}/24`, gateway: dotted(first + 1) }
  })
}

const dotted = (address: number): string =>
  [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256).join('.')
