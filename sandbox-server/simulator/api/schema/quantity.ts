// resource.Quantity: 100m, 64Mi, 1e3. Source: apimachinery/pkg/api/resource/{quantity,suffix,amount}.go.

type Format = 'decimal' | 'binary' | 'exponent'

/** A quantity in nano units, which is as fine as Kubernetes keeps them. */
export interface Quantity {
  readonly nano: bigint
  readonly format: Format
}

export const quantityError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const nanoPerUnit = 1_000_000_000n

/** Undefined where the text is no quantity. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match
  if (whole === '' && fraction === '') return undefined
  const scale = scaleOf(suffix)
  if (!scale) return undefined
  const digits = BigInt(`${whole}${fraction}` || '0')
  const numerator = digits * scale.numerator * nanoPerUnit
  const denominator = scale.denominator * 10n ** BigInt(fraction.length)
  // What is finer than nano is rounded away from zero.
  const nano = (numerator + denominator - 1n) / denominator
  return { nano: sign === '-' ? -nano : nano, format: scale.format }
}

function scaleOf(suffix: string): { numerator: bigint; denominator: bigint; format: Format } | undefined {
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { numerator: 1024n ** BigInt(binary), denominator: 1n, format: 'binary' }
  const decimal = decimalSuffixes.indexOf(suffix)
  if (decimal >= 0) return { ...power(3 * (decimal - 3)), format: 'decimal' }
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)?.[1]
  if (exponent === undefined || Math.abs(Number(exponent)) > 60) return undefined
  return { ...power(Number(exponent)), format: 'exponent' }
}

function power(exponent: number): { numerator: bigint; denominator: bigint } {
  const value = 10n ** BigInt(Math.abs(exponent))
  return exponent < 0 ? { numerator: 1n, denominator: value } : { numerator: value, denominator: 1n }
}

/** The one way in which the API server writes a quantity. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0'
  const sign = nano < 0n ? '-' : ''
  const size = nano < 0n ? -nano : nano
  if (format === 'binary' && size >= 1024n * nanoPerUnit) {
    let units = (size + nanoPerUnit - 1n) / nanoPerUnit
    let suffix = 0
    while (units % 1024n === 0n && suffix < binarySuffixes.length - 1) {
      units /= 1024n
      suffix++
    }
    return `${sign}${units}${binarySuffixes[suffix]}`
  }
  let mantissa = size
  let exponent = -9
  while (mantissa % 1000n === 0n && exponent < 18) {
    mantissa /= 1000n
    exponent += 3
  }
  if (format === 'exponent') return `${sign}${mantissa}${exponent === 0 ? '' : `e${exponent}`}`
  return `${sign}${mantissa}${decimalSuffixes[exponent / 3 + 3]}`
}

/** A number for comparing and summing; milli-precision is kept for all sizes in use. */
export function quantityValue(text: string | undefined): number {
  const parsed = text === undefined ? undefined : parseQuantity(String(text))
  return parsed ? Number(parsed.nano) / 1e9 : 0
}
