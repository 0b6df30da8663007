// Traefik's rule language as far as Ingresses make it: Host, Path, PathPrefix, PathRegexp, joined by && and || (pkg/muxer/http).

export interface MatchedRequest {
  /** Host header without its port, in lower case. */
  readonly host: string
  readonly path: string
}

export type Matches = (request: MatchedRequest) => boolean

/** An empty rule matches nothing, as an Ingress rule without host and path. */
export function matcher(rule: string): Matches {
  if (rule === '') return () => false
  const alternatives = splitOutside(rule, '||')
  if (alternatives.length > 1) {
    const all = alternatives.map(matcher)
    return (request) => all.some((one) => one(request))
  }
  const parts = splitOutside(rule, '&&')
  if (parts.length > 1) {
    const all = parts.map(matcher)
    return (request) => all.every((one) => one(request))
  }
  const inner = /^\((.*)\)$/s.exec(rule.trim())?.[1]
  if (inner !== undefined) return matcher(inner)
  const [, name = '', argument = '""'] = /^(\w+)\((.*)\)$/s.exec(rule.trim()) ?? []
  return single(name, JSON.parse(argument) as string)
}

function single(name: string, value: string): Matches {
  switch (name) {
    case 'Host':
      return hostMatches(value.toLowerCase().replace(/\.$/, ''))
    case 'Path':
      return ({ path }) => path === value
    case 'PathPrefix':
      return ({ path }) => path.startsWith(value)
    case 'PathRegexp': {
      const pattern = new RegExp(value)
      return ({ path }) => pattern.test(path)
    }
    default:
      return () => false
  }
}

/** `*.example.com` stands for one label more (DomainMatchHostExpression). */
function hostMatches(expression: string): Matches {
  if (expression === '*') return () => true
  const suffix = expression.startsWith('*.') ? expression.slice(1) : undefined
  return ({ host }) => {
    const asked = host.replace(/\.$/, '')
    if (suffix === undefined) return asked === expression
    return (
      asked.endsWith(suffix) && !asked.slice(0, -suffix.length).includes('.') && asked.length > suffix.length
    )
  }
}

/** Splits at an operator that is outside of brackets and quotes. */
function splitOutside(rule: string, operator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let index = 0; index < rule.length; index++) {
    const character = rule[index]
    if (character === '"' && rule[index - 1] !== '\\') quoted = !quoted
    if (quoted) continue
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth === 0 && rule.startsWith(operator, index)) {
      parts.push(rule.slice(from, index))
      from = index + operator.length
    }
  }
  return [...parts, rule.slice(from)]
}
