// Resources of cluster administration: RBAC, classes, budgets, quotas, leases, ranges of Service addresses.
// Source: the strategies in pkg/registry/{rbac,scheduling,storage,policy,autoscaling,coordination,networking,core}.
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2'
import type { Lease } from 'kubernetes-types/coordination/v1'
import type { LimitRange, ResourceQuota } from 'kubernetes-types/core/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import { fill, fillUnset, type Item, itemsAt, objectAt } from '../defaults/fill.ts'
import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired, Path } from '../field-error.ts'
import type { IPAddress, ServiceCIDR } from '../resources.ts'
import type { Strategy } from '../strategy.ts'
import { validateCidr } from '../validation/addresses.ts'
import { isQualifiedName, nameIsDnsSubdomain, nameIsPathSegment } from '../validation/content.ts'
import { validateObjectMeta } from '../validation/object-meta.ts'
import {
  checkRoleKind,
  validateBindingUpdate,
  validateClusterRole,
  validateClusterRoleBinding,
  validateRole,
  validateRoleBinding,
} from '../validation/rbac.ts'
import {
  validateAutoscaler,
  validateAutoscalerSpec,
  validateBudget,
  validateBudgetSpec,
} from '../validation/scaling.ts'

const rbac = 'rbac.authorization.k8s.io'

function defaultRules(role: unknown): void {
  const item = role as Item
  if (itemsAt(item, 'rules').length === 0) item.rules = null
}

function defaultBinding(binding: unknown): void {
  const item = binding as Item
  const roleRef = objectAt(item, 'roleRef')
  fill(roleRef, { apiGroup: rbac })
  for (const subject of itemsAt(item, 'subjects')) {
    if (subject.kind === 'User' || subject.kind === 'Group') fill(subject, { apiGroup: rbac })
  }
}

export const roleStrategy: Strategy<Role> = { defaultObject: defaultRules, validateObject: validateRole }
export const clusterRoleStrategy: Strategy<ClusterRole> = {
  defaultObject: defaultRules,
  validateObject: validateClusterRole,
}
export const roleBindingStrategy: Strategy<RoleBinding> = {
  defaultObject: defaultBinding,
  admit: (binding) => checkRoleKind(binding.roleRef?.kind),
  validateObject: validateRoleBinding,
  validateUpdate: validateBindingUpdate,
}
export const clusterRoleBindingStrategy: Strategy<ClusterRoleBinding> = {
  defaultObject: defaultBinding,
  validateObject: validateClusterRoleBinding,
  validateUpdate: (binding, old) => validateBindingUpdate(binding as never, old as never),
}

export const horizontalPodAutoscalerStrategy: Strategy<HorizontalPodAutoscaler> = {
  generation: true,
  defaultObject(autoscaler) {
    fillUnset(autoscaler as unknown as Item, { spec: {} })
    const spec = objectAt(autoscaler as unknown as Item, 'spec')
    fillUnset(spec, { minReplicas: 1, scaleTargetRef: {} })
    if (itemsAt(spec, 'metrics').length > 0 || !spec) return
    const target = { type: 'Utilization', averageUtilization: 80 }
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  },
  prepareForCreate: (object) =>
    void Object.assign(object, { status: { currentMetrics: null, desiredReplicas: 0 } }),
  validateObject: validateAutoscaler,
  validateUpdate: validateAutoscalerSpec,
}

export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> = {
  generation: true,
  prepareForCreate(budget) {
    const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
    Object.assign(budget, { status })
  },
  validateObject: validateBudget,
  validateUpdate: validateBudgetSpec,
}

const policies = ['PreemptLowerPriority', 'Never']

export const priorityClassStrategy: Strategy<PriorityClass> = {
  generation: true,
  defaultObject(priority) {
    fillUnset(priority as unknown as Item, { preemptionPolicy: 'PreemptLowerPriority' })
  },
  validateObject(priority) {
    const errors = validateObjectMeta(priority.metadata, false, nameIsDnsSubdomain)
    const policy = priority.preemptionPolicy ?? ''
    const isSystem = priority.metadata?.name?.startsWith('system-')
    if (!isSystem && (priority.value ?? 0) > 1_000_000_000) {
      const why = 'maximum allowed value of a user defined priority is 1000000000'
      errors.push({ ...fieldInvalid(new Path('value'), priority.value, why), type: 'FieldValueForbidden' })
    }
    if (!policies.includes(policy))
      errors.push(fieldNotSupported(new Path('preemptionPolicy'), policy, policies))
    return errors
  },
}

export const storageClassStrategy: Strategy<StorageClass> = {
  defaultObject(storage) {
    const item = storage as unknown as Item
    fillUnset(item, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })
  },
  validateObject(storage) {
    const errors = validateObjectMeta(storage.metadata, false, nameIsDnsSubdomain)
    const provisioner = storage.provisioner ?? ''
    if (provisioner === '') errors.push(fieldRequired(new Path('provisioner')))
    else {
      for (const text of isQualifiedName(provisioner.toLowerCase())) {
        errors.push(fieldInvalid(new Path('provisioner'), provisioner.toLowerCase(), text))
      }
    }
    const check = (name: 'reclaimPolicy' | 'volumeBindingMode', supported: string[]) => {
      const value = storage[name] ?? ''
      if (value !== '' && !supported.includes(value))
        errors.push(fieldNotSupported(new Path(name), value, supported))
    }
    check('reclaimPolicy', ['Delete', 'Retain'])
    check('volumeBindingMode', ['Immediate', 'WaitForFirstConsumer'])
    return errors
  },
}

export const leaseStrategy: Strategy<Lease> = {
  validateObject(lease) {
    const errors = validateObjectMeta(lease.metadata, true, nameIsDnsSubdomain)
    const seconds = lease.spec?.leaseDurationSeconds
    const at = new Path('spec')
    if (seconds !== undefined && seconds <= 0) {
      errors.push(fieldInvalid(at.child('leaseDurationSeconds'), seconds, 'must be greater than 0'))
    }
    const transitions = lease.spec?.leaseTransitions
    if (transitions !== undefined && transitions < 0) {
      errors.push(
        fieldInvalid(at.child('leaseTransitions'), transitions, 'must be greater than or equal to 0'),
      )
    }
    return errors
  },
}

const quotaNames = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
]

export const resourceQuotaStrategy: Strategy<ResourceQuota> = {
  defaultObject: (quota) => fillUnset(quota as unknown as Item, { spec: {} }),
  prepareForCreate: (quota) => void Object.assign(quota, { status: {} }),
  validateObject(quota) {
    const errors = validateObjectMeta(quota.metadata, true, nameIsDnsSubdomain)
    for (const name of Object.keys(quota.spec?.hard ?? {})) {
      errors.push(...validateQuotaName(name, new Path('spec.hard').key(name)))
    }
    return errors
  },
}

function validateQuotaName(name: string, path: Path): FieldError[] {
  const errors = isQualifiedName(name).map((text) => fieldInvalid(path, name, text))
  if (errors.length > 0 || name.includes('/') || quotaNames.includes(name)) return errors
  return [
    fieldInvalid(path, name, 'must be a standard resource type or fully qualified'),
    fieldInvalid(path, name, 'must be a standard resource for quota'),
  ]
}

export const limitRangeStrategy: Strategy<LimitRange> = {
  defaultObject(range) {
    for (const limit of itemsAt(objectAt(range as unknown as Item, 'spec'), 'limits')) {
      if (limit.type !== 'Container') continue
      const max = objectAt(limit, 'max')
      const standard = { ...max, ...objectAt(limit, 'default') }
      const request = { ...objectAt(limit, 'min'), ...standard, ...objectAt(limit, 'defaultRequest') }
      if (Object.keys(standard).length > 0) limit.default = standard
      if (Object.keys(request).length > 0) limit.defaultRequest = request
    }
  },
  validateObject: (range) => validateObjectMeta(range.metadata, true, nameIsDnsSubdomain),
}

export const serviceCidrStrategy: Strategy<ServiceCIDR> = {
  prepareForCreate: (cidr) => void Object.assign(cidr, { status: {} }),
  validateObject(cidr) {
    const errors = validateObjectMeta(cidr.metadata, false, nameIsDnsSubdomain)
    const path = new Path('spec.cidrs')
    const cidrs = cidr.spec?.cidrs ?? []
    if (cidrs.length === 0) errors.push(fieldRequired(path, 'at least one CIDR required'))
    for (const [index, text] of cidrs.entries()) errors.push(...validateCidr(path.index(index), text))
    return errors
  },
}

export const ipAddressStrategy: Strategy<IPAddress> = {
  generation: true,
  validateObject: (address) => validateObjectMeta(address.metadata, false, nameIsPathSegment),
}
