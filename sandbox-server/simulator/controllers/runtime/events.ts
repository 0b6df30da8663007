// Writing Events as client-go's recorders do: the classic one (tools/record) counts repetitions on one Event, lumps many
// similar messages together and throttles talkers; the newer one (tools/events, the scheduler's) keeps a series.
import type { Event } from 'kubernetes-types/core/v1'
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import type { Objects, ResourceType, Stored } from '../../api/objects.ts'
import { events } from '../../api/resources.ts'
import type { Clock } from '../../clock.ts'
import { timestamp } from './conditions.ts'
import { RecentlyUsed } from './recently-used.ts'

export interface EventSubject {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string | undefined
  readonly name: string
  readonly uid: string
  readonly resourceVersion?: string | undefined
  readonly fieldPath?: string | undefined
}

export interface EventSource {
  readonly component: string
  /** The node, for kubelets. */
  readonly host?: string | undefined
}

export interface EventRecorder {
  record(about: EventSubject, type: 'Normal' | 'Warning', reason: string, message: string): void
}

/** The reference that an event about `object` carries. `fieldPath` names a container: `spec.containers{web}`. */
export function subjectOf<T extends KubernetesObject>(
  type: ResourceType<T>,
  object: Stored<T>,
  fieldPath?: string,
): EventSubject {
  return {
    apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
    kind: type.kind,
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    uid: object.metadata.uid,
    resourceVersion: object.metadata.resourceVersion,
    fieldPath,
  }
}

/** events_cache.go: the tenth different message within ten minutes starts to be lumped together. */
const lumpAt = 10
const lumpWithin = 600_000
/** events_cache.go: 25 events about an object in a burst, then one more every five minutes. */
const burst = 25
const refill = 300_000
const cached = 256

interface Logged {
  readonly name: string
  readonly count: number
}

/** client-go's tools/record, which controllers and kubelets use. */
export function createEventRecorder(
  { objects, clock }: { objects: Objects; clock: Clock },
  source: EventSource,
): EventRecorder {
  const similar = new RecentlyUsed<{ messages: Set<string>; at: number }>(cached)
  const logged = new RecentlyUsed<Logged>(cached)
  const tokens = new RecentlyUsed<{ left: number; at: number }>(cached)

  const throttled = (key: string) => {
    const now = clock.now()
    const bucket = tokens.get(key) ?? { left: burst, at: now }
    const left = Math.min(burst, bucket.left + (now - bucket.at) / refill)
    tokens.set(key, { left: left >= 1 ? left - 1 : left, at: now })
    return left < 1
  }
  /** The message to write, and the key under which repetitions are counted. */
  const lumped = (key: string, message: string): [message: string, key: string] => {
    const now = clock.now()
    const known = similar.get(key)
    const record = known && now - known.at <= lumpWithin ? known : { messages: new Set<string>(), at: now }
    record.messages.add(message)
    record.at = now
    similar.set(key, record)
    if (record.messages.size < lumpAt) return [message, `${key} ${message}`]
    record.messages.delete([...record.messages][0] ?? message)
    return [`(combined from similar events): ${message}`, key]
  }

  return {
    record(about, type, reason, message) {
      const subjectKey = `${about.kind} ${about.namespace} ${about.name} ${about.uid}`
      const [text, key] = lumped(`${subjectKey} ${about.fieldPath} ${type} ${reason}`, message)
      if (throttled(subjectKey)) return
      const now = timestamp(clock.now())
      const namespace = about.namespace ?? 'default'
      const before = logged.get(key)
      if (before) {
        const counted = objects.mutate(events, { namespace, name: before.name }, (event) => {
          event.count = before.count + 1
          event.lastTimestamp = now
          event.message = text
        })
        if (counted) {
          logged.set(key, { name: before.name, count: before.count + 1 })
          return
        }
      }
      const name = nameFor(about, clock)
      const event: Event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: referenceOf(about),
        reason,
        message: text,
        source: { component: source.component, ...(source.host === undefined ? {} : { host: source.host }) },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        type,
        reportingComponent: source.component,
        reportingInstance: source.host ?? '',
      }
      if (write(objects, event)) logged.set(key, { name, count: 1 })
    },
  }
}

/** Repetitions within six minutes make a series (tools/events, event_broadcaster.go). */
const seriesEnds = 360_000

/** client-go's tools/events, which the scheduler uses. `action` says what was being done. */
export function createSeriesRecorder(
  { objects, clock }: { objects: Objects; clock: Clock },
  controller: string,
  instance: string,
): {
  record(
    about: EventSubject,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    message: string,
  ): void
} {
  const known = new RecentlyUsed<{ name: string; count: number; at: number }>(cached)
  return {
    record(about, type, reason, action, message) {
      const now = clock.now()
      const time = `${new Date(now).toISOString().slice(0, -1)}000Z`
      const namespace = about.namespace ?? 'default'
      const key = `${about.uid} ${type} ${reason} ${action} ${message}`
      const before = known.get(key)
      if (before && now - before.at < seriesEnds) {
        const counted = objects.mutate(events, { namespace, name: before.name }, (event) => {
          event.series = { count: before.count + 1, lastObservedTime: time }
        })
        if (counted) {
          known.set(key, { name: before.name, count: before.count + 1, at: now })
          return
        }
      }
      const name = nameFor(about, clock)
      const event: Event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: referenceOf(about),
        eventTime: time,
        reason,
        action,
        message,
        type,
        reportingComponent: controller,
        reportingInstance: instance,
      }
      if (write(objects, event)) known.set(key, { name, count: 1, at: now })
    },
  }
}

let serial = 0

/** `name.` and the time in nanoseconds, in hex. The last digits are a serial number, where Go has a finer clock. */
function nameFor(about: EventSubject, clock: Clock): string {
  serial = (serial + 1) % 1_000_000
  return `${about.name}.${(BigInt(Math.floor(clock.now())) * 1_000_000n + BigInt(serial)).toString(16)}`
}

function referenceOf(about: EventSubject): Event['involvedObject'] {
  return Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined))
}

function write(objects: Objects, event: Event): boolean {
  try {
    objects.create(events, event)
    return true
  } catch {
    // Namespaces that are being deleted take no events; upstream drops them too.
    return false
  }
}
