// Namespaces, accounts, taints, budgets and events.
import { afterEach, describe, expect, it } from 'vitest'
import {
  configMaps,
  events,
  namespaces,
  nodes,
  podDisruptionBudgets,
  pods,
  replicaSets,
  serviceAccounts,
} from '../../../../sandbox-server/simulator/api/resources.ts'
import { nextRun } from '../../../../sandbox-server/simulator/controllers/cron-job/schedule.ts'
import { createEventRecorder } from '../../../../sandbox-server/simulator/controllers/runtime/events.ts'
import { labels, startWorld, template, type World } from './world.ts'

let world: World
afterEach(() => world?.dispose())

describe('a namespace', () => {
  it('has a default account, and goes with everything in it', async () => {
    world = await startWorld()
    expect(world.objects.get(serviceAccounts, { namespace: 'demo', name: 'default' })).toBeDefined()
    world.objects.create(configMaps, { metadata: { name: 'c', namespace: 'demo' } })
    world.objects.create(replicaSets, {
      metadata: { name: 'web', namespace: 'demo' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template: template() },
    })
    await world.clock.advance(3_000)
    world.objects.delete(namespaces, { name: 'demo' })
    await world.clock.advance(10_000)
    expect(world.objects.get(namespaces, { name: 'demo' })).toBeUndefined()
    expect(world.objects.list(pods)).toEqual([])
  })

  it('says what holds it up', async () => {
    world = await startWorld()
    world.objects.create(configMaps, {
      metadata: { name: 'held', namespace: 'demo', finalizers: ['example.com/hold'] },
    })
    world.objects.delete(namespaces, { name: 'demo' })
    await world.clock.advance(7_000)
    const telling = () =>
      world.objects
        .get(namespaces, { name: 'demo' })
        ?.status?.conditions?.filter(({ status }) => status === 'True')
        .map(({ type, message }) => `${type}: ${message}`)
    expect(telling()).toEqual([
      'NamespaceContentRemaining: Some resources are remaining: configmaps. has 1 resource instances',
      'NamespaceFinalizersRemaining: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ])
    world.objects.mutate(configMaps, { namespace: 'demo', name: 'held' }, (draft) => {
      if (draft.metadata) draft.metadata.finalizers = []
    })
    await world.clock.advance(5_000)
    expect(telling()).toBeUndefined()
  })
})

describe('a node that is not ready', () => {
  it('is tainted, and loses the pods that do not tolerate it', async () => {
    world = await startWorld()
    world.objects.create(pods, {
      metadata: { name: 'a', namespace: 'demo' },
      spec: {
        nodeName: 'node1',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'c', image: 'good' }],
        tolerations: [
          {
            key: 'node.kubernetes.io/not-ready',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: 60,
          },
        ],
      },
    })
    await world.clock.advance(2_000)
    world.objects.mutate(
      nodes,
      { name: 'node1' },
      (draft) => Object.assign(draft.status ?? {}, { conditions: [{ type: 'Ready', status: 'False' }] }),
      { subresource: 'status' },
    )
    await world.clock.advance(50_000)
    expect(
      world.objects.get(nodes, { name: 'node1' })?.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`),
    ).toEqual(['node.kubernetes.io/not-ready:NoSchedule', 'node.kubernetes.io/not-ready:NoExecute'])
    expect(world.pods().map(({ metadata }) => metadata.name)).toEqual(['a'])
    await world.clock.advance(12_000)
    expect(world.pods()).toEqual([])
    expect(world.eventsOf('a').at(-1)).toEqual(['TaintManagerEviction', 'Marking for deletion Pod demo/a'])
  })
})

describe('a PodDisruptionBudget', () => {
  it('allows as many disruptions as there are pods to spare', async () => {
    world = await startWorld()
    world.objects.create(replicaSets, {
      metadata: { name: 'web', namespace: 'demo' },
      spec: { replicas: 3, selector: { matchLabels: labels }, template: template() },
    })
    world.objects.create(podDisruptionBudgets, {
      metadata: { name: 'guard', namespace: 'demo' },
      spec: { minAvailable: 2, selector: { matchLabels: labels } },
    })
    await world.clock.advance(3_000)
    expect(
      world.objects.get(podDisruptionBudgets, { namespace: 'demo', name: 'guard' })?.status,
    ).toMatchObject({
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
      expectedPods: 3,
    })
  })
})

describe('the event recorder', () => {
  it('counts repetitions on one Event, and lumps many messages of one kind together', async () => {
    world = await startWorld()
    const recorder = createEventRecorder(world, { component: 'test' })
    const about = { apiVersion: 'v1', kind: 'Pod', namespace: 'demo', name: 'a', uid: 'u' }
    for (let index = 0; index < 3; index++) {
      recorder.record(about, 'Warning', 'BackOff', 'Back-off restarting failed container')
      await world.clock.advance(1_000)
    }
    for (let index = 0; index < 12; index++) recorder.record(about, 'Normal', 'Many', `message ${index}`)
    const written = world.objects
      .list(events, { namespace: 'demo' })
      .filter(({ involvedObject }) => involvedObject.name === 'a')
      .map(({ reason, message, count }) => `${reason} ${message} x${count}`)
      .sort()
    expect(written[0]).toBe('BackOff Back-off restarting failed container x3')
    expect(written.slice(1)).toEqual([
      'Many (combined from similar events): message 11 x3',
      ...Array.from({ length: 9 }, (_, index) => `Many message ${index} x1`),
    ])
  })

  it('lets an Event go after an hour', async () => {
    world = await startWorld()
    createEventRecorder(world, { component: 'test' }).record(
      { apiVersion: 'v1', kind: 'Pod', namespace: 'demo', name: 'a', uid: 'u' },
      'Normal',
      'Once',
      'said',
    )
    await world.clock.advance(3_590_000)
    expect(world.eventsOf('a')).toEqual([['Once', 'said']])
    await world.clock.advance(20_000)
    expect(world.eventsOf('a')).toEqual([])
  })
})

describe('a cron schedule', () => {
  it.each([
    ['*/15 * * * *', '2026-11-24T12:07:30Z', '2026-11-24T12:15:00Z'],
    ['30 4 1,15 * 5', '2026-11-24T12:00:00Z', '2026-11-27T04:30:00Z'],
    ['0 0 29 2 *', '2026-11-24T12:00:00Z', '2028-02-29T00:00:00Z'],
    ['@hourly', '2026-11-24T12:00:00Z', '2026-11-24T13:00:00Z'],
    ['@every 90s', '2026-11-24T12:00:00Z', '2026-11-24T12:01:30Z'],
    ['0 9 * jan-mar mon', '2026-11-24T12:00:00Z', '2027-01-04T09:00:00Z'],
  ])('%s comes after %s at %s', (schedule, after, next) => {
    expect(nextRun(schedule, Date.parse(after))).toBe(Date.parse(next))
  })
})
