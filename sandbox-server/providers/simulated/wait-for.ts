// Whether what an exercise waits for is there: `pod/client`, `deployment/web`, `traefik/deployment/traefik`, `node/fairlead-worker`.
import type { DaemonSet, Deployment, KubernetesObject, Node, Pod } from '../../contract/kubernetes.ts'
import type { Objects } from '../../simulator/api/objects.ts'
import { resourceTypes } from '../../simulator/api/resources.ts'

/** Throws where `wanted` names a kind that no cluster has. */
export function isThere(objects: Objects, wanted: string, defaultNamespace: string): boolean {
  const parts = wanted.split('/')
  const [namespace, kind, name] = parts.length === 3 ? parts : [defaultNamespace, ...parts]
  const type = resourceTypes.find((candidate) => candidate.singular === kind || candidate.plural === kind)
  if (!type || name === undefined)
    throw new Error(`waitFor: ${wanted} is neither kind/name nor namespace/kind/name`)
  const object: KubernetesObject | undefined = objects.get(type, {
    name,
    ...(type.namespaced ? { namespace } : {}),
  })
  return object !== undefined && isReady(type.kind, object)
}

function isReady(kind: string, object: KubernetesObject): boolean {
  switch (kind) {
    case 'Pod':
    case 'Node': {
      const conditions = (object as Pod | Node).status?.conditions ?? []
      return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
    }
    case 'Deployment': {
      const { spec, status, metadata } = object as Deployment
      const wanted = spec?.replicas ?? 1
      return (
        status?.observedGeneration === metadata?.generation &&
        (status?.availableReplicas ?? 0) === wanted &&
        (status?.updatedReplicas ?? 0) === wanted &&
        (status?.replicas ?? 0) === wanted
      )
    }
    case 'DaemonSet': {
      const { status } = object as DaemonSet
      return status !== undefined && status.numberAvailable === status.desiredNumberScheduled
    }
    default:
      return true
  }
}
