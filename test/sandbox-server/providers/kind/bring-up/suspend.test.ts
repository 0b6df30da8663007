import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../../sandbox-server/contract/errors.ts'
import { accessSchema, clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { planCluster } from '../../../../../sandbox-server/providers/kind/bring-up/cluster-plan.ts'
import {
  inspectCluster,
  suspendCluster,
  wakeCluster,
} from '../../../../../sandbox-server/providers/kind/bring-up/suspend.ts'
import { fakeEngine } from './fake-engine.ts'

const record = planCluster({
  name: 'c',
  spec: clusterSpecSchema.parse({ nodes: 2 }),
  access: accessSchema.parse({}),
  subnet: '10.201.7.0/24',
  now: 0,
})

/** An engine with containers in these states. */
function engineWith(states: Readonly<Record<string, string>>, answer?: (args: string) => string) {
  const containers = Object.entries(states).map(([name, Status]) => ({
    Name: `/${name}`,
    State: { Status, StartedAt: '2026-01-01T10:00:00.5Z' },
  }))
  return fakeEngine((args) => {
    if (args.startsWith('ps ')) return containers.map(({ Name }) => Name).join('\n')
    if (args.startsWith('container inspect')) return JSON.stringify(containers)
    return answer?.(args) ?? ''
  })
}

const all = (state: string) => ({ 'c-control-plane': state, 'c-worker': state, 'c-toolbox': state })

describe('inspectCluster', () => {
  it.each([
    ['running', all('running')],
    ['suspended', all('exited')],
    ['suspended', { 'c-control-plane': 'exited', 'c-worker': 'exited' }],
    ['broken', { ...all('running'), 'c-worker': 'exited' }],
    ['broken', { 'c-control-plane': 'running', 'c-worker': 'running' }],
    ['broken', { ...all('running'), 'c-toolbox': 'paused' }],
    ['gone', { 'c-control-plane': 'running', 'c-toolbox': 'running' }],
    ['gone', {}],
  ])('says %s for %o', async (state, containers) => {
    expect(await inspectCluster(engineWith(containers), record)).toBe(state)
  })
})

describe('suspendCluster', () => {
  it('kills what runs and leaves the rest', async () => {
    const engine = engineWith({ ...all('running'), 'c-worker': 'exited', 'c-toolbox': 'paused' })
    await suspendCluster(engine, record)
    expect(engine.calls.filter((call) => call.startsWith('kill'))).toEqual([
      'kill c-control-plane',
      'kill c-toolbox',
    ])
  })

  it('minds no container that ends by itself meanwhile', async () => {
    let states = all('running')
    const engine = fakeEngine((args) => {
      const [name = ''] = Object.keys(states)
      if (args.startsWith('ps ')) return name
      if (args.startsWith('container')) {
        const State = { Status: states['c-worker'], StartedAt: '' }
        return JSON.stringify([{ Name: name, State }])
      }
      states = all('exited')
      throw new AppError('PROVIDER_FAILED', 'container is not running')
    })
    await suspendCluster(engine, record)
  })
})

describe('wakeCluster', () => {
  const options = { signal: new AbortController().signal, progress: () => {} }
  const api = { url: 'https://127.0.0.1:1', authority: '', certificate: '', key: '' }

  it('says that a cluster cannot come back whose node is gone', async () => {
    const engine = engineWith({ 'c-control-plane': 'exited' })
    await expect(wakeCluster(engine, { ...record, api }, options)).rejects.toMatchObject({
      message: 'A node of cluster c is gone.',
      hint: 'Start the lesson again with a new cluster.',
    })
    expect(engine.calls.filter((call) => call.startsWith('start'))).toEqual([])
  })

  it('starts what does not run, makes a toolbox that is gone, and names a port that somebody has taken', async () => {
    const log =
      'driver failed programming external connectivity: Bind for 127.0.0.1:4000: port is already allocated'
    const engine = engineWith({ 'c-control-plane': 'exited', 'c-worker': 'running' }, () => {
      throw new AppError('PROVIDER_FAILED', 'start failed', { log })
    })
    const made: string[] = []
    const toolbox = async () => void made.push('toolbox')
    await expect(wakeCluster(engine, { ...record, api }, { ...options, toolbox })).rejects.toMatchObject({
      message: 'c-control-plane cannot start: another program listens on its port now.',
    })
    expect([made, engine.calls.filter((call) => call.startsWith('start'))]).toEqual([
      ['toolbox'],
      ['start c-control-plane'],
    ])
  })
})
