// IP addresses and CIDRs. Source: apimachinery/pkg/util/validation/ip.go (strict, as of StrictIPCIDRValidation),
// pkg/apis/core/validation/validation.go (ValidateEndpointIP).
import { type FieldError, fieldInvalid, type Path } from '../field-error.ts'

export interface Address {
  readonly family: 'IPv4' | 'IPv6'
  readonly value: bigint
}

/** Undefined for anything but a dotted quad or an IPv6 address without a zone; leading zeros are told apart by `strict`. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    const value = parseIpv6(text)
    return value === undefined ? undefined : { family: 'IPv6', value }
  }
  const value = parseIpv4(text)
  return value === undefined ? undefined : { family: 'IPv4', value }
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.reduce((value, part) => value * 256n + BigInt(Number(part)), 0n)
}

function parseIpv6(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text)) return undefined
  let source = text
  const lastColon = source.lastIndexOf(':')
  if (source.includes('.')) {
    const quad = parseIpv4(source.slice(lastColon + 1))
    if (quad === undefined) return undefined
    source = `${source.slice(0, lastColon + 1)}${(quad >> 16n).toString(16)}:${(quad & 0xffffn).toString(16)}`
  }
  const halves = source.split('::')
  if (halves.length > 2) return undefined
  const words = (half: string) => (half === '' ? [] : half.split(':'))
  const head = words(halves[0] ?? '')
  const tail = words(halves[1] ?? '')
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!all.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return undefined
  return all.reduce((value, word) => value * 65536n + BigInt(`0x${word}`), 0n)
}

const hasLeadingZero = (text: string) =>
  !text.includes(':') && text.split('.').some((part) => /^0\d/.test(part))
const isMapped = ({ family, value }: Address) => family === 'IPv6' && value >> 32n === 0xffffn

export function validateIp(path: Path, text: string): FieldError[] {
  const address = parseAddress(text)
  if (!address)
    return [fieldInvalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  if (hasLeadingZero(text)) return [fieldInvalid(path, text, 'must not have leading 0s')]
  if (isMapped(address)) return [fieldInvalid(path, text, 'must not be an IPv4-mapped IPv6 address')]
  return []
}

/** The canonical text of an address. */
export function formatAddress({ family, value }: Address): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
  const words = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - index * 16)) & 0xffffn))
  let best = { at: -1, length: 1 }
  for (let at = 0; at < 8; at++) {
    let length = 0
    while (at + length < 8 && words[at + length] === 0) length++
    if (length > best.length) best = { at, length }
  }
  const hex = words.map((word) => word.toString(16))
  if (best.at < 0) return hex.join(':')
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`
}

export interface Cidr extends Address {
  readonly bits: number
}

export function parseCidr(text: string): Cidr | undefined {
  const [base = '', length = '', ...more] = text.split('/')
  const address = parseAddress(base)
  if (!address || more.length > 0 || !/^\d+$/.test(length)) return undefined
  const bits = Number(length)
  return bits <= (address.family === 'IPv4' ? 32 : 128) ? { ...address, bits } : undefined
}

const hostBits = ({ family, bits }: Cidr) => BigInt((family === 'IPv4' ? 32 : 128) - bits)

export function cidrContains(cidr: Cidr, address: Address): boolean {
  return cidr.family === address.family && cidr.value >> hostBits(cidr) === address.value >> hostBits(cidr)
}

export function validateCidr(path: Path, text: string): FieldError[] {
  const cidr = parseCidr(text)
  if (!cidr)
    return [fieldInvalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  const [base = '', length = ''] = text.split('/')
  if (hasLeadingZero(base) || /^0\d/.test(length)) {
    return [fieldInvalid(path, text, 'must not have leading 0s in IP or prefix length')]
  }
  if (isMapped(cidr)) return [fieldInvalid(path, text, 'must not have an IPv4-mapped IPv6 address')]
  const masked = (cidr.value >> hostBits(cidr)) << hostBits(cidr)
  if (masked !== cidr.value) {
    return [fieldInvalid(path, text, 'must not have bits set beyond the prefix length')]
  }
  return []
}

/** Addresses that no endpoint has: unspecified, loopback, link-local. */
export function validateEndpointIp(text: string, path: Path): FieldError[] {
  const address = parseAddress(text)
  if (!address) return [fieldInvalid(path, text, 'must be a valid IP address')]
  const { family, value } = address
  const v4 = (cidr: string) => cidrContains(parseCidr(cidr) as Cidr, address)
  const errors: FieldError[] = []
  const refuse = (why: string) => errors.push(fieldInvalid(path, text, why))
  const isUnspecified = value === 0n
  if (isUnspecified) refuse(`may not be unspecified (${text})`)
  if (family === 'IPv4' ? v4('127.0.0.0/8') : value === 1n)
    refuse('may not be in the loopback range (127.0.0.0/8, ::1/128)')
  if (family === 'IPv4' ? v4('169.254.0.0/16') : v4('fe80::/10')) {
    refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  }
  if (family === 'IPv4' ? v4('224.0.0.0/24') : value >> 112n === 0xff02n) {
    refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
  }
  return errors
}
