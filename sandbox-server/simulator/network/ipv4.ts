// IPv4 addresses and prefixes as unsigned 32-bit numbers, the form in which the data plane compares them.

export interface Cidr {
  /** Network address with the host bits cleared. */
  readonly network: number
  readonly length: number
}

/** Dotted decimal, four parts without leading zeros; undefined for anything else. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part)) return undefined
    const byte = Number(part)
    if (byte > 255) return undefined
    value = value * 256 + byte
  }
  return value
}

/** As parseAddress, for text that is known to be an address. Throws otherwise. */
export function address(text: string): number {
  const value = parseAddress(text)
  if (value === undefined) throw new Error(`${text} is not an IPv4 address`)
  return value
}

export function formatAddress(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

export function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0
}

export function networkOf(value: number, length: number): number {
  return (value & maskOf(length)) >>> 0
}

/** `10.244.1.0/24`, or an address alone as its /32. Host bits are cleared. */
export function parseCidr(text: string): Cidr | undefined {
  const [base = '', lengthText] = text.split('/')
  const value = parseAddress(base)
  if (value === undefined) return undefined
  if (lengthText === undefined) return { network: value, length: 32 }
  const asMask = lengthText.includes('.') ? parseAddress(lengthText) : undefined
  const length =
    asMask !== undefined ? lengthOfMask(asMask) : /^\d{1,2}$/.test(lengthText) ? Number(lengthText) : 33
  return length <= 32 ? { network: networkOf(value, length), length } : undefined
}

export function cidr(text: string): Cidr {
  const value = parseCidr(text)
  if (!value) throw new Error(`${text} is not an IPv4 prefix`)
  return value
}

export function formatCidr(value: Cidr): string {
  return `${formatAddress(value.network)}/${value.length}`
}

export function contains(prefix: Cidr, value: number): boolean {
  return networkOf(value, prefix.length) === prefix.network
}

export function isLoopback(value: number): boolean {
  return value >>> 24 === 127
}

export function isMulticast(value: number): boolean {
  return value >>> 28 === 14
}

function lengthOfMask(mask: number): number {
  let length = 0
  while (length < 32 && (mask & (0x80000000 >>> length)) !== 0) length++
  return maskOf(length) === mask ? length : 33
}
