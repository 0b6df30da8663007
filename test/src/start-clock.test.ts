// How long a start takes is told by the page's own clock, whenever the page came.
import { describe, expect, it } from 'vitest'
import { type SandboxState, type Step, sandboxStateSchema } from '../../sandbox-server/contract/sandbox.ts'
import { type StartClock, tellStart } from '../../src/sandbox-client/start-clock.ts'

const base = { id: 's1', lesson: 'a/b', provider: 'kind', reason: 'Your cluster starts.' }

function starting(...steps: Step[]): SandboxState {
  return sandboxStateSchema.parse({ ...base, state: 'starting', steps, expectedMs: 40_000 })
}

/** What the clock says after the states that were told, each at its time in milliseconds. */
function told(...states: [number, SandboxState][]): StartClock | undefined {
  return states.reduce<StartClock | undefined>(
    (clock, [now, state]) => tellStart(clock, state, now),
    undefined,
  )
}

const image = { name: 'Image', state: 'done', durationMs: 300 } as const
const nodes = { name: 'Nodes', state: 'running' } as const
const nodesDone = { name: 'Nodes', state: 'done', durationMs: 5_000 } as const
const cni = { name: 'Network plugin', state: 'running' } as const

describe('the clock of a start', () => {
  it('begins when the start is first seen and goes on through its steps', () => {
    expect(
      told([1_000, starting()], [1_300, starting(image, nodes)], [6_300, starting(image, nodesDone, cni)]),
    ).toEqual({
      began: 1_000,
      steps: new Map([
        ['Image', 1_000],
        ['Nodes', 1_300],
        ['Network plugin', 6_300],
      ]),
      done: 2,
    })
  })

  it('counts what was done before a page that came in the middle', () => {
    expect(told([10_000, starting(image, nodesDone, cni)])?.began).toBe(4_700)
  })

  it('counts what a running step says that it took already', () => {
    const clock = told([10_000, starting(image, { ...nodes, durationMs: 2_000 })])
    expect({ began: clock?.began, nodes: clock?.steps.get('Nodes') }).toEqual({ began: 7_700, nodes: 8_000 })
  })

  it('begins anew with a new start, though the page saw nothing in between', () => {
    expect(told([1_000, starting(image, nodes)], [9_000, starting()])).toEqual({
      began: 9_000,
      steps: new Map(),
      done: 0,
    })
  })

  it('ends with the start', () => {
    const stopped = sandboxStateSchema.parse({ ...base, state: 'stopped', kept: 'Your files are kept.' })
    expect(told([1_000, starting(image, nodes)], [2_000, stopped])).toBeUndefined()
  })
})
