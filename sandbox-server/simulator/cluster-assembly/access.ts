// Who may do what over the API without a network between: the administrator, and pods by their service accounts.
import { type ApiHandlerOptions, createApiHandler } from '../api/handler.ts'
import type { ObjectStore } from '../api/object-store.ts'
import { clusterRoleBindings } from '../api/resources.ts'
import type { PodCredentials } from '../node/kubelet/kubelet-parts.ts'

export interface Access {
  readonly asAdministrator: (request: Request) => Promise<Response>
  readonly asServiceAccount: (namespace: string, name: string) => PodCredentials
}

export function createAccess(options: ApiHandlerOptions): Access {
  const { store } = options
  const handle = createApiHandler(options)
  return {
    asAdministrator: handle,
    asServiceAccount: (namespace, name) => ({
      kubernetes: handle,
      // An informer's cache sees what a ClusterRole lets the account list; no binding, no cache.
      ...(isBoundToClusterRole(store, namespace, name) && { objects: store }),
    }),
  }
}

function isBoundToClusterRole(store: ObjectStore, namespace: string, name: string): boolean {
  return store
    .list(clusterRoleBindings)
    .some(({ subjects }) =>
      subjects?.some(
        (subject) =>
          subject.kind === 'ServiceAccount' && subject.name === name && subject.namespace === namespace,
      ),
    )
}
