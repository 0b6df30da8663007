// ReplicaSets, DaemonSets, StatefulSets, Jobs and CronJobs, as upstream's controllers run them.
import { afterEach, describe, expect, it } from 'vitest'
import {
  cronJobs,
  daemonSets,
  jobs,
  nodes,
  pods,
  replicaSets,
  statefulSets,
} from '../../../../sandbox-server/simulator/api/resources.ts'
import { finish, labels, startWorld, template, type World } from './world.ts'

let world: World
afterEach(() => world.dispose())

const metadata = { name: 'web', namespace: 'demo' }
const key = metadata
const names = () => world.pods().map((pod) => pod.metadata.name)

describe('a ReplicaSet', () => {
  it('adopts a pod that its selector matches, and lets one go whose labels changed', async () => {
    world = await startWorld()
    world.objects.create(pods, {
      metadata: { name: 'stray', namespace: 'demo', labels },
      spec: { containers: [{ name: 'c', image: 'good' }] },
    })
    world.objects.create(replicaSets, {
      metadata,
      spec: { replicas: 2, selector: { matchLabels: labels }, template: template() },
    })
    await world.clock.advance(3_000)
    expect(names()).toHaveLength(2)
    expect(world.pods().map((pod) => pod.metadata.ownerReferences?.[0]?.name)).toEqual(['web', 'web'])
    world.objects.mutate(pods, { namespace: 'demo', name: 'stray' }, (draft) => {
      if (draft.metadata) draft.metadata.labels = { app: 'quarantine' }
    })
    await world.clock.advance(3_000)
    expect(names()).toHaveLength(3)
    const stray = world.objects.get(pods, { namespace: 'demo', name: 'stray' })
    expect(stray?.metadata.ownerReferences).toBeUndefined()
  })

  it('deletes pods that are not ready first', async () => {
    world = await startWorld({ broken: ['bad'] })
    world.objects.create(replicaSets, {
      metadata,
      spec: { replicas: 1, selector: { matchLabels: labels }, template: template('bad') },
    })
    await world.clock.advance(3_000)
    world.objects.create(pods, {
      metadata: { name: 'ready', namespace: 'demo', labels },
      spec: { containers: [{ name: 'c', image: 'good' }] },
    })
    await world.clock.advance(3_000)
    expect(names()).toEqual(expect.arrayContaining([expect.stringMatching(/^web-/)]))
    world.objects.mutate(replicaSets, key, (draft) => Object.assign(draft.spec ?? {}, { replicas: 2 }))
    await world.clock.advance(3_000)
    world.objects.mutate(replicaSets, key, (draft) => Object.assign(draft.spec ?? {}, { replicas: 0 }))
    await world.clock.advance(3_000)
    expect(names()).toEqual([])
  })
})

describe('a DaemonSet', () => {
  it('has a pod on every node, also on those that come later or are cordoned', async () => {
    world = await startWorld({ nodes: 2 })
    world.objects.create(daemonSets, {
      metadata,
      spec: { selector: { matchLabels: labels }, template: template() },
    })
    await world.clock.advance(3_000)
    world.objects.create(nodes, {
      metadata: { name: 'node3', labels: { 'kubernetes.io/hostname': 'node3' } },
      spec: { unschedulable: true },
    })
    world.objects.mutate(
      nodes,
      { name: 'node3' },
      (draft) => {
        const allocatable = { cpu: '4', memory: '8Gi', pods: '110' }
        Object.assign(draft, { status: { allocatable, conditions: [{ type: 'Ready', status: 'True' }] } })
      },
      { subresource: 'status' },
    )
    await world.clock.advance(3_000)
    expect(
      world
        .pods()
        .map(({ spec }) => spec?.nodeName)
        .sort(),
    ).toEqual(['node1', 'node2', 'node3'])
    expect(world.objects.get(daemonSets, key)?.status).toMatchObject({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberReady: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
      numberMisscheduled: 0,
    })
  })

  it('replaces its pods one node after the other', async () => {
    world = await startWorld({ nodes: 3 })
    world.objects.create(daemonSets, {
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: template(),
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      },
    })
    await world.clock.advance(3_000)
    world.objects.mutate(daemonSets, key, (draft) =>
      Object.assign(draft.spec ?? {}, { template: template('better') }),
    )
    let fewest = 3
    const stop = world.objects.watch(pods, () => {
      fewest = Math.min(fewest, world.pods().filter(({ status }) => status?.phase === 'Running').length)
    })
    await world.clock.advance(20_000)
    stop()
    expect(fewest).toBe(2)
    expect(world.pods().map(({ spec }) => spec?.containers[0]?.image)).toEqual(['better', 'better', 'better'])
  })
})

describe('a StatefulSet', () => {
  const set = (replicas: number) =>
    world.objects.create(statefulSets, {
      metadata: { name: 'db', namespace: 'demo' },
      spec: { serviceName: 'db', replicas, selector: { matchLabels: labels }, template: template() },
    })

  it('makes its pods in order, each after the one before is ready', async () => {
    world = await startWorld()
    set(3)
    const seen: string[] = []
    const stop = world.objects.watch(pods, ({ type, object }) => {
      if (type === 'ADDED')
        seen.push(
          `${object.metadata.name} after ${world.pods().filter(({ status }) => status?.phase === 'Running').length}`,
        )
    })
    await world.clock.advance(10_000)
    stop()
    expect(seen).toEqual(['db-0 after 0', 'db-1 after 1', 'db-2 after 2'])
    const first = world.objects.get(pods, { namespace: 'demo', name: 'db-0' })
    expect([first?.spec?.hostname, first?.spec?.subdomain]).toEqual(['db-0', 'db'])
  })

  it('rolls from the last to the first, and scales down from the end', async () => {
    world = await startWorld()
    set(3)
    await world.clock.advance(10_000)
    const deleted: string[] = []
    const stop = world.objects.watch(pods, ({ type, object }) => {
      if (type === 'DELETED') deleted.push(object.metadata.name)
    })
    world.objects.mutate(statefulSets, { namespace: 'demo', name: 'db' }, (draft) =>
      Object.assign(draft.spec ?? {}, { template: template('better') }),
    )
    await world.clock.advance(20_000)
    expect(deleted).toEqual(['db-2', 'db-1', 'db-0'])
    world.objects.mutate(statefulSets, { namespace: 'demo', name: 'db' }, (draft) =>
      Object.assign(draft.spec ?? {}, { replicas: 1 }),
    )
    await world.clock.advance(10_000)
    stop()
    expect(names()).toEqual(['db-0'])
  })
})

describe('a Job', () => {
  const job = (spec: object = {}) =>
    world.objects.create(jobs, {
      metadata,
      spec: {
        completions: 1,
        parallelism: 1,
        selector: { matchLabels: labels },
        template: template('good', { restartPolicy: 'Never' }),
        ...spec,
      },
    })
  const ended = () =>
    world.objects.get(jobs, key)?.status?.conditions?.map(({ type, reason }) => `${type} ${reason}`)

  it('is complete when enough of its pods succeeded', async () => {
    world = await startWorld()
    job({ completions: 2 })
    for (let round = 0; round < 2; round++) {
      await world.clock.advance(3_000)
      const running = world.pods().find(({ status }) => status?.phase === 'Running')
      if (running) finish(world, running, 'Succeeded')
    }
    await world.clock.advance(1_000)
    expect(ended()).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached'])
    expect(world.objects.get(jobs, key)?.status?.succeeded).toBe(2)
    expect(world.eventsOf('web').at(-1)).toEqual(['Completed', 'Job completed'])
  })

  it('waits longer after every failure and gives up at its limit', async () => {
    world = await startWorld()
    job({ backoffLimit: 1 })
    const fail = () => {
      const running = world.pods().find(({ status }) => status?.phase === 'Running')
      if (running) finish(world, running, 'Failed')
    }
    await world.clock.advance(3_000)
    fail()
    await world.clock.advance(9_000)
    expect(names()).toHaveLength(1)
    await world.clock.advance(4_000)
    expect(names()).toHaveLength(2)
    fail()
    await world.clock.advance(1_000)
    expect(ended()).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded'])
  })
})

describe('a CronJob', () => {
  it('starts a Job when its minute comes', async () => {
    world = await startWorld()
    world.objects.create(cronJobs, {
      metadata: { name: 'tick', namespace: 'demo' },
      spec: {
        schedule: '*/5 * * * *',
        concurrencyPolicy: 'Allow',
        suspend: false,
        jobTemplate: {
          spec: {
            completions: 1,
            parallelism: 1,
            selector: { matchLabels: labels },
            template: template('good', { restartPolicy: 'Never' }),
          },
        },
      },
    })
    await world.clock.advance(301_000)
    const minutes = Math.floor(Date.parse('2026-11-24T12:05:00Z') / 60_000)
    expect(world.objects.list(jobs, { namespace: 'demo' }).map((job) => job.metadata.name)).toEqual([
      `tick-${minutes}`,
    ])
    expect(world.objects.get(cronJobs, { namespace: 'demo', name: 'tick' })?.status?.lastScheduleTime).toBe(
      '2026-11-24T12:05:00Z',
    )
    expect(world.eventsOf('tick')).toEqual([['SuccessfulCreate', `Created job tick-${minutes}`]])
  })
})
