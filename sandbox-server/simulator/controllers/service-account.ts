// Gives every namespace its default ServiceAccount and the ConfigMap with the cluster's certificate authority
// (upstream pkg/controller/serviceaccount and pkg/controller/certificates/rootcacertpublisher).
import type { ConfigMap } from '../../contract/kubernetes.ts'
import { configMaps, namespaces, serviceAccounts } from '../api/resources.ts'
import { isNamespaceTerminating, isRefusal } from './runtime/api-refusal.ts'
import { changesOf, createController, every } from './runtime/controller.ts'

const rootCertificate = 'kube-root-ca.crt'

export const serviceAccountController = createController('serviceaccount-controller', ({ objects }) => {
  const create = (write: () => void) => {
    try {
      write()
    } catch (error) {
      if (!isRefusal(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
    }
  }
  return {
    sources: [
      every(namespaces),
      changesOf(serviceAccounts, ({ metadata }, { type }) =>
        type === 'DELETED' && metadata.name === 'default' && metadata.namespace ? [metadata.namespace] : [],
      ),
      changesOf(configMaps, ({ metadata }, { type }) => {
        if (metadata.name === 'extension-apiserver-authentication' && metadata.namespace === 'kube-system') {
          return objects.list(namespaces).map(({ metadata: { name } }) => name)
        }
        return type !== 'ADDED' && metadata.name === rootCertificate && metadata.namespace
          ? [metadata.namespace]
          : []
      }),
    ],
    reconcile(namespace) {
      const { metadata, status } = objects.get(namespaces, { name: namespace }) ?? {}
      if (!metadata || metadata.deletionTimestamp || status?.phase === 'Terminating') return undefined
      if (!objects.get(serviceAccounts, { namespace, name: 'default' })) {
        create(() =>
          objects.create(serviceAccounts, {
            apiVersion: 'v1',
            kind: 'ServiceAccount',
            metadata: { name: 'default', namespace },
          }),
        )
      }
      const authority = objects.get(configMaps, {
        namespace: 'kube-system',
        name: 'extension-apiserver-authentication',
      })?.data?.['client-ca-file']
      if (authority === undefined) return undefined
      const current = objects.get(configMaps, { namespace, name: rootCertificate })
      if (!current) create(() => objects.create(configMaps, certificateIn(namespace, authority)))
      else if (current.data?.['ca.crt'] !== authority) {
        objects.mutate(configMaps, current.metadata, (draft) => {
          draft.data = { 'ca.crt': authority }
        })
      }
      return undefined
    },
  }
})

function certificateIn(namespace: string, authority: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: rootCertificate,
      namespace,
      annotations: {
        'kubernetes.io/description':
          'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
      },
    },
    data: { 'ca.crt': authority },
  }
}
