// The API without a network between: for the administrator, and for pods by their service accounts.
import { type ApiHandler, type ApiHandlerOptions, createApiHandler } from '../api/handler.ts'
import type { PodCredentials } from '../node/kubelet/kubelet-parts.ts'
import { authorized } from './authorization/authorize.ts'
import { administrator, serviceAccount } from './authorization/identity.ts'
import { allowedBy } from './authorization/rbac.ts'

export interface Access {
  readonly asAdministrator: ApiHandler
  readonly asServiceAccount: (namespace: string, name: string) => PodCredentials
}

export function createAccess(options: ApiHandlerOptions): Access {
  const { store } = options
  const handle = createApiHandler(options)
  return {
    asAdministrator: authorized(store, handle, administrator),
    asServiceAccount(namespace, name) {
      const user = serviceAccount(namespace, name)
      return {
        kubernetes: authorized(store, handle, user),
        // An informer's cache: for those that may list something in every namespace.
        ...(mayWatch(store, user) && { objects: store }),
      }
    },
  }
}

const watched = [
  { group: '', resource: 'services' },
  { group: '', resource: 'nodes' },
  { group: '', resource: 'pods' },
  { group: 'networking.k8s.io', resource: 'ingresses' },
]

function mayWatch(store: ApiHandlerOptions['store'], user: ReturnType<typeof serviceAccount>): boolean {
  return watched.some(
    (attributes) =>
      allowedBy(store, user, { ...attributes, verb: 'list', namespace: undefined, name: undefined }) !==
      undefined,
  )
}
