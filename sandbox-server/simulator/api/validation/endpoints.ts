// Endpoints and EndpointSlice. Source: pkg/apis/core/validation/validation.go, pkg/apis/discovery/validation/validation.go.
import type { EndpointSlice, Endpoints } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldDuplicate,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooMany,
  Path,
} from '../field-error.ts'
import { parseAddress, validateEndpointIp, validateIp } from './addresses.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isQualifiedName,
  isValidPortNumber,
  nameIsDnsSubdomain,
} from './content.ts'
import { validateObjectMeta } from './object-meta.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

export function validateEndpoints(endpoints: Endpoints): FieldError[] {
  const errors = validateObjectMeta(endpoints.metadata, true, nameIsDnsSubdomain)
  for (const [index, subset] of (endpoints.subsets ?? []).entries()) {
    const at = new Path('subsets').index(index)
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset
    if (addresses.length + notReadyAddresses.length === 0) {
      errors.push(fieldRequired(at, 'must specify `addresses` or `notReadyAddresses`'))
    }
    for (const [list, name] of [
      [addresses, 'addresses'],
      [notReadyAddresses, 'notReadyAddresses'],
    ] as const) {
      for (const [place, one] of list.entries())
        errors.push(...validateAddress(one, at.child(name).index(place)))
    }
    for (const [place, port] of ports.entries()) {
      const path = at.child('ports').index(place)
      if (ports.length > 1 && !port.name) errors.push(fieldRequired(path.child('name')))
      else if (port.name) {
        for (const text of isDns1123Label(port.name))
          errors.push(fieldInvalid(path.child('name'), port.name, text))
      }
      const number = port.port ?? 0
      for (const text of isValidPortNumber(number))
        errors.push(fieldInvalid(path.child('port'), number, text))
      errors.push(...validateProtocol(port.protocol ?? '', path))
      if (port.appProtocol !== undefined) {
        for (const text of isQualifiedName(port.appProtocol)) {
          errors.push(fieldInvalid(path.child('appProtocol'), port.appProtocol, text))
        }
      }
    }
  }
  return errors
}

function validateProtocol(protocol: string, path: Path): FieldError[] {
  if (protocol === '') return [fieldRequired(path.child('protocol'))]
  return protocols.includes(protocol) ? [] : [fieldNotSupported(path.child('protocol'), protocol, protocols)]
}

function validateAddress(
  address: { ip?: string; hostname?: string; nodeName?: string },
  path: Path,
): FieldError[] {
  const ip = address.ip ?? ''
  const errors = validateIp(path.child('ip'), ip)
  if (address.hostname) {
    for (const text of isDns1123Label(address.hostname)) {
      errors.push(fieldInvalid(path.child('hostname'), address.hostname, text))
    }
  }
  if (address.nodeName !== undefined) {
    for (const text of isDns1123Subdomain(address.nodeName)) {
      errors.push(fieldInvalid(path.child('nodeName'), address.nodeName, text))
    }
  }
  return [...errors, ...validateEndpointIp(ip, path.child('ip'))]
}

const addressTypes = ['FQDN', 'IPv4', 'IPv6']

export function validateEndpointSlice(slice: EndpointSlice): FieldError[] {
  const errors = validateObjectMeta(slice.metadata, true, nameIsDnsSubdomain)
  const type = slice.addressType ?? ''
  const typePath = new Path('addressType')
  const typeErrors =
    type === ''
      ? [fieldRequired(typePath)]
      : addressTypes.includes(type)
        ? []
        : [fieldNotSupported(typePath, type, addressTypes)]
  return [...errors, ...typeErrors, ...validateSliceEndpoints(slice), ...validateSlicePorts(slice)]
}

function validateSliceEndpoints({ endpoints: given, addressType }: EndpointSlice): FieldError[] {
  const endpoints = given ?? []
  const path = new Path('endpoints')
  if (endpoints.length > 1000) return [fieldTooMany(path, endpoints.length, 1000)]
  const errors: FieldError[] = []
  for (const [index, endpoint] of endpoints.entries()) {
    const at = path.index(index)
    const addresses = endpoint.addresses ?? []
    if (addresses.length === 0)
      errors.push(fieldRequired(at.child('addresses'), 'must contain at least 1 address'))
    else if (addresses.length > 100) errors.push(fieldTooMany(at.child('addresses'), addresses.length, 100))
    for (const [place, address] of addresses.entries()) {
      const where = at.child('addresses').index(place)
      if (addressType === 'FQDN') {
        for (const text of isDns1123Subdomain(address.replace(/\.$/, ''))) {
          errors.push(fieldInvalid(where, address, text))
        }
      } else if (addressType === 'IPv4' || addressType === 'IPv6')
        errors.push(...validateFamily(address, addressType, where))
    }
    if (endpoint.nodeName !== undefined) {
      for (const text of isDns1123Subdomain(endpoint.nodeName)) {
        errors.push(fieldInvalid(at.child('nodeName'), endpoint.nodeName, text))
      }
    }
    if (endpoint.hostname !== undefined) {
      for (const text of isDns1123Label(endpoint.hostname)) {
        errors.push(fieldInvalid(at.child('hostname'), endpoint.hostname, text))
      }
    }
    for (const [place, zone] of (endpoint.hints?.forZones ?? []).entries()) {
      const where = at.child('hints', 'forZones').index(place).child('name')
      if (!zone.name) errors.push(fieldRequired(where))
      else for (const text of isLabelValue(zone.name)) errors.push(fieldInvalid(where, zone.name, text))
    }
  }
  return errors
}

function validateFamily(address: string, family: 'IPv4' | 'IPv6', path: Path): FieldError[] {
  const malformed = validateIp(path, address)
  if (malformed.length > 0) return malformed
  if (parseAddress(address)?.family !== family) {
    return [fieldInvalid(path, address, `must be an ${family} address`)]
  }
  return validateEndpointIp(address, path)
}

function validateSlicePorts({ ports: given }: EndpointSlice): FieldError[] {
  const ports = given ?? []
  const path = new Path('ports')
  if (ports.length > 20000) return [fieldTooMany(path, ports.length, 20000)]
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const at = path.index(index)
    const name = port.name ?? ''
    if (name !== '') {
      for (const text of isDns1123Label(name)) errors.push(fieldInvalid(at.child('name'), name, text))
    }
    if (names.has(name)) errors.push(fieldDuplicate(at.child('name'), name))
    names.add(name)
    if (port.protocol === undefined) errors.push(fieldRequired(at.child('protocol')))
    else if (!protocols.includes(port.protocol)) {
      errors.push(fieldNotSupported(at.child('protocol'), port.protocol, protocols))
    }
    if (port.appProtocol !== undefined) {
      for (const text of isQualifiedName(port.appProtocol)) {
        errors.push(fieldInvalid(at.child('appProtocol'), port.appProtocol, text))
      }
    }
  }
  return errors
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): FieldError[] {
  const errors = validateEndpointSlice(slice)
  if (slice.addressType !== old.addressType) {
    errors.push(fieldInvalid(new Path('addressType'), slice.addressType, 'field is immutable'))
  }
  return errors
}
