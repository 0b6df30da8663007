import { expect, it } from 'vitest'
import { createSpareClusters } from '../../../../sandbox-server/providers/simulated/spare-clusters.ts'
import type { SimulatedCluster } from '../../../../sandbox-server/simulator/cluster.ts'
import { type ManualTimers, manualTimers } from '../../../fakes/manual-timers.ts'

/** Clusters with nothing but a name and an end. */
function factory() {
  const made: string[] = []
  const ended: string[] = []
  const make = (exercise: string) => async () => {
    const name = `${exercise}${made.length}`
    made.push(name)
    return { name, dispose: () => ended.push(name) } as unknown as SimulatedCluster & { name: string }
  }
  return { made, ended, make }
}

const nameOf = (cluster: SimulatedCluster | undefined) => (cluster as { name?: string } | undefined)?.name

async function rest(timers: ManualTimers) {
  await timers.advance(2000)
}

it('keeps two of an exercise that was asked for, and fills up what was taken', async () => {
  const timers = manualTimers()
  const { made, make } = factory()
  const spares = createSpareClusters(timers, 60_000)
  expect(spares.take('a', make('a'))).toBeUndefined()
  await rest(timers)
  expect(made).toEqual(['a0', 'a1'])
  expect(nameOf(spares.take('a', make('a')))).toBe('a0')
  await rest(timers)
  expect(made).toEqual(['a0', 'a1', 'a2'])
})

it('hands out none that is too old, and ends those it does not hand out', async () => {
  const timers = manualTimers()
  const { ended, make } = factory()
  const spares = createSpareClusters(timers, 60_000)
  spares.take('a', make('a'))
  await rest(timers)
  await timers.advance(60_000)
  expect(spares.take('a', make('a'))).toBeUndefined()
  expect(ended).toEqual(['a0', 'a1'])
  await rest(timers)
  spares.dispose()
  expect(ended).toEqual(['a0', 'a1', 'a2', 'a3'])
})

it('lets go of those of the exercise that was asked for longest ago when there are too many', async () => {
  const timers = manualTimers()
  const { ended, make } = factory()
  const spares = createSpareClusters(timers, 60_000)
  for (const exercise of 'abcdef') {
    spares.take(exercise, make(exercise))
    await rest(timers)
  }
  expect(ended).toEqual(['a0', 'a1'])
})
