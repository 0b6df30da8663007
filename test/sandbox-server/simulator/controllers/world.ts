// A store with every control loop and kubelets that only pretend: pods that have a node turn ready after a moment and leave a moment
// after they were deleted. What the tests of controllers stand on.

import type { Pod } from '../../../../sandbox-server/contract/kubernetes.ts'
import { createObjectStore, type ObjectStore } from '../../../../sandbox-server/simulator/api/object-store.ts'
import type { Stored } from '../../../../sandbox-server/simulator/api/objects.ts'
import { events, namespaces, nodes, pods } from '../../../../sandbox-server/simulator/api/resources.ts'
import { SimulatedClock } from '../../../../sandbox-server/simulator/clock.ts'
import { controllers } from '../../../../sandbox-server/simulator/controllers/index.ts'
import { timestamp } from '../../../../sandbox-server/simulator/controllers/runtime/conditions.ts'
import { seededRandom } from '../../../../sandbox-server/simulator/random.ts'

export interface World {
  readonly clock: SimulatedClock
  readonly objects: ObjectStore
  /** Pods of namespace demo that are not going, by name. */
  pods(): readonly Stored<Pod>[]
  /** Reason and message of events about an object, in order. */
  eventsOf(name: string): [reason: string | undefined, message: string | undefined][]
  dispose(): void
}

export interface WorldOptions {
  readonly nodes?: number
  /** Images that never become ready. */
  readonly broken?: readonly string[]
}

const noon = Date.parse('2026-11-24T12:00:00Z')

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = new SimulatedClock(noon)
  const random = seededRandom(1)
  const objects = createObjectStore({ clock, random })
  objects.create(namespaces, { metadata: { name: 'demo' }, spec: { finalizers: ['kubernetes'] } })
  for (let index = 1; index <= (options.nodes ?? 2); index++) {
    const name = `node${index}`
    objects.create(nodes, { metadata: { name, labels: { 'kubernetes.io/hostname': name } } })
    objects.mutate(
      nodes,
      { name },
      (draft) => {
        const allocatable = { cpu: '4', memory: '8Gi', pods: '110' }
        Object.assign(draft, { status: { allocatable, conditions: [{ type: 'Ready', status: 'True' }] } })
      },
      { subresource: 'status' },
    )
  }
  const context = { objects, clock, random }
  const stops = controllers.map((controller) => controller.start(context))
  stops.push(pretendKubelets(objects, clock, options.broken ?? []))
  await clock.advance(100)
  return {
    clock,
    objects,
    pods: () =>
      objects.list(pods, { namespace: 'demo' }).filter(({ metadata }) => !metadata.deletionTimestamp),
    eventsOf: (name) =>
      objects
        .list(events, { namespace: 'demo' })
        .filter(({ involvedObject }) => involvedObject.name === name)
        .sort((a, b) => (Number(a.metadata.resourceVersion) < Number(b.metadata.resourceVersion) ? -1 : 1))
        .map(({ reason, message }) => [reason, message]),
    dispose() {
      for (const stop of stops) stop()
      clock.dispose()
    },
  }
}

let address = 1

function pretendKubelets(objects: ObjectStore, clock: SimulatedClock, broken: readonly string[]): () => void {
  const started = new Set<string>()
  return objects.watch(pods, ({ type, object }) => {
    const { metadata, spec, status } = object
    if (type === 'DELETED' || !spec?.nodeName) return
    if (metadata.deletionTimestamp) {
      clock.after(1_000, () => {
        if (objects.get(pods, metadata)?.metadata.uid !== metadata.uid) return
        objects.delete(pods, metadata, { gracePeriodSeconds: 0 })
      })
      return
    }
    if (started.has(metadata.uid) || status?.podIP) return
    started.add(metadata.uid)
    const ready = !spec.containers.some(({ image }) => broken.includes(image ?? ''))
    clock.after(500, () => {
      objects.mutate(pods, metadata, (draft) => pretend(draft, ready, clock.now()), { subresource: 'status' })
    })
  })
}

function pretend(pod: Pod, ready: boolean, now: number): void {
  const podIP = `10.244.0.${address++}`
  const value = ready ? 'True' : 'False'
  const conditions = [{ type: 'Ready', status: value, lastTransitionTime: timestamp(now) }]
  Object.assign(pod, {
    status: {
      ...pod.status,
      phase: ready ? 'Running' : 'Pending',
      podIP,
      podIPs: [{ ip: podIP }],
      conditions,
    },
  })
}

/** A finished pod, as the kubelet would report it. */
export function finish(world: World, pod: Stored<Pod>, phase: 'Succeeded' | 'Failed'): void {
  world.objects.mutate(
    pods,
    pod.metadata,
    (draft) => {
      const finishedAt = timestamp(world.clock.now())
      const exitCode = phase === 'Failed' ? 1 : 0
      const state = { terminated: { exitCode, finishedAt } }
      const containerStatuses = [{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state }]
      Object.assign(draft, { status: { ...draft.status, phase, conditions: [], containerStatuses } })
    },
    { subresource: 'status' },
  )
}

export const labels = { app: 'web' }

/** A pod template with one container. */
export function template(image = 'good', more: object = {}) {
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'c', image }], terminationGracePeriodSeconds: 30, ...more },
  }
}
