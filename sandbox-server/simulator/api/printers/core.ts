// Rows of nodes, namespaces, events, configuration and storage. Source: pkg/printers/internalversion/printers.go.

import type { Lease } from 'kubernetes-types/coordination/v1'
import type { PersistentVolume, PersistentVolumeClaim, ResourceQuota } from 'kubernetes-types/core/v1'
import type { ClusterRoleBinding, RoleBinding } from 'kubernetes-types/rbac/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import type { ConfigMap, Event, Namespace, Node, Secret } from '../../../contract/kubernetes.ts'
import { since } from './age.ts'
import { age, none, type PrintContext, type Printer, unset } from './printer.ts'

const roleLabel = 'node-role.kubernetes.io/'

export const printNode: Printer<Node> = (object, context) => {
  const ready = object.status?.conditions?.find((one) => one.type === 'Ready')
  const states = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown']
  if (object.spec?.unschedulable) states.push('SchedulingDisabled')
  const labels = object.metadata?.labels ?? {}
  const roles = Object.entries(labels).flatMap(([key, value]) =>
    key.startsWith(roleLabel) && key.length > roleLabel.length
      ? [key.slice(roleLabel.length)]
      : key === 'kubernetes.io/role' && value !== ''
        ? [value]
        : [],
  )
  const info = object.status?.nodeInfo
  const address = (type: string) =>
    object.status?.addresses?.find((one) => one.type === type)?.address ?? none
  const kernel = info?.kernelVersion || '<unknown>'
  return [
    object.metadata?.name,
    states.join(','),
    [...new Set(roles)].sort().join(',') || none,
    age(object, context),
    info?.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    info?.osImage || '<unknown>',
    info?.architecture ? `${kernel} (${info.architecture})` : kernel,
    info?.containerRuntimeVersion || '<unknown>',
  ]
}

export const printNamespace: Printer<Namespace> = (object, context) => [
  object.metadata?.name,
  object.status?.phase ?? '',
  age(object, context),
]

export const printConfigMap: Printer<ConfigMap> = (object, context) => [
  object.metadata?.name,
  Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
  age(object, context),
]

export const printSecret: Printer<Secret> = (object, context) => [
  object.metadata?.name,
  object.type,
  Object.keys(object.data ?? {}).length,
  age(object, context),
]

export const printEvent: Printer<Event> = (object, { now }: PrintContext) => {
  const start = object.firstTimestamp ?? object.eventTime ?? object.metadata?.creationTimestamp
  const last = object.series?.lastObservedTime ?? object.lastTimestamp
  const component = object.source?.component || object.reportingComponent || ''
  const instance = object.source?.host || object.reportingInstance || ''
  const { kind, name, fieldPath } = object.involvedObject
  const target = name ? `${(kind ?? '').toLowerCase()}/${name}` : (kind ?? '').toLowerCase()
  return [
    last ? since(last, now) : since(start, now),
    object.type,
    object.reason,
    target,
    fieldPath ?? '',
    instance === '' ? component : `${component}, ${instance}`,
    (object.message ?? '').trim(),
    since(start, now),
    object.series?.count ?? (object.count || 1),
    object.metadata?.name,
  ]
}

const accessModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
function modes(list: readonly string[] | undefined): string {
  return Object.keys(accessModes)
    .filter((mode) => list?.includes(mode))
    .map((mode) => accessModes[mode])
    .join(',')
}

export const printPersistentVolume: Printer<PersistentVolume> = (object, context) => {
  const claim = object.spec?.claimRef
  return [
    object.metadata?.name,
    object.spec?.capacity?.storage ?? '',
    modes(object.spec?.accessModes),
    object.spec?.persistentVolumeReclaimPolicy ?? '',
    object.metadata?.deletionTimestamp ? 'Terminating' : (object.status?.phase ?? ''),
    claim ? `${claim.namespace}/${claim.name}` : '',
    object.spec?.storageClassName ?? '',
    object.spec?.volumeAttributesClassName || unset,
    object.status?.reason ?? '',
    age(object, context),
    object.spec?.volumeMode ?? unset,
  ]
}

export const printPersistentVolumeClaim: Printer<PersistentVolumeClaim> = (object, context) => {
  const bound = object.spec?.volumeName !== undefined && object.spec.volumeName !== ''
  return [
    object.metadata?.name,
    object.metadata?.deletionTimestamp ? 'Terminating' : (object.status?.phase ?? ''),
    object.spec?.volumeName ?? '',
    bound ? (object.status?.capacity?.storage ?? '') : '',
    bound ? modes(object.status?.accessModes) : '',
    object.spec?.storageClassName ?? '',
    object.spec?.volumeAttributesClassName || unset,
    age(object, context),
    object.spec?.volumeMode ?? unset,
  ]
}

export const printResourceQuota: Printer<ResourceQuota> = (object, context) => {
  const columns = { request: [] as string[], limit: [] as string[] }
  for (const name of Object.keys(object.status?.hard ?? {}).sort()) {
    const text = `${name}: ${object.status?.used?.[name] ?? '0'}/${object.status?.hard?.[name]}`
    columns[name.startsWith('limits.') ? 'limit' : 'request'].push(text)
  }
  return [object.metadata?.name, columns.request.join(', '), columns.limit.join(', '), age(object, context)]
}

export const printBinding: Printer<RoleBinding | ClusterRoleBinding> = (object, context) => {
  const named = (kind: string) =>
    (object.subjects ?? [])
      .filter((one) => one.kind === kind)
      .map((one) => (kind === 'ServiceAccount' ? `${one.namespace}/${one.name}` : one.name))
      .join(', ')
  return [
    object.metadata?.name,
    `${object.roleRef.kind}/${object.roleRef.name}`,
    age(object, context),
    named('User'),
    named('Group'),
    named('ServiceAccount'),
  ]
}

export const printPriorityClass: Printer<PriorityClass> = (object, context) => [
  object.metadata?.name,
  object.value,
  object.globalDefault ?? false,
  age(object, context),
  object.preemptionPolicy ?? '',
]

export const printStorageClass: Printer<StorageClass> = (object, context) => {
  const annotations = object.metadata?.annotations
  const isDefault = annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
  return [
    `${object.metadata?.name}${isDefault ? ' (default)' : ''}`,
    object.provisioner,
    object.reclaimPolicy ?? 'Delete',
    object.volumeBindingMode ?? 'Immediate',
    object.allowVolumeExpansion ?? false,
    age(object, context),
  ]
}

export const printLease: Printer<Lease> = (object, context) => [
  object.metadata?.name,
  object.spec?.holderIdentity ?? '',
  age(object, context),
]
