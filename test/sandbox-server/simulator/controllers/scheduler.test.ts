// Where pods go, and upstream's words where they go nowhere (transcripts 10-trouble and 12-nodes of a real 1.37.2).
import { afterEach, describe, expect, it } from 'vitest'
import { nodes, pods } from '../../../../sandbox-server/simulator/api/resources.ts'
import { startWorld, type World } from './world.ts'

let world: World
afterEach(() => world.dispose())

function pod(name: string, spec: object = {}): void {
  world.objects.create(pods, {
    metadata: { name, namespace: 'demo', labels: { app: 'web' } },
    spec: { terminationGracePeriodSeconds: 30, containers: [{ name: 'c', image: 'good' }], ...spec },
  })
}

const nodeOf = (name: string) => world.objects.get(pods, { namespace: 'demo', name })?.spec?.nodeName
const taintFirst = () =>
  world.objects.mutate(nodes, { name: 'node1' }, (draft) => {
    draft.spec = {
      ...draft.spec,
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
    }
  })
const cpu = (amount: string) => ({
  containers: [{ name: 'c', image: 'good', resources: { requests: { cpu: amount } } }],
})

describe('the scheduler', () => {
  it('says which nodes refused for which reason', async () => {
    world = await startWorld({ nodes: 3 })
    taintFirst()
    pod('greedy', cpu('1000'))
    pod('nowhere', { nodeSelector: { disk: 'ssd' } })
    await world.clock.advance(2_000)
    const ending = 'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'
    expect(world.eventsOf('greedy')).toEqual([
      [
        'FailedScheduling',
        `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ${ending}`,
      ],
    ])
    expect(world.eventsOf('nowhere')).toEqual([
      [
        'FailedScheduling',
        `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. ${ending}`,
      ],
    ])
    const condition = world.objects
      .get(pods, { namespace: 'demo', name: 'greedy' })
      ?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    expect([condition?.status, condition?.reason]).toEqual(['False', 'Unschedulable'])
  })

  it('spreads pods that belong together over the nodes that take them', async () => {
    world = await startWorld({ nodes: 3 })
    taintFirst()
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'node1', uid: '', controller: true }
    owner.uid = world.objects.get(nodes, { name: 'node1' })?.metadata.uid ?? ''
    for (let index = 0; index < 4; index++) {
      world.objects.create(pods, {
        metadata: { name: `p${index}`, namespace: 'demo', ownerReferences: [owner] },
        spec: { containers: [{ name: 'c', image: 'good' }] },
      })
    }
    await world.clock.advance(2_000)
    const homes = world.pods().map(({ spec }) => spec?.nodeName)
    expect(homes.sort()).toEqual(['node2', 'node2', 'node3', 'node3'])
  })

  it('tries again when room is made, and not before its back-off is over', async () => {
    world = await startWorld({ nodes: 1 })
    pod('first', cpu('3'))
    await world.clock.advance(2_000)
    pod('second', cpu('3'))
    await world.clock.advance(2_000)
    expect(nodeOf('second')).toBeUndefined()
    world.objects.delete(pods, { namespace: 'demo', name: 'first' })
    await world.clock.advance(5_000)
    expect(nodeOf('second')).toBe('node1')
    expect(world.eventsOf('second').map(([reason]) => reason)).toEqual(['FailedScheduling', 'Scheduled'])
  })

  it('keeps pods apart that ask for it, and host ports that collide', async () => {
    world = await startWorld({ nodes: 2 })
    const apart = {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
          ],
        },
      },
    }
    for (const name of ['a', 'b', 'c']) pod(name, apart)
    await world.clock.advance(2_000)
    expect(new Set([nodeOf('a'), nodeOf('b')])).toEqual(new Set(['node1', 'node2']))
    expect(world.eventsOf('c').at(-1)?.[1]).toBe(
      "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    )
  })

  it('leaves cordoned nodes alone', async () => {
    world = await startWorld({ nodes: 1 })
    world.objects.mutate(nodes, { name: 'node1' }, (draft) => {
      draft.spec = { ...draft.spec, unschedulable: true }
    })
    await world.clock.advance(10)
    pod('a')
    await world.clock.advance(1_000)
    expect(world.eventsOf('a')[0]?.[1]).toBe(
      '0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    )
  })
})
