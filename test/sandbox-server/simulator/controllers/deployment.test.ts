// Rollouts, as upstream's pkg/controller/deployment carries them out.
import { afterEach, describe, expect, it } from 'vitest'
import { deployments, pods, replicaSets } from '../../../../sandbox-server/simulator/api/resources.ts'
import { labels, startWorld, template, type World } from './world.ts'

let world: World
afterEach(() => world.dispose())

function deploy(replicas: number, more: object = {}): void {
  world.objects.create(deployments, {
    metadata: { name: 'web', namespace: 'demo' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: template(),
      ...more,
    },
  })
}

const key = { namespace: 'demo', name: 'web' }
const deployment = () => world.objects.get(deployments, key)
const sizes = () =>
  world.objects
    .list(replicaSets, { namespace: 'demo' })
    .map(({ metadata, spec }) => [
      metadata.annotations?.['deployment.kubernetes.io/revision'],
      spec?.template?.spec?.containers[0]?.image,
      spec?.replicas,
    ])
    .sort()
const setImage = (image: string) =>
  world.objects.mutate(deployments, key, (draft) => {
    if (draft.spec) draft.spec.template = template(image)
  })
const conditions = () =>
  deployment()
    ?.status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`)
    .sort()

describe('a Deployment', () => {
  it('becomes pods of a ReplicaSet, and says so in status, conditions and events', async () => {
    world = await startWorld()
    deploy(2)
    await world.clock.advance(5_000)
    const set = world.objects.list(replicaSets, { namespace: 'demo' })[0]
    expect(set?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/)
    expect(world.pods().map(({ metadata }) => metadata.ownerReferences?.[0]?.name)).toEqual([
      set?.metadata.name,
      set?.metadata.name,
    ])
    expect(deployment()?.status).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      terminatingReplicas: 0,
    })
    expect(conditions()).toEqual([
      'Available=True MinimumReplicasAvailable',
      'Progressing=True NewReplicaSetAvailable',
    ])
    expect(world.eventsOf('web')).toEqual([
      ['ScalingReplicaSet', `Scaled up replica set ${set?.metadata.name} from 0 to 2`],
    ])
  })

  it('never has more than maxSurge pods too many nor maxUnavailable too few while it rolls', async () => {
    world = await startWorld()
    deploy(4)
    await world.clock.advance(5_000)
    setImage('better')
    let most = 0
    let fewest = 4
    const stop = world.objects.watch(pods, () => {
      const now = world.pods()
      most = Math.max(most, now.length)
      fewest = Math.min(fewest, now.filter(({ status }) => status?.phase === 'Running').length)
    })
    await world.clock.advance(20_000)
    stop()
    expect({ most, fewest }).toEqual({ most: 5, fewest: 3 })
    expect(sizes()).toEqual([
      ['1', 'good', 0],
      ['2', 'better', 4],
    ])
    expect(deployment()?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2')
  })

  it('comes back to the ReplicaSet of an earlier template under a new revision', async () => {
    world = await startWorld()
    deploy(1)
    await world.clock.advance(5_000)
    setImage('better')
    await world.clock.advance(10_000)
    setImage('good')
    await world.clock.advance(10_000)
    expect(sizes()).toEqual([
      ['2', 'better', 0],
      ['3', 'good', 1],
    ])
  })

  it('keeps the old pods when the new ones never become ready, and gives up at the deadline', async () => {
    world = await startWorld({ broken: ['bad'] })
    deploy(3, { progressDeadlineSeconds: 60 })
    await world.clock.advance(5_000)
    setImage('bad')
    await world.clock.advance(30_000)
    expect(sizes()).toEqual([
      ['1', 'good', 3],
      ['2', 'bad', 1],
    ])
    expect(conditions()).toEqual([
      'Available=True MinimumReplicasAvailable',
      'Progressing=True ReplicaSetUpdated',
    ])
    await world.clock.advance(60_000)
    expect(conditions()).toEqual([
      'Available=True MinimumReplicasAvailable',
      'Progressing=False ProgressDeadlineExceeded',
    ])
  })

  it('does not roll while it is paused, and catches up when it is resumed', async () => {
    world = await startWorld()
    deploy(2)
    await world.clock.advance(5_000)
    world.objects.mutate(deployments, key, (draft) => {
      Object.assign(draft.spec ?? {}, { paused: true, template: template('better') })
    })
    await world.clock.advance(5_000)
    expect(sizes()).toEqual([['1', 'good', 2]])
    expect(conditions()).toContain('Progressing=Unknown DeploymentPaused')
    world.objects.mutate(deployments, key, (draft) => Object.assign(draft.spec ?? {}, { paused: false }))
    await world.clock.advance(10_000)
    expect(sizes()).toEqual([
      ['1', 'good', 0],
      ['2', 'better', 2],
    ])
  })

  it('removes every old pod before the first new one where it recreates', async () => {
    world = await startWorld()
    deploy(2, { strategy: { type: 'Recreate' } })
    await world.clock.advance(5_000)
    setImage('better')
    let mixed = false
    const stop = world.objects.watch(pods, () => {
      const images = world.objects
        .list(pods, { namespace: 'demo' })
        .map(({ spec }) => spec?.containers[0]?.image)
      mixed ||= new Set(images).size > 1
    })
    await world.clock.advance(15_000)
    stop()
    expect(mixed).toBe(false)
    expect(sizes()).toEqual([
      ['1', 'good', 0],
      ['2', 'better', 2],
    ])
  })

  it('takes its ReplicaSets and pods along when it is deleted', async () => {
    world = await startWorld()
    deploy(2)
    await world.clock.advance(5_000)
    world.objects.delete(deployments, key, { propagationPolicy: 'Foreground' })
    await world.clock.advance(1)
    expect(deployment()?.metadata.finalizers).toEqual(['foregroundDeletion'])
    await world.clock.advance(10_000)
    expect(deployment()).toBeUndefined()
    expect(world.objects.list(replicaSets, { namespace: 'demo' })).toEqual([])
    expect(world.objects.list(pods, { namespace: 'demo' })).toEqual([])
  })

  it('leaves them as orphans where that is asked for', async () => {
    world = await startWorld()
    deploy(2)
    await world.clock.advance(5_000)
    world.objects.delete(deployments, key, { propagationPolicy: 'Orphan' })
    await world.clock.advance(10_000)
    expect(deployment()).toBeUndefined()
    const sets = world.objects.list(replicaSets, { namespace: 'demo' })
    expect(sets.map(({ metadata }) => metadata.ownerReferences)).toEqual([undefined])
    expect(world.pods()).toHaveLength(2)
  })
})
