import { beforeEach, describe, expect, it } from 'vitest'
import { accessSchema, clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import type { ClusterRecord } from '../../../../../sandbox-server/providers/kind/cluster-record.ts'
import { WarmPool } from '../../../../../sandbox-server/providers/kind/pool/warm-pool.ts'
import { startStateKey } from '../../../../../sandbox-server/providers/kind/start-state-key.ts'
import type { ClusterSetup } from '../../../../../sandbox-server/providers/provider.ts'
import { silentLog } from '../../../../fakes/silent-log.ts'

const setup = (namespace: string, nodes = 1): ClusterSetup => ({
  id: 'any',
  exercise: {
    cluster: clusterSpecSchema.parse({ nodes }),
    access: accessSchema.parse({}),
    namespace,
    waitFor: [],
  },
  applied: [],
  files: [],
})

let made: string[]
let removed: string[]
let places: number
let failure: Error | undefined

function record(of: ClusterSetup, name: string): ClusterRecord {
  const { cluster: spec, access } = of.exercise
  return {
    name,
    phase: 'ready',
    spec,
    access,
    startState: startStateKey(of),
    nodesEntered: false,
    createdAt: 0,
    usedAt: 0,
    network: { name, subnet: '10.201.0.0/24' },
    nodes: [],
    toolbox: { container: `${name}-toolbox`, address: '10.201.0.100' },
    ports: {},
  }
}

const open = (perExercise = 1) =>
  new WarmPool({
    log: silentLog(),
    perExercise,
    hasRoom: () => made.length - removed.length < places,
    make: async (of) => {
      if (failure) throw failure
      const name = `${of.exercise.namespace}-${made.length}`
      made.push(name)
      return record(of, name)
    },
    remove: async ({ name }) => {
      removed.push(name)
    },
  })

beforeEach(() => {
  made = []
  removed = []
  places = 10
  failure = undefined
})

describe('warm pool', () => {
  it('makes nothing before anybody asked', async () => {
    const pool = open()
    await pool.refill()
    expect([made, pool.offer(setup('a'))]).toEqual([[], 'nothing'])
  })

  it('keeps one of each exercise asked for, the latest first', async () => {
    const pool = open()
    expect([pool.claim(setup('a')), pool.claim(setup('b'))]).toEqual([undefined, undefined])
    await pool.refill()
    expect(made).toEqual(['b-0', 'a-1'])
  })

  it('gives the exact start state first, then any of the same configuration', async () => {
    const pool = open()
    pool.claim(setup('a'))
    pool.claim(setup('b'))
    await pool.refill()
    expect(pool.offer(setup('a'))).toBe('exact')
    expect(pool.offer(setup('c'))).toBe('same configuration')
    expect(pool.offer(setup('c', 3))).toBe('nothing')
    expect(pool.claim(setup('a'))).toMatchObject({ record: { name: 'a-1' }, isExact: true })
    expect(pool.claim(setup('a'))).toMatchObject({ record: { name: 'b-0' }, isExact: false })
    expect(pool.claim(setup('a'))).toBeUndefined()
  })

  it('makes as many as a workshop asked for, one after the other, and stops where no more fit', async () => {
    places = 3
    const pool = open(0)
    pool.prepare(setup('a'), 5)
    await pool.refill()
    expect(made).toEqual(['a-0', 'a-1', 'a-2'])
  })

  it('gives up the oldest waiting one where a learner needs the place', async () => {
    places = 2
    const pool = open()
    pool.claim(setup('a'))
    pool.claim(setup('b'))
    await pool.refill()
    expect(await pool.makeRoom()).toBe(true)
    expect(removed).toEqual(['b-0'])
    expect(pool.waiting.map(({ name }) => name)).toEqual(['a-1'])
  })

  it('gives up the one that is being made where none waits', async () => {
    let begun = () => {}
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const pool = new WarmPool({
      log: silentLog(),
      perExercise: 1,
      hasRoom: () => true,
      make: (_, signal) => {
        begun()
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        )
      },
      remove: async () => {},
    })
    pool.claim(setup('a'))
    void pool.refill()
    await hasBegun
    expect(await pool.makeRoom()).toBe(true)
    expect(await pool.makeRoom()).toBe(false)
  })

  it('does not try again what failed until somebody asks again', async () => {
    const pool = open()
    failure = new Error('no image')
    pool.claim(setup('a'))
    await pool.refill()
    failure = undefined
    await pool.refill()
    expect(made).toEqual([])
    pool.claim(setup('a'))
    await pool.refill()
    expect(made).toEqual(['a-0'])
  })

  it('removes what waits when it ends', async () => {
    const pool = open()
    pool.claim(setup('a'))
    await pool.refill()
    await pool.dispose()
    expect(removed).toEqual(['a-0'])
  })
})
