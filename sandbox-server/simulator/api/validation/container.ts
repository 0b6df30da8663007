// Containers of a pod. Source: pkg/apis/core/validation/validation.go (validateContainers, validateContainerCommon).
import type { Container } from '../../../contract/kubernetes.ts'
import { type Item, objectAt } from '../defaults/fill.ts'
import {
  type FieldError,
  fieldDuplicate,
  fieldForbidden,
  fieldInvalid,
  fieldNotFound,
  fieldNotSupported,
  fieldRequired,
  type Path,
} from '../field-error.ts'
import { isDns1123Label, isRelaxedEnvVarName, isValidPortName, isValidPortNumber } from './content.ts'
import { validateId } from './ids.ts'
import { validateLifecycle, validateProbe } from './probe.ts'
import { validateResources } from './resource-requirements.ts'

export function validateContainers(
  containers: readonly Container[],
  volumes: ReadonlySet<string>,
  grace: number,
  path: Path,
  options: { readonly required: boolean; readonly taken?: readonly Container[] },
): FieldError[] {
  if (containers.length === 0) return options.required ? [fieldRequired(path)] : []
  const errors: FieldError[] = []
  const names = new Set(options.taken?.map((one) => one.name))
  for (const [index, container] of containers.entries()) {
    const at = path.index(index)
    errors.push(...validateContainer(container, volumes, at))
    const name = container.name ?? ''
    if (names.has(name)) errors.push(fieldDuplicate(at.child('name'), name))
    else if (name !== '') names.add(name)
    const restart = container.restartPolicy
    const policies = ['Always', 'Never', 'OnFailure']
    if (restart !== undefined && !policies.includes(restart)) {
      errors.push(fieldNotSupported(at.child('restartPolicy'), restart, policies))
    }
    const isPlainInit = !options.required && restart !== 'Always'
    errors.push(...validateProbes(container, grace, at, isPlainInit))
  }
  return [...errors, ...validateHostPorts(containers, path)]
}

function validateProbes(container: Container, grace: number, at: Path, isPlainInit: boolean): FieldError[] {
  const errors: FieldError[] = []
  if (isPlainInit) {
    for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[name]) {
        errors.push(
          fieldForbidden(at.child(name), 'may not be set for init containers without restartPolicy=Always'),
        )
      }
    }
    return errors
  }
  errors.push(...validateLifecycle(container.lifecycle, grace, at.child('lifecycle')))
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    errors.push(...validateProbe(container[name], at.child(name), name !== 'readinessProbe'))
  }
  return errors
}

function validateContainer(container: Container, volumes: ReadonlySet<string>, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const { name = '', image = '' } = container
  if (name === '') errors.push(fieldRequired(path.child('name')))
  else for (const text of isDns1123Label(name)) errors.push(fieldInvalid(path.child('name'), name, text))
  if (image === '') errors.push(fieldRequired(path.child('image')))
  else if (image !== image.trim()) {
    errors.push(fieldInvalid(path.child('image'), image, 'must not have leading or trailing whitespace'))
  }
  const messages = container.terminationMessagePolicy ?? 'File'
  if (messages !== 'File' && messages !== 'FallbackToLogsOnError') {
    const supported = ['FallbackToLogsOnError', 'File']
    errors.push(fieldNotSupported(path.child('terminationMessagePolicy'), messages, supported))
  }
  errors.push(
    ...validatePorts(container, path.child('ports')),
    ...validateEnvironment(container, path.child('env')),
  )
  errors.push(...validateMounts(container, volumes, path.child('volumeMounts')))
  const pull = container.imagePullPolicy ?? ''
  const pulls = ['Always', 'IfNotPresent', 'Never']
  if (pull === '') errors.push(fieldRequired(path.child('imagePullPolicy')))
  else if (!pulls.includes(pull)) errors.push(fieldNotSupported(path.child('imagePullPolicy'), pull, pulls))
  errors.push(...validateResources(container.resources, path.child('resources')))
  const security = container.securityContext
  for (const key of ['runAsUser', 'runAsGroup'] as const) {
    errors.push(...validateId(security?.[key], path.child('securityContext', key)))
  }
  if (security?.allowPrivilegeEscalation === false && security.privileged) {
    const why = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'
    errors.push(fieldInvalid(path.child('securityContext'), security, why))
  }
  return errors
}

function validatePorts({ ports = [] }: Container, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const at = path.index(index)
    if (port.name) {
      const texts = isValidPortName(port.name)
      for (const text of texts) errors.push(fieldInvalid(at.child('name'), port.name, text))
      if (texts.length === 0 && names.has(port.name)) errors.push(fieldDuplicate(at.child('name'), port.name))
      names.add(port.name)
    }
    const number = port.containerPort ?? 0
    if (number === 0) errors.push(fieldRequired(at.child('containerPort')))
    else
      for (const text of isValidPortNumber(number))
        errors.push(fieldInvalid(at.child('containerPort'), number, text))
    if (port.hostPort) {
      for (const text of isValidPortNumber(port.hostPort))
        errors.push(fieldInvalid(at.child('hostPort'), port.hostPort, text))
    }
    const protocol = port.protocol ?? ''
    if (protocol === '') errors.push(fieldRequired(at.child('protocol')))
    else if (!['SCTP', 'TCP', 'UDP'].includes(protocol)) {
      errors.push(fieldNotSupported(at.child('protocol'), protocol, ['SCTP', 'TCP', 'UDP']))
    }
  }
  return errors
}

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']
const envFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const knownFields = [
  ...envFields,
  'metadata.labels',
  'metadata.annotations',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'spec.hostNetwork',
]

function validateEnvironment({ env = [] }: Container, path: Path): FieldError[] {
  const errors: FieldError[] = []
  for (const [index, variable] of env.entries()) {
    const at = path.index(index)
    const name = variable.name ?? ''
    if (name === '') errors.push(fieldRequired(at.child('name')))
    else for (const text of isRelaxedEnvVarName(name)) errors.push(fieldInvalid(at.child('name'), name, text))
    const from = variable.valueFrom as unknown as Item | undefined
    if (!from) continue
    const where = at.child('valueFrom')
    const count = Object.keys(from).filter((key) => sources.includes(key)).length
    const field = objectAt(from, 'fieldRef')
    if (field) errors.push(...validateFieldRef(field, where.child('fieldRef')))
    for (const key of ['configMapKeyRef', 'secretKeyRef']) {
      const reference = objectAt(from, key)
      if (!reference) continue
      if (!reference.name) errors.push(fieldRequired(where.child(key, 'name')))
      if (!reference.key) errors.push(fieldRequired(where.child(key, 'key')))
    }
    if (count === 0) {
      const why =
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
      errors.push(fieldInvalid(where, '', why))
    } else if (variable.value) {
      errors.push(fieldInvalid(where, '', 'may not be specified when `value` is not empty'))
    } else if (count > 1) {
      errors.push(fieldInvalid(where, '', 'may not have more than one field specified at a time'))
    }
  }
  return errors
}

function validateFieldRef(reference: Item, path: Path): FieldError[] {
  const value = String(reference.fieldPath ?? '')
  const at = path.child('fieldPath')
  if (value === '') return [fieldRequired(at)]
  if (/^metadata\.(labels|annotations)\['[^']+'\]$/.test(value)) return []
  if (!knownFields.includes(value)) {
    return [fieldInvalid(at, value, `error converting fieldPath: field label not supported: ${value}`)]
  }
  return envFields.includes(value) ? [] : [fieldNotSupported(at, value, envFields)]
}

function validateMounts(container: Container, volumes: ReadonlySet<string>, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const paths = new Set<string>()
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = path.index(index)
    const { name = '', mountPath = '' } = mount
    if (name === '') errors.push(fieldRequired(at.child('name')))
    if (!volumes.has(name)) errors.push(fieldNotFound(at.child('name'), name))
    if (mountPath === '') errors.push(fieldRequired(at.child('mountPath')))
    if (paths.has(mountPath)) errors.push(fieldInvalid(at.child('mountPath'), mountPath, 'must be unique'))
    paths.add(mountPath)
    if (mount.subPath?.startsWith('/')) {
      errors.push(fieldInvalid(at.child('subPath'), mount.subPath, 'must be a relative path'))
    }
    if (mount.subPath?.split('/').includes('..')) {
      errors.push(fieldInvalid(at.child('subPath'), mount.subPath, "must not contain '..'"))
    }
  }
  return errors
}

function validateHostPorts(containers: readonly Container[], path: Path): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, container] of containers.entries()) {
    for (const [place, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`
      const at = path.index(index).child('ports').index(place).child('hostPort')
      if (seen.has(key)) errors.push(fieldDuplicate(at, key))
      seen.add(key)
    }
  }
  return errors
}
