import { expect, it } from 'vitest'
import { AppError } from '../../../../../sandbox-server/contract/errors.ts'
import { accessSchema, clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { planCluster } from '../../../../../sandbox-server/providers/kind/bring-up/cluster-plan.ts'
import { createHealth } from '../../../../../sandbox-server/providers/kind/bring-up/health.ts'
import { manualTimers } from '../../../../fakes/manual-timers.ts'
import { silentLog } from '../../../../fakes/silent-log.ts'
import { fakeEngine } from './fake-engine.ts'

const record = planCluster({
  name: 'c',
  spec: clusterSpecSchema.parse({ nodes: 1 }),
  access: accessSchema.parse({}),
  subnet: '10.201.7.0/24',
  now: 0,
})
const lookMs = 10_000

function watchOne() {
  const containers = new Map([
    ['c-control-plane', { Status: 'running', StartedAt: '2026-01-01T10:00:00Z' }],
    ['c-toolbox', { Status: 'running', StartedAt: '2026-01-01T10:00:00Z' }],
  ])
  const state = { isAway: false }
  const engine = fakeEngine((args) => {
    if (state.isAway) throw new AppError('PROVIDER_FAILED', 'Docker does not answer.')
    if (args.startsWith('ps ')) return [...containers.keys()].join('\n')
    return JSON.stringify([...containers].map(([Name, State]) => ({ Name, State })))
  })
  const timers = manualTimers()
  const health = createHealth({ engine, server: 's', timers, log: silentLog() })
  const told: (readonly string[])[] = []
  const unwatch = health.watch(record, ({ parts }) => told.push(parts))
  return { containers, state, engine, timers, told, unwatch }
}

it('tells once which containers of a cluster ended', async () => {
  const { containers, timers, told } = watchOne()
  await timers.advance(lookMs)
  containers.set('c-control-plane', { Status: 'exited', StartedAt: '2026-01-01T10:00:00Z' })
  await timers.advance(3 * lookMs)
  expect(told).toEqual([['fairlead-control-plane']])
})

it('notices nodes that started anew, and leaves a terminal that did so alone to itself', async () => {
  const { containers, timers, told } = watchOne()
  await timers.advance(0)
  containers.set('c-toolbox', { Status: 'running', StartedAt: '2026-01-01T11:00:00Z' })
  await timers.advance(lookMs)
  expect(told).toEqual([])
  containers.set('c-control-plane', { Status: 'running', StartedAt: '2026-01-01T11:00:00Z' })
  await timers.advance(lookMs)
  expect(told).toEqual([['fairlead-control-plane', 'terminal']])
})

it('takes an engine that does not answer for no end of anything', async () => {
  const { containers, state, timers, told } = watchOne()
  state.isAway = true
  await timers.advance(3 * lookMs)
  expect(told).toEqual([])
  state.isAway = false
  containers.delete('c-control-plane')
  await timers.advance(lookMs)
  expect(told).toEqual([['fairlead-control-plane']])
})

it('asks nothing while there is nothing to watch', async () => {
  const { engine, timers, unwatch } = watchOne()
  unwatch()
  await timers.advance(lookMs)
  const asked = engine.calls.length
  await timers.advance(5 * lookMs)
  expect(engine.calls.length).toBe(asked)
})
