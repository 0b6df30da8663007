// The rules for names, labels and other small texts, each giving the messages of what is wrong.
// Source: apimachinery/pkg/util/validation/validation.go, pkg/api/validate/content/*.go.

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const labelKey = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

const anchored = (pattern: string) => new RegExp(`^${pattern}$`)
const patterns = {
  label: anchored(label),
  subdomain: anchored(subdomain),
  dns1035: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  labelKey: anchored(labelKey),
  labelValue: anchored(`(${labelKey})?`),
  wildcard: anchored(`\\*\\.${subdomain}`),
}

export function regexError(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`
  const listed = examples.map((example) => `'${example}'`).join(',  or ')
  return `${message} (e.g. ${listed}, regex used for validation is '${pattern}')`
}

export const maxLength = (length: number): string => `must be no more than ${length} characters`
const maxBytes = (length: number): string => `must be no more than ${length} bytes`
export const inclusiveRange = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`

const encoder = new TextEncoder()
/** Go's len(): bytes of UTF-8. */
export const byteLength = (text: string): number => encoder.encode(text).length

const labelMessage =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"

export function isDns1123Label(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > 63) errors.push(maxLength(63))
  if (!patterns.label.test(value)) {
    errors.push(
      patterns.subdomain.test(value)
        ? 'must not contain dots'
        : regexError(labelMessage, label, 'my-name', '123-abc'),
    )
  }
  return errors
}

export function isDns1123Subdomain(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > 253) errors.push(maxLength(253))
  if (!patterns.subdomain.test(value)) errors.push(regexError(subdomainMessage, subdomain, 'example.com'))
  return errors
}

export function isWildcardSubdomain(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > 253) errors.push(maxLength(253))
  if (!patterns.wildcard.test(value)) {
    const message =
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
    errors.push(regexError(message, `\\*\\.${subdomain}`, '*.example.com'))
  }
  return errors
}

export function isDns1035Label(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > 63) errors.push(maxLength(63))
  if (!patterns.dns1035.test(value)) {
    const message =
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
    errors.push(regexError(message, '[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123'))
  }
  return errors
}

export function isQualifiedName(value: string): string[] {
  const parts = value.split('/')
  const message =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  const shown = regexError(message, labelKey, 'MyName', 'my.name', '123-abc')
  if (parts.length > 2) {
    return [
      `a valid label key ${shown} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const errors: string[] = []
  const name = parts.at(-1) ?? ''
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix === '') errors.push('prefix part must be non-empty')
    else errors.push(...dnsSubdomainOfContent(prefix).map((text) => `prefix part ${text}`))
  }
  if (name === '') errors.push('name part must be non-empty')
  else if (byteLength(name) > 63) errors.push(`name part ${maxBytes(63)}`)
  if (!patterns.labelKey.test(name)) errors.push(`name part ${shown}`)
  return errors
}

/** The content package counts bytes where the older one says characters. */
function dnsSubdomainOfContent(value: string): string[] {
  return isDns1123Subdomain(value).map((text) => (text === maxLength(253) ? maxBytes(253) : text))
}

export function isLabelValue(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > 63) errors.push(maxBytes(63))
  if (!patterns.labelValue.test(value)) {
    const message =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
    errors.push(regexError(message, `(${labelKey})?`, 'MyValue', 'my_value', '12345'))
  }
  return errors
}

export function isPathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`)
}

export function isValidPortNumber(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : [inclusiveRange(1, 65535)]
}

export function isValidPortName(name: string): string[] {
  const errors: string[] = []
  if (byteLength(name) > 15) errors.push(maxLength(15))
  if (!/^[-a-z0-9]+$/.test(name)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)')
  if (name.includes('--')) errors.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

export function isValidPercent(text: string): string[] {
  if (/^[0-9]+%$/.test(text)) return []
  const message = "a valid percent string must be a numeric string followed by an ending '%'"
  return [regexError(message, '[0-9]+%', '1%', '93%')]
}

export function isHttpHeaderName(text: string): string[] {
  if (/^[-A-Za-z0-9]+$/.test(text)) return []
  return [
    regexError(
      "a valid HTTP header must consist of alphanumeric characters or '-'",
      '[-A-Za-z0-9]+',
      'X-Header-Name',
    ),
  ]
}

export function isRelaxedEnvVarName(text: string): string[] {
  const errors: string[] = []
  if (text === '') errors.push('environment variable name must be non-empty')
  if ([...text].some((c) => c < ' ' || c > '~' || c === '=')) {
    errors.push(
      "a valid environment variable name must consist only of printable ASCII characters other than '='",
    )
  }
  return errors
}

export function isConfigMapKey(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > 253) errors.push(maxLength(253))
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    const message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    errors.push(regexError(message, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'))
  }
  if (value === '.' || value === '..') errors.push(`must not be '${value}'`)
  else if (value.startsWith('..')) errors.push("must not start with '..'")
  return errors
}

export type NameRule = (name: string, prefix: boolean) => string[]

/** A generateName may end in a hyphen, which the suffix then follows. */
function masked(rule: (name: string) => string[]): NameRule {
  return (name, prefix) =>
    rule(prefix && name.endsWith('-') && name.length > 1 ? `${name.slice(0, -2)}a` : name)
}

export const nameIsDnsSubdomain = masked(isDns1123Subdomain)
export const nameIsDnsLabel = masked(isDns1123Label)
export const nameIsPathSegment: NameRule = (name) => isPathSegmentName(name)
