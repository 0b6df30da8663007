// Roles and bindings. Source: pkg/apis/rbac/validation/validation.go.
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1'
import { ApiError } from '../api-error.ts'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  Path,
} from '../field-error.ts'
import { deepEqual } from '../store/deep-equal.ts'
import { isDns1123Subdomain, isPathSegmentName, nameIsPathSegment } from './content.ts'
import { validateLabelSelector, validateObjectMeta } from './object-meta.ts'

const group = 'rbac.authorization.k8s.io'

export function validateRole(role: Role): FieldError[] {
  return [
    ...validateObjectMeta(role.metadata, true, nameIsPathSegment),
    ...validateRules(role.rules ?? [], true),
  ]
}

export function validateClusterRole(role: ClusterRole): FieldError[] {
  const errors = [
    ...validateObjectMeta(role.metadata, false, nameIsPathSegment),
    ...validateRules(role.rules ?? [], false),
  ]
  const { aggregationRule } = role
  if (!aggregationRule) return errors
  const path = new Path('aggregationRule.clusterRoleSelectors')
  const selectors = aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0) {
    return [
      ...errors,
      fieldRequired(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'),
    ]
  }
  for (const [index, selector] of selectors.entries()) {
    const malformed = validateLabelSelector(selector, path.index(index))
    errors.push(...malformed)
    if (malformed.length > 0) errors.push(fieldInvalid(path.index(index), null, 'invalid label selector.'))
  }
  return errors
}

function validateRules(rules: NonNullable<Role['rules']>, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = []
  for (const [index, rule] of rules.entries()) {
    const at = new Path('rules').index(index)
    const verbs = rule.verbs ?? []
    const apiGroups = rule.apiGroups ?? []
    const resources = rule.resources ?? []
    const nonResourceURLs = rule.nonResourceURLs ?? []
    if (verbs.length === 0) errors.push(fieldRequired(at.child('verbs')))
    if (nonResourceURLs.length > 0) {
      const isMixed = apiGroups.length + resources.length + (rule.resourceNames?.length ?? 0) > 0
      if (namespaced) {
        errors.push(
          fieldInvalid(
            at.child('nonResourceURLs'),
            nonResourceURLs,
            'namespaced rules cannot apply to non-resource URLs',
          ),
        )
      }
      if (isMixed) {
        const why = 'rules cannot apply to both regular resources and non-resource URLs'
        errors.push(fieldInvalid(at.child('nonResourceURLs'), nonResourceURLs, why))
      }
      continue
    }
    if (apiGroups.length === 0) {
      errors.push(fieldRequired(at.child('apiGroups'), 'resource rules must supply at least one api group'))
    }
    if (resources.length === 0) {
      errors.push(fieldRequired(at.child('resources'), 'resource rules must supply at least one resource'))
    }
  }
  return errors
}

export function validateRoleBinding(binding: RoleBinding): FieldError[] {
  return validateBinding(binding, true)
}

export function validateClusterRoleBinding(binding: ClusterRoleBinding): FieldError[] {
  return validateBinding(binding, false)
}

export function validateBindingUpdate(binding: RoleBinding, old: RoleBinding): FieldError[] {
  if (deepEqual(binding.roleRef, old.roleRef)) return []
  return [fieldInvalid(new Path('roleRef'), binding.roleRef, 'cannot change roleRef')]
}

function validateBinding(binding: RoleBinding | ClusterRoleBinding, namespaced: boolean): FieldError[] {
  const errors = validateObjectMeta(binding.metadata, namespaced, nameIsPathSegment)
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? {}
  const path = new Path('roleRef')
  if (apiGroup !== group) errors.push(fieldNotSupported(path.child('apiGroup'), apiGroup, [group]))
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (!kinds.includes(kind)) errors.push(fieldNotSupported(path.child('kind'), kind, kinds))
  if (name === '') errors.push(fieldRequired(path.child('name')))
  else for (const text of isPathSegmentName(name)) errors.push(fieldInvalid(path.child('name'), name, text))
  for (const [index, subject] of (binding.subjects ?? []).entries()) {
    errors.push(...validateSubject(subject, new Path('subjects').index(index)))
  }
  return errors
}

interface Subject {
  kind?: string
  apiGroup?: string
  name?: string
  namespace?: string
}

function validateSubject(subject: Subject, path: Path): FieldError[] {
  const { kind = '', apiGroup = '', name = '', namespace = '' } = subject
  const errors: FieldError[] = []
  if (name === '') errors.push(fieldRequired(path.child('name')))
  if (kind === 'ServiceAccount') {
    if (name !== '') {
      for (const text of isDns1123Subdomain(name)) errors.push(fieldInvalid(path.child('name'), name, text))
    }
    if (apiGroup !== '') errors.push(fieldNotSupported(path.child('apiGroup'), apiGroup, ['']))
    if (namespace === '') errors.push(fieldRequired(path.child('namespace')))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== group) errors.push(fieldNotSupported(path.child('apiGroup'), apiGroup, [group]))
    if (namespace !== '') errors.push(fieldForbidden(path.child('namespace'), ''))
  } else errors.push(fieldNotSupported(path.child('kind'), kind, ['ServiceAccount', 'User', 'Group']))
  return errors
}

/** The authorizer looks the role up before anything is validated, and knows two kinds. */
export function checkRoleKind(kind: string | undefined): void {
  if (kind === 'Role' || kind === 'ClusterRole') return
  throw new ApiError(500, '', `unsupported role reference kind: ${JSON.stringify(kind ?? '')}`)
}
