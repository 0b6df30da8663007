// NetworkPolicy. Source: pkg/apis/networking/validation/validation.go.
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  Path,
} from '../field-error.ts'
import { cidrContains, parseCidr, validateCidr } from './addresses.ts'
import { isValidPortName, isValidPortNumber, nameIsDnsSubdomain } from './content.ts'
import { validateLabelSelector, validateObjectMeta } from './object-meta.ts'

const protocols = ['TCP', 'UDP', 'SCTP']

export function validateNetworkPolicy(policy: NetworkPolicy): FieldError[] {
  return [
    ...validateObjectMeta(policy.metadata, true, nameIsDnsSubdomain),
    ...validateNetworkPolicySpec(policy),
  ]
}

export function validateNetworkPolicySpec({ spec }: NetworkPolicy): FieldError[] {
  const path = new Path('spec')
  const errors = validateLabelSelector(spec?.podSelector, path.child('podSelector'))
  for (const [index, rule] of (spec?.ingress ?? []).entries()) {
    const at = path.child('ingress').index(index)
    errors.push(...validateRule(rule.ports, rule.from, at, 'from'))
  }
  for (const [index, rule] of (spec?.egress ?? []).entries()) {
    const at = path.child('egress').index(index)
    errors.push(...validateRule(rule.ports, rule.to, at, 'to'))
  }
  const types = spec?.policyTypes ?? []
  const typesPath = path.child('policyTypes')
  if (types.length > 2)
    return [...errors, fieldInvalid(typesPath, types, 'may not specify more than two policyTypes')]
  for (const [index, type] of types.entries()) {
    if (type !== 'Ingress' && type !== 'Egress') {
      errors.push(fieldNotSupported(typesPath.index(index), type, ['Ingress', 'Egress']))
    }
  }
  return errors
}

function validateRule(
  ports: readonly NetworkPolicyPort[] | undefined,
  peers: readonly NetworkPolicyPeer[] | undefined,
  path: Path,
  side: string,
): FieldError[] {
  return [
    ...(ports ?? []).flatMap((port, index) => validatePort(port, path.child('ports').index(index))),
    ...(peers ?? []).flatMap((peer, index) => validatePeer(peer, path.child(side).index(index))),
  ]
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const end = path.child('endPort')
  if (protocol !== undefined && !protocols.includes(protocol)) {
    errors.push(fieldNotSupported(path.child('protocol'), protocol, protocols))
  }
  if (port === undefined) {
    if (endPort !== undefined)
      errors.push(fieldInvalid(end, endPort, 'may not be specified when `port` is not specified'))
    return errors
  }
  if (typeof port === 'string') {
    if (endPort !== undefined)
      errors.push(fieldInvalid(end, endPort, 'may not be specified when `port` is non-numeric'))
    return [...errors, ...isValidPortName(port).map((text) => fieldInvalid(path.child('port'), port, text))]
  }
  for (const text of isValidPortNumber(port)) errors.push(fieldInvalid(path.child('port'), port, text))
  if (endPort !== undefined) {
    if (endPort < port) errors.push(fieldInvalid(end, endPort, 'must be greater than or equal to `port`'))
    for (const text of isValidPortNumber(endPort)) errors.push(fieldInvalid(end, endPort, text))
  }
  return errors
}

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  path: Path,
): FieldError[] {
  const errors = [
    ...validateLabelSelector(podSelector, path.child('podSelector')),
    ...validateLabelSelector(namespaceSelector, path.child('namespaceSelector')),
    ...(ipBlock ? validateIpBlock(ipBlock, path.child('ipBlock')) : []),
  ]
  const count = [podSelector, namespaceSelector, ipBlock].filter((one) => one !== undefined).length
  if (count === 0) errors.push(fieldRequired(path, 'must specify a peer'))
  else if (count > 1 && ipBlock)
    errors.push(fieldForbidden(path, 'may not specify both ipBlock and another peer'))
  return errors
}

function validateIpBlock(block: { cidr?: string; except?: readonly string[] }, path: Path): FieldError[] {
  const text = block.cidr ?? ''
  if (text === '') return [fieldRequired(path.child('cidr'))]
  const errors = validateCidr(path.child('cidr'), text)
  const cidr = parseCidr(text)
  if (!cidr) return errors
  for (const [index, except] of (block.except ?? []).entries()) {
    const at = path.child('except').index(index)
    errors.push(...validateCidr(at, except))
    const inner = parseCidr(except)
    if (inner && !(cidrContains(cidr, inner) && cidr.bits < inner.bits)) {
      errors.push(fieldInvalid(at, except, 'must be a strict subset of `cidr`'))
    }
  }
  return errors
}
