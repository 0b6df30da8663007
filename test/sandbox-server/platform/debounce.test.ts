import { expect, it } from 'vitest'
import { debounce } from '../../../sandbox-server/platform/debounce.ts'
import { manualTimers } from '../../fakes/manual-timers.ts'

it('runs once for many requests, and again for one that came while it ran, later the longer it ran', async () => {
  const timers = manualTimers()
  const runs: number[] = []
  let end: () => void = () => {}
  const task = debounce(1000, timers, () => {
    runs.push(timers.now())
    return new Promise((resolve) => {
      end = resolve
    })
  })
  const begin = timers.now()
  task.request()
  await timers.advance(600)
  task.request()
  await timers.advance(600)
  task.request()
  end()
  await timers.advance(4000)
  expect(runs.map((at) => at - begin)).toEqual([1000, 5200])
})

it('flush runs what is wanted at once and waits for it; nothing is left to run then', async () => {
  const timers = manualTimers()
  let runs = 0
  const task = debounce(1000, timers, async () => {
    runs += 1
  })
  await task.flush()
  task.request()
  await task.flush()
  await timers.advance(5000)
  expect(runs).toBe(1)
})
