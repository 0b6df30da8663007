// When an object of the Kubernetes API counts as ready, and what keeps it from it. The same for every provider.
import type {
  DaemonSet,
  Deployment,
  KubernetesObject,
  Node,
  Pod,
  StatefulSet,
} from '../contract/kubernetes.ts'

export interface WantedObject {
  readonly namespace: string
  /** As kubectl takes it, singular or plural: `deployment`. */
  readonly kind: string
  readonly name: string
}

/** `kind/name` or `namespace/kind/name`. Throws where it is neither. */
export function parseWaitFor(wanted: string, defaultNamespace: string): WantedObject {
  const parts = wanted.split('/')
  const [namespace = '', kind = '', name = ''] = parts.length === 3 ? parts : [defaultNamespace, ...parts]
  if (parts.length < 2 || parts.length > 3 || kind === '' || name === '')
    throw new Error(`waitFor: ${wanted} is neither kind/name nor namespace/kind/name`)
  return { namespace, kind, name }
}

/** Why it is not ready yet, in a few words; undefined where it is. Kinds that know no readiness are ready once they exist. */
export function whyNotReady(kind: string, object: KubernetesObject | undefined): string | undefined {
  if (!object) return 'does not exist yet'
  switch (kind) {
    case 'Pod':
    case 'Node':
      return whyNotTrue('Ready', object)
    case 'CustomResourceDefinition':
      return whyNotTrue('Established', object)
    case 'Deployment': {
      const { spec, status, metadata } = object as Deployment
      const wanted = spec?.replicas ?? 1
      if (status?.observedGeneration !== metadata?.generation) return 'has not been looked at yet'
      if ((status?.updatedReplicas ?? 0) !== wanted)
        return `${status?.updatedReplicas ?? 0} of ${wanted} pods are up to date`
      if ((status?.replicas ?? 0) !== wanted)
        return `there are ${status?.replicas} pods in place of ${wanted}`
      return whyNotAll(status?.availableReplicas, wanted)
    }
    case 'StatefulSet': {
      const { spec, status, metadata } = object as StatefulSet
      if (status?.observedGeneration !== metadata?.generation) return 'has not been looked at yet'
      return whyNotAll(status?.readyReplicas, spec?.replicas ?? 1)
    }
    case 'DaemonSet': {
      const { status, metadata } = object as DaemonSet
      if (status?.observedGeneration !== metadata?.generation) return 'has not been looked at yet'
      const wanted = status?.desiredNumberScheduled ?? 0
      if ((status?.updatedNumberScheduled ?? 0) !== wanted)
        return `${status?.updatedNumberScheduled ?? 0} of ${wanted} pods are up to date`
      return whyNotAll(status?.numberAvailable, wanted)
    }
    default:
      return undefined
  }
}

function whyNotAll(available: number | undefined, wanted: number): string | undefined {
  return (available ?? 0) === wanted ? undefined : `${available ?? 0} of ${wanted} pods are available`
}

function whyNotTrue(type: string, object: KubernetesObject): string | undefined {
  const conditions = (object as Pod | Node).status?.conditions ?? []
  const condition = conditions.find((one) => one.type === type)
  if (condition?.status === 'True') return undefined
  return condition?.message || condition?.reason || `is not ${type} yet`
}
