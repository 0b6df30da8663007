// A pod without a service account runs as its namespace's default one, and gets its token mounted.
// Source: plugin/pkg/admission/serviceaccount/admission.go.
import type { Pod } from '../../../contract/kubernetes.ts'
import { forbidden } from '../api-error.ts'
import { fillUnset, type Item, itemsAt } from '../defaults/fill.ts'
import { pods, serviceAccounts } from '../resources.ts'
import type { StrategyContext } from '../strategy.ts'

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const mirrorAnnotation = 'kubernetes.io/config.mirror'

export function admitServiceAccount(pod: Pod, { objects, random }: StrategyContext): void {
  const { metadata } = pod
  const spec = pod.spec as unknown as Item | undefined
  if (!spec || !metadata || metadata.annotations?.[mirrorAnnotation] !== undefined) return
  if (!spec.serviceAccountName)
    Object.assign(spec, { serviceAccountName: 'default', serviceAccount: 'default' })
  const name = String(spec.serviceAccountName)
  const account = objects.get(serviceAccounts, { namespace: metadata.namespace, name })
  if (!account) {
    const why = `error looking up service account ${metadata.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`
    throw forbidden(pods, metadata.name ?? metadata.generateName ?? '', why)
  }
  if (account.imagePullSecrets?.length && !itemsAt(spec, 'imagePullSecrets').length) {
    spec.imagePullSecrets = account.imagePullSecrets
  }
  const automount = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
  if (automount) mountToken(spec, () => `kube-api-access-${random.suffix(5)}`)
}

function mountToken(spec: Item, makeName: () => string): void {
  const existing = itemsAt(spec, 'volumes').find((one) => String(one.name).startsWith('kube-api-access-'))
  const name = existing ? String(existing.name) : makeName()
  let needed = false
  for (const list of ['initContainers', 'containers']) {
    for (const container of itemsAt(spec, list)) {
      const mounts = itemsAt(container, 'volumeMounts')
      if (mounts.some((mount) => mount.mountPath === mountPath)) continue
      container.volumeMounts = [...mounts, { name, mountPath, readOnly: true }]
      needed = true
    }
  }
  if (needed && !existing) spec.volumes = [...itemsAt(spec, 'volumes'), tokenVolume(name)]
}

function tokenVolume(name: string): Item {
  const sources = [
    // A little over an hour, so that its age tells a bound token from an old one.
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ]
  const projected = { sources }
  fillUnset(projected, { defaultMode: 0o644 })
  return { name, projected }
}
