// Who sends a request: the administrator, a pod's service account, or whom the administrator impersonates (upstream
// apiserver/pkg/endpoints/filters/impersonation.go).
import type { User } from './rbac.ts'

export const administrator: User = {
  name: 'kubernetes-admin',
  groups: ['kubeadm:cluster-admins', 'system:authenticated'],
}

export function serviceAccount(namespace: string, name: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

/** Impersonate-User and Impersonate-Group; undefined where the request names nobody. */
export function impersonated(request: Request): User | undefined {
  const name = request.headers.get('impersonate-user')
  if (!name) return undefined
  const groups = (request.headers.get('impersonate-group') ?? '')
    .split(/,\s*/)
    .filter((group) => group !== '')
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  if (account && groups.length === 0) return serviceAccount(account[1] ?? '', account[2] ?? '')
  return { name, groups: [...new Set([...groups, 'system:authenticated'])] }
}
