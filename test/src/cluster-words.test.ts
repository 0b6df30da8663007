// What the page says of a cluster: in the bar, beside a choice, and aloud no more often than it is news.
import { describe, expect, it } from 'vitest'
import { type SandboxState, sandboxStateSchema } from '../../sandbox-server/contract/sandbox.ts'
import { waitOf } from '../../src/components/workbench/cluster-kinds.ts'
import { stateAloud, stateInWords } from '../../src/components/workbench/cluster-words.ts'

const open = { kind: 'open' } as const

function kind(state: Record<string, unknown>): SandboxState {
  return sandboxStateSchema.parse({
    id: 's1',
    lesson: 'a/b',
    provider: 'kind',
    reason: 'So it is.',
    ...state,
  })
}

const starting = (running: 'Image' | 'Nodes', durationMs?: number): SandboxState =>
  kind({
    state: 'starting',
    steps: ['Image', 'Nodes'].map((name) => ({
      name,
      state: name === running ? 'running' : running === 'Nodes' ? 'done' : 'waiting',
      ...(durationMs === undefined ? {} : { durationMs }),
    })),
  })
const queued = (place: number, expectedWaitMs: number): SandboxState =>
  kind({ state: 'queued', place, expectedWaitMs })

describe('the state in words', () => {
  it.each([
    [queued(3, 163_000), 'queued, number 3, about 3 min'],
    [queued(1, 42_000), 'queued, number 1, about 40 s'],
    [starting('Nodes'), 'starting, step 2 of 2'],
    [kind({ state: 'starting', steps: [] }), 'starting'],
    [kind({ state: 'ready', nodes: [], expiresAt: 1 }), 'ready'],
    [kind({ state: 'stopped', kept: 'All of it.' }), 'stopped'],
    [kind({ state: 'failed', hint: 'Try again.', steps: [] }), 'failed'],
  ])('%#: %s', (sandbox, words) => {
    expect(stateInWords(open, sandbox)).toMatchObject({ subject: 'Your cluster', words })
  })
})

describe('the state aloud', () => {
  it('names the step that runs', () => {
    expect(stateAloud(open, starting('Nodes')).text).toBe('Your cluster: starting, step 2 of 2: Nodes')
  })

  it('is news with every step and every place, and not while seconds pass', () => {
    const key = (sandbox: SandboxState): string => stateAloud(open, sandbox).key
    expect(key(starting('Image', 100))).toBe(key(starting('Image', 9_000)))
    expect(key(starting('Image'))).not.toBe(key(starting('Nodes')))
    expect(key(queued(3, 160_000))).toBe(key(queued(3, 60_000)))
    expect(key(queued(3, 160_000))).not.toBe(key(queued(2, 160_000)))
  })

  it('says what kind of cluster is ready', () => {
    const ready = kind({ state: 'ready', nodes: [], expiresAt: 1 })
    expect(stateAloud(open, ready).text).toBe('Your cluster: ready, real, by kind')
  })
})

describe('the wait for a kind of cluster', () => {
  it.each([
    ['simulated', 400, 'ready at once'],
    ['kind', 1_200, 'ready at once, one waits for you'],
    ['kind', 41_800, 'ready in about 40 s'],
    ['kind', 11_600, 'ready in about 12 s'],
    ['kind', 250_000, 'ready in about 4 min'],
    ['kind', undefined, 'ready in a while'],
  ] as const)('%s in %s ms is %s', (provider, expectedMs, words) => {
    expect(waitOf({ provider, default: false, expectedMs })).toBe(words)
  })
})
