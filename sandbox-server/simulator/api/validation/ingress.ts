// Ingress and IngressClass. Source: pkg/apis/networking/validation/validation.go.
import type { Ingress, IngressClass } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooLong,
  Path,
} from '../field-error.ts'
import { parseAddress } from './addresses.ts'
import {
  byteLength,
  isDns1123Label,
  isDns1123Subdomain,
  isPathSegmentName,
  isValidPortName,
  isValidPortNumber,
  isWildcardSubdomain,
  nameIsDnsSubdomain,
} from './content.ts'
import { validateObjectMeta } from './object-meta.ts'

type Spec = NonNullable<Ingress['spec']>
type Backend = NonNullable<Spec['defaultBackend']>
type HttpPath = { path?: string; pathType?: string; backend?: Backend }

const classAnnotation = 'kubernetes.io/ingress.class'

export function validateIngress(ingress: Ingress): FieldError[] {
  const errors = [
    ...validateObjectMeta(ingress.metadata, true, nameIsDnsSubdomain),
    ...validateIngressSpec(ingress),
  ]
  const annotation = ingress.metadata?.annotations?.[classAnnotation]
  const className = ingress.spec?.ingressClassName
  if (annotation !== undefined && className !== undefined && annotation !== className) {
    const at = new Path('annotations').child(classAnnotation)
    errors.push(fieldInvalid(at, annotation, 'must match `ingressClassName` when both are specified'))
  }
  return errors
}

export function validateIngressSpec(ingress: Ingress): FieldError[] {
  const spec = ingress.spec ?? {}
  const path = new Path('spec')
  const errors: FieldError[] = []
  const rules = spec.rules ?? []
  if (rules.length === 0 && !spec.defaultBackend) {
    const why = 'either `defaultBackend` or `rules` must be specified'
    errors.push(fieldInvalid(path, spec.rules ?? null, why))
  }
  if (spec.defaultBackend) errors.push(...validateBackend(spec.defaultBackend, path.child('defaultBackend')))
  for (const [index, rule] of rules.entries()) {
    const at = path.child('rules').index(index)
    if (rule.host) errors.push(...validateHost(rule.host, at.child('host')))
    if (!rule.http) continue
    const paths = (rule.http.paths ?? []) as HttpPath[]
    if (paths.length === 0) errors.push(fieldRequired(at.child('http', 'paths')))
    for (const [pathIndex, one] of paths.entries()) {
      errors.push(...validateHttpPath(one, at.child('http', 'paths').index(pathIndex)))
    }
  }
  for (const [index, tls] of (spec.tls ?? []).entries()) {
    const at = path.child('tls').index(index)
    for (const [hostIndex, host] of (tls.hosts ?? []).entries()) {
      const texts = host.includes('*') ? isWildcardSubdomain(host) : isDns1123Subdomain(host)
      for (const text of texts) errors.push(fieldInvalid(at.child('hosts').index(hostIndex), host, text))
    }
    if (tls.secretName) {
      for (const text of isDns1123Subdomain(tls.secretName)) {
        errors.push(fieldInvalid(at.child('secretName'), tls.secretName, text))
      }
    }
  }
  if (spec.ingressClassName !== undefined) {
    for (const text of isDns1123Subdomain(spec.ingressClassName)) {
      errors.push(fieldInvalid(path.child('ingressClassName'), spec.ingressClassName, text))
    }
  }
  return errors
}

function validateHost(host: string, path: Path): FieldError[] {
  const errors: FieldError[] = []
  if (parseAddress(host)) errors.push(fieldInvalid(path, host, 'must be a DNS name, not an IP address'))
  const texts = host.includes('*') ? isWildcardSubdomain(host) : isDns1123Subdomain(host)
  return [...errors, ...texts.map((text) => fieldInvalid(path, host, text))]
}

const forbiddenParts = ['//', '/./', '/../', '%2f', '%2F']
const forbiddenEnds = ['/..', '/.']

function validateHttpPath({ path: value = '', pathType, backend = {} }: HttpPath, at: Path): FieldError[] {
  if (pathType === undefined) return [fieldRequired(at.child('pathType'), 'pathType must be specified')]
  const errors: FieldError[] = []
  const refuse = (why: string) => errors.push(fieldInvalid(at.child('path'), value, why))
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!value.startsWith('/')) refuse('must be an absolute path')
    for (const part of forbiddenParts) if (value.includes(part)) refuse(`must not contain '${part}'`)
    for (const end of forbiddenEnds) if (value.endsWith(end)) refuse(`cannot end with '${end}'`)
  } else if (pathType === 'ImplementationSpecific') {
    if (value !== '' && !value.startsWith('/')) refuse('must be an absolute path')
  } else {
    const supported = ['Exact', 'ImplementationSpecific', 'Prefix']
    errors.push(fieldNotSupported(at.child('pathType'), pathType, supported))
  }
  return [...errors, ...validateBackend(backend, at.child('backend'))]
}

function validateBackend(backend: Backend, path: Path): FieldError[] {
  const { service, resource } = backend
  if (service && resource) return [fieldInvalid(path, '', 'cannot set both resource and service backends')]
  if (resource) return validateReference(resource, path.child('resource'))
  if (!service) return [fieldInvalid(path, '', 'resource or service backend is required')]
  const errors: FieldError[] = []
  const name = service.name ?? ''
  if (name === '') errors.push(fieldRequired(path.child('service', 'name')))
  else
    for (const text of isDns1123Label(name))
      errors.push(fieldInvalid(path.child('service', 'name'), name, text))
  const portName = service.port?.name ?? ''
  const number = service.port?.number ?? 0
  if (portName !== '' && number !== 0)
    errors.push(fieldInvalid(path, '', 'cannot set both port name & port number'))
  else if (portName !== '') {
    for (const text of isValidPortName(portName)) {
      errors.push(fieldInvalid(path.child('service', 'port', 'name'), portName, text))
    }
  } else if (number !== 0) {
    for (const text of isValidPortNumber(number)) {
      errors.push(fieldInvalid(path.child('service', 'port', 'number'), number, text))
    }
  } else errors.push(fieldRequired(path, 'port name or number is required'))
  return errors
}

interface Reference {
  apiGroup?: string
  kind?: string
  name?: string
}

function validateReference(reference: Reference, path: Path): FieldError[] {
  const errors: FieldError[] = []
  if (reference.apiGroup !== undefined) {
    for (const text of isDns1123Subdomain(reference.apiGroup)) {
      errors.push(fieldInvalid(path.child('apiGroup'), reference.apiGroup, text))
    }
  }
  for (const key of ['kind', 'name'] as const) {
    const value = reference[key] ?? ''
    if (value === '') errors.push(fieldRequired(path.child(key)))
    else for (const text of isPathSegmentName(value)) errors.push(fieldInvalid(path.child(key), value, text))
  }
  return errors
}

export function validateIngressClass(ingressClass: IngressClass): FieldError[] {
  return [
    ...validateObjectMeta(ingressClass.metadata, false, nameIsDnsSubdomain),
    ...validateIngressClassSpec(ingressClass),
  ]
}

export function validateIngressClassSpec({ spec = {} }: IngressClass, old?: IngressClass): FieldError[] {
  const path = new Path('spec')
  const errors: FieldError[] = []
  const controller = spec.controller ?? ''
  if (old && old.spec?.controller !== spec.controller) {
    errors.push(fieldInvalid(path.child('controller'), controller, 'field is immutable'))
  }
  if (byteLength(controller) > 250) errors.push(fieldTooLong(path.child('controller'), 250))
  errors.push(...validatePrefixedPath(controller, path.child('controller')))
  const { parameters } = spec
  if (!parameters) return errors
  const at = path.child('parameters')
  errors.push(...validateReference(parameters, at))
  const scope = parameters.scope
  if (scope === undefined) return [...errors, fieldRequired(at.child('scope'))]
  if (scope !== 'Cluster' && scope !== 'Namespace') {
    errors.push(fieldNotSupported(at.child('scope'), scope, ['Cluster', 'Namespace']))
  }
  const namespace = parameters.namespace
  if (scope === 'Namespace') {
    if (!namespace)
      errors.push(fieldRequired(at.child('namespace'), "`parameters.scope` is set to 'Namespace'"))
    else
      for (const text of isDns1123Label(namespace))
        errors.push(fieldInvalid(at.child('namespace'), namespace, text))
  }
  if (scope === 'Cluster' && namespace !== undefined) {
    errors.push(fieldForbidden(at.child('namespace'), "`parameters.scope` is set to 'Cluster'"))
  }
  return errors
}

/** IsDomainPrefixedPath. */
export function validatePrefixedPath(text: string, path: Path): FieldError[] {
  if (text === '') return [fieldRequired(path)]
  const slash = text.indexOf('/')
  const host = text.slice(0, Math.max(slash, 0))
  const rest = slash < 0 ? '' : text.slice(slash + 1)
  if (slash < 0 || host === '' || rest === '') {
    return [fieldInvalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  const errors = isDns1123Subdomain(host).map((why) => fieldInvalid(path, host, why))
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)) {
    const pattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
    errors.push(fieldInvalid(path, rest, `Invalid path (regex used for validation is '${pattern}')`))
  }
  return errors
}
