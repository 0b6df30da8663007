// Forgets Events an hour after they were last written, as kube-apiserver's --event-ttl does through etcd's leases.
import { events } from '../api/resources.ts'
import { isRefusal } from './runtime/api-refusal.ts'
import { createController, every, splitKey } from './runtime/controller.ts'

const lifetime = 3_600_000

export const eventTtlController = createController('event-ttl', ({ objects, clock }) => ({
  sources: [every(events)],
  reconcile(key) {
    const event = objects.get(events, splitKey(key))
    if (!event) return undefined
    const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.metadata.creationTimestamp
    const left = Date.parse(last ?? event.metadata.creationTimestamp) + lifetime - clock.now()
    if (left > 0) return left
    try {
      objects.delete(events, event.metadata)
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error
    }
    return undefined
  },
}))
