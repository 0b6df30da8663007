// Whether somebody may do something, by the cluster's roles and bindings (upstream plugin/pkg/auth/authorizer/rbac). Rules of aggregated
// ClusterRoles are those that stand in them: the controller that gathers them for new ones is not simulated.
import type { PolicyRule, Subject } from 'kubernetes-types/rbac/v1'
import type { Objects } from '../../api/objects.ts'
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../api/resources.ts'

export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

/** What is asked for: a resource, or a path that is none. */
export type Attributes =
  | {
      readonly verb: string
      readonly group: string
      /** With the subresource: `pods/log`. */
      readonly resource: string
      readonly namespace: string | undefined
      readonly name: string | undefined
    }
  | { readonly verb: string; readonly path: string }

/** Why it is allowed, in upstream's words; undefined where no rule allows it. */
export function allowedBy(objects: Objects, user: User, attributes: Attributes): string | undefined {
  for (const binding of objects.list(clusterRoleBindings)) {
    const subject = binding.subjects?.find((each) => isMeant(each, user, ''))
    if (!subject) continue
    const rules = objects.get(clusterRoles, { name: binding.roleRef.name })?.rules
    if (!rules?.some((rule) => covers(rule, attributes))) continue
    return `RBAC: allowed by ClusterRoleBinding "${binding.metadata.name}" of ClusterRole "${binding.roleRef.name}" to ${describe(subject)}`
  }
  const namespace = 'resource' in attributes ? attributes.namespace : undefined
  if (!namespace) return undefined
  for (const binding of objects.list(roleBindings, { namespace })) {
    const subject = binding.subjects?.find((each) => isMeant(each, user, namespace))
    if (!subject) continue
    const { kind, name } = binding.roleRef
    const role =
      kind === 'Role' ? objects.get(roles, { namespace, name }) : objects.get(clusterRoles, { name })
    if (!role?.rules?.some((rule) => covers(rule, attributes))) continue
    return `RBAC: allowed by RoleBinding "${binding.metadata.name}/${namespace}" of ${kind} "${name}" to ${describe(subject)}`
  }
  return undefined
}

function isMeant({ kind, name, namespace }: Subject, user: User, bound: string): boolean {
  if (kind === 'User') return user.name === name
  if (kind === 'Group') return user.groups.includes(name)
  return user.name === `system:serviceaccount:${namespace ?? bound}:${name}`
}

function describe({ kind, name, namespace }: Subject): string {
  return kind === 'ServiceAccount' ? `ServiceAccount "${name}/${namespace}"` : `${kind} "${name}"`
}

function covers(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false
  if ('path' in attributes) {
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? attributes.path.startsWith(url.slice(0, -1)) : attributes.path === url,
    )
  }
  const [, subresource] = attributes.resource.split('/')
  const resource =
    has(rule.resources, attributes.resource) ||
    (subresource !== undefined && (rule.resources ?? []).includes(`*/${subresource}`))
  const names = rule.resourceNames ?? []
  const name = names.length === 0 || (attributes.name !== undefined && names.includes(attributes.name))
  return has(rule.apiGroups, attributes.group) && resource && name
}

function has(list: readonly string[] | undefined, wanted: string): boolean {
  return (list ?? []).some((each) => each === '*' || each === wanted)
}
