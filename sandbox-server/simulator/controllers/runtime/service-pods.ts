// What both endpoint controllers need to know of Services and the pods behind them (k8s.io/endpointslice/utils.go).
import type { Pod, Service, ServicePort } from '../../../contract/kubernetes.ts'
import type { Objects, Stored } from '../../api/objects.ts'
import { pods, services } from '../../api/resources.ts'
import { changesOf, joinKey, keyOf, type Source } from './controller.ts'
import { matchesLabels } from './label-selector.ts'
import { isPodTerminal, podCondition } from './pod-state.ts'

/** Enqueues the Services whose selector matches a changed pod, now or before the change. */
export function servicesOfChangedPods(objects: Objects): Source {
  return changesOf(pods, (pod, event) =>
    objects
      .list(services, { namespace: pod.metadata.namespace })
      .filter(({ spec }) => {
        if (!spec?.selector) return false
        return (
          matchesLabels(spec.selector, pod.metadata.labels) ||
          (event.previous !== undefined && matchesLabels(spec.selector, event.previous.metadata.labels))
        )
      })
      .map(keyOf),
  )
}

/** Whether this controller fills the Service's endpoints at all. */
export function hasManagedEndpoints(service: Service): boolean {
  return service.spec?.type !== 'ExternalName' && service.spec?.selector !== undefined
}

export function selectedPods(objects: Objects, service: Stored<Service>): Stored<Pod>[] {
  const selector = service.spec?.selector ?? {}
  return objects
    .list(pods, { namespace: service.metadata.namespace })
    .filter((pod) => matchesLabels(selector, pod.metadata.labels))
}

/** Has an address and has not finished. */
export function canBeEndpoint(pod: Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod) || !pod.status?.podIP) return false
  return includeTerminating || !pod.metadata?.deletionTimestamp
}

/** The container port behind a Service port: a number as it is, a name looked up in the pod's containers. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  const sidecars = (pod.spec?.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  )
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    for (const { name, protocol = 'TCP', containerPort } of container.ports ?? []) {
      if (name === target && protocol === (port.protocol ?? 'TCP')) return containerPort
    }
  }
  return undefined
}

export function hasOwnHostname(pod: Stored<Pod>, service: Stored<Service>): boolean {
  return !!pod.spec?.hostname && pod.spec.subdomain === service.metadata.name
}

export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None' || !service.spec?.clusterIP
}

export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

/** When the change happened that a write of endpoints answers (upstream's TriggerTimeTracker). */
export class TriggerTimes {
  readonly #known = new Map<string, { service: string; pods: Map<string, string> }>()

  /** The earliest change since the last call for this Service, or nothing. */
  next(service: Stored<Service>, selected: readonly Stored<Pod>[]): string | undefined {
    const key = joinKey(service.metadata.namespace, service.metadata.name)
    const before = this.#known.get(key)
    const now = new Map<string, string>()
    const changes: string[] = []
    for (const pod of selected) {
      const time = podCondition(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp
      now.set(pod.metadata.name, time)
      const earlier = before?.pods.get(pod.metadata.name)
      if (earlier === undefined ? before !== undefined : earlier < time) changes.push(time)
    }
    const created = service.metadata.creationTimestamp
    if (before === undefined) changes.push(created)
    this.#known.set(key, { service: created, pods: now })
    return changes.sort()[0]
  }

  forget(key: string): void {
    this.#known.delete(key)
  }
}
