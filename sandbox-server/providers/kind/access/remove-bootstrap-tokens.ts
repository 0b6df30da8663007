// Removes kubeadm's token once all nodes have joined. With it anybody who reaches the API server makes themselves a node, and
// kind's is the same in every cluster: abcdef.0123456789abcdef (kind, pkg/cluster/internal/kubeadm/const.go).
import { AppError } from '../../../contract/errors.ts'

const path = '/api/v1/namespaces/kube-system/secrets?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken'

/** `kubernetes` speaks as an administrator. Throws AppError PROVIDER_FAILED. */
export async function removeBootstrapTokens(
  kubernetes: (request: Request) => Promise<Response>,
): Promise<void> {
  const response = await kubernetes(new Request(`http://cluster${path}`, { method: 'DELETE' }))
  const text = await response.text()
  if (response.ok) return
  throw new AppError(
    'PROVIDER_FAILED',
    `The token with which nodes join was not removed: ${text.slice(0, 500)}`,
    {
      hint: 'Start the cluster again.',
    },
  )
}
