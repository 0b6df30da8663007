// PodSpec, of pods and of templates. Source: pkg/apis/core/validation/validation.go (ValidatePodSpec).
import type { PodSpec } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldDuplicate,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  type Path,
} from '../field-error.ts'
import { validateIp } from './addresses.ts'
import { validateContainers } from './container.ts'
import { inclusiveRange, isDns1123Label, isDns1123Subdomain, regexError } from './content.ts'
import { validateId } from './ids.ts'
import { validateLabels } from './object-meta.ts'
import { validateAffinity, validateSpreadConstraints, validateTolerations } from './scheduling.ts'
import { validateVolumes } from './volumes.ts'

export function validatePodSpec(
  spec: PodSpec | undefined,
  path: Path,
  options: { isTemplate: boolean },
): FieldError[] {
  const { names, errors } = validateVolumes(spec?.volumes ?? [], path.child('volumes'))
  const grace = spec?.terminationGracePeriodSeconds ?? 30
  errors.push(
    ...validateContainers(spec?.containers ?? [], names, grace, path.child('containers'), { required: true }),
    ...validateContainers(spec?.initContainers ?? [], names, grace, path.child('initContainers'), {
      required: false,
      taken: spec?.containers ?? [],
    }),
  )
  const policy = spec?.restartPolicy ?? ''
  const policies = ['Always', 'OnFailure', 'Never']
  if (policy === '') errors.push(fieldRequired(path.child('restartPolicy')))
  else if (!policies.includes(policy))
    errors.push(fieldNotSupported(path.child('restartPolicy'), policy, policies))
  const dns = spec?.dnsPolicy ?? ''
  const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
  if (dns === '') errors.push(fieldRequired(path.child('dnsPolicy')))
  else if (!dnsPolicies.includes(dns))
    errors.push(fieldNotSupported(path.child('dnsPolicy'), dns, dnsPolicies))
  errors.push(
    ...validateLabels(spec?.nodeSelector, path.child('nodeSelector')),
    ...validateHostPorts(spec, path, options.isTemplate),
    ...validateSecurity(spec, path.child('securityContext')),
    ...validateAffinity(spec?.affinity, path.child('affinity')),
    ...validateDnsConfig(spec, path.child('dnsConfig')),
    ...validateSpreadConstraints(
      spec?.topologySpreadConstraints ?? [],
      path.child('topologySpreadConstraints'),
    ),
    ...validateNames(spec, path),
    ...validateTolerations(spec?.tolerations ?? [], path.child('tolerations')),
    ...validateHostAliases(spec, path.child('hostAliases')),
  )
  return errors
}

/** A template may leave the port open: it is filled in when its pods are made. */
function validateHostPorts(spec: PodSpec | undefined, path: Path, isTemplate: boolean): FieldError[] {
  if (!spec?.hostNetwork) return []
  return (spec.containers ?? []).flatMap((container, index) =>
    (container.ports ?? []).flatMap((port, place) => {
      const host = port.hostPort ?? 0
      if (host === (port.containerPort ?? 0) || (isTemplate && host === 0)) return []
      const at = path.child('containers').index(index).child('ports').index(place).child('hostPort')
      return [fieldInvalid(at, host, 'must match `containerPort` when `hostNetwork` is true')]
    }),
  )
}

const sysctlPattern = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/

function validateSecurity(spec: PodSpec | undefined, path: Path): FieldError[] {
  const context = spec?.securityContext
  const errors: FieldError[] = []
  for (const name of ['runAsUser', 'runAsGroup', 'fsGroup'] as const) {
    errors.push(...validateId(context?.[name], path.child(name)))
  }
  for (const [index, group] of (context?.supplementalGroups ?? []).entries()) {
    errors.push(...validateId(group, path.child('supplementalGroups').index(index)))
  }
  const seen = new Set<string>()
  for (const [index, sysctl] of (context?.sysctls ?? []).entries()) {
    const at = path.child('sysctls').index(index).child('name')
    const name = sysctl.name ?? ''
    if (name === '') errors.push(fieldRequired(at))
    else if (name.length > 253 || !sysctlPattern.test(name)) {
      const why =
        'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
      errors.push(fieldInvalid(at, name, why))
    } else if (seen.has(name)) errors.push(fieldDuplicate(at, name))
    seen.add(name)
  }
  return errors
}

const underscored = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'

function isSearchDomain(value: string): string[] {
  const errors: string[] = []
  if (value.length > 253) errors.push('must be no more than 253 characters')
  const pattern = `${underscored}(\\.${underscored})*`
  if (!new RegExp(`^${pattern}$`).test(value)) {
    const message =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
    errors.push(regexError(message, pattern, 'example.com'))
  }
  return errors
}

function validateDnsConfig(spec: PodSpec | undefined, path: Path): FieldError[] {
  const config = spec?.dnsConfig
  const errors: FieldError[] = []
  if (spec?.dnsPolicy === 'None') {
    if (!config) return [fieldRequired(path, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (!config.nameservers?.length) {
      const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
      return [fieldRequired(path.child('nameservers'), why)]
    }
  }
  if (!config) return []
  const servers = config.nameservers ?? []
  if (servers.length > 3) {
    errors.push(fieldInvalid(path.child('nameservers'), servers, 'must not have more than 3 nameservers'))
  }
  for (const [index, server] of servers.entries()) {
    errors.push(...validateIp(path.child('nameservers').index(index), server))
  }
  for (const [index, search] of (config.searches ?? []).entries()) {
    const value = search.length > 1 ? search.replace(/\.$/, '') : search
    if (value === '.') continue
    for (const text of isSearchDomain(value)) {
      errors.push(fieldInvalid(path.child('searches').index(index), search, text))
    }
  }
  for (const [index, option] of (config.options ?? []).entries()) {
    if (!option.name) errors.push(fieldRequired(path.child('options').index(index), 'must not be empty'))
  }
  return errors
}

function validateNames(spec: PodSpec | undefined, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const check = (
    name: 'serviceAccountName' | 'nodeName' | 'hostname' | 'subdomain' | 'priorityClassName',
  ) => {
    const value = spec?.[name] ?? ''
    if (value === '') return
    const rule = name === 'hostname' || name === 'subdomain' ? isDns1123Label : isDns1123Subdomain
    for (const text of rule(value)) errors.push(fieldInvalid(path.child(name), value, text))
  }
  check('serviceAccountName')
  check('nodeName')
  const deadline = spec?.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647)) {
    errors.push(fieldInvalid(path.child('activeDeadlineSeconds'), deadline, inclusiveRange(1, 2147483647)))
  }
  check('hostname')
  check('subdomain')
  check('priorityClassName')
  if ((spec?.terminationGracePeriodSeconds ?? 0) < 0) {
    const at = path.child('terminationGracePeriodSeconds')
    errors.push(fieldInvalid(at, spec?.terminationGracePeriodSeconds, 'must be greater than or equal to 0'))
  }
  return errors
}

function validateHostAliases(spec: PodSpec | undefined, path: Path): FieldError[] {
  return (spec?.hostAliases ?? []).flatMap((alias, index) => {
    const at = path.index(index)
    const address = alias.ip ?? ''
    return [
      ...validateIp(at.child('ip'), address),
      ...(alias.hostnames ?? []).flatMap((name, place) =>
        isDns1123Subdomain(name).map((text) => fieldInvalid(at.child('hostnames').index(place), name, text)),
      ),
    ]
  })
}
