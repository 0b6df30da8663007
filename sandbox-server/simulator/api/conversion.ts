// Versions of one resource: how an object in storage looks to a client that asks for another version of it.
// Source: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/events/v1/conversion.go.
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import type { ResourceType } from './objects.ts'
import { apiVersionOf, events, horizontalPodAutoscalers } from './resources.ts'

type Item = Record<string, unknown>

/** The type in which a resource's objects are kept. */
export function storageType(type: ResourceType): ResourceType {
  if (type.group === 'autoscaling') return horizontalPodAutoscalers as ResourceType
  return type.group === 'events.k8s.io' ? (events as ResourceType) : type
}

export function fromStorage(object: KubernetesObject, type: ResourceType): KubernetesObject {
  const stored = storageType(type)
  if (stored === type || object.apiVersion === apiVersionOf(type)) return object
  const base = { ...object, apiVersion: apiVersionOf(type), kind: type.kind } as Item & KubernetesObject
  if (stored.plural === 'horizontalpodautoscalers') return autoscalerToV1(base)
  if (stored.plural === 'events') return eventToNew(base)
  return base
}

export function toStorage(object: KubernetesObject, type: ResourceType): KubernetesObject {
  const stored = storageType(type)
  if (stored === type) return object
  const base = { ...object, apiVersion: apiVersionOf(stored), kind: stored.kind } as Item & KubernetesObject
  if (stored.plural === 'horizontalpodautoscalers') return autoscalerFromV1(base)
  if (stored.plural === 'events') return eventToCore(base)
  return base
}

interface CpuMetric {
  type?: string
  resource?: {
    name?: string
    target?: { averageUtilization?: number }
    current?: { averageUtilization?: number }
  }
}

function autoscalerToV1(object: Item & KubernetesObject): KubernetesObject {
  const { metrics, behavior: _, ...spec } = (object.spec ?? {}) as Item & { metrics?: CpuMetric[] }
  const {
    currentMetrics,
    conditions: __,
    ...status
  } = (object.status ?? {}) as Item & { currentMetrics?: CpuMetric[] }
  const isCpu = (metric: CpuMetric) => metric.type === 'Resource' && metric.resource?.name === 'cpu'
  const target = metrics?.find(isCpu)?.resource?.target?.averageUtilization
  const current = currentMetrics?.find(isCpu)?.resource?.current?.averageUtilization
  return {
    ...object,
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: { ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) },
  } as KubernetesObject
}

function autoscalerFromV1(object: Item & KubernetesObject): KubernetesObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = (object.spec ?? {}) as Item
  const metrics =
    target === undefined
      ? undefined
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } },
          },
        ]
  return { ...object, spec: { ...spec, ...(metrics ? { metrics } : {}) } } as KubernetesObject
}

function eventToNew(object: Item & KubernetesObject): KubernetesObject {
  const {
    involvedObject,
    message,
    source,
    firstTimestamp,
    lastTimestamp,
    count,
    reportingComponent,
    ...rest
  } = object
  return {
    ...rest,
    eventTime: object.eventTime ?? null,
    regarding: involvedObject,
    note: message,
    deprecatedSource: source ?? {},
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    ...(count === undefined ? {} : { deprecatedCount: count }),
    ...(reportingComponent ? { reportingController: reportingComponent } : {}),
  } as KubernetesObject
}

function eventToCore(object: Item & KubernetesObject): KubernetesObject {
  const {
    regarding,
    note,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    reportingController,
    ...rest
  } = object
  const given = {
    involvedObject: regarding ?? {},
    message: note,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
    reportingComponent: reportingController,
  }
  const present = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
  )
  return { ...rest, ...present } as KubernetesObject
}
