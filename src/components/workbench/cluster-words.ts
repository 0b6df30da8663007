// The cluster's state as a person would say it, and the colour that goes with it.
import type { SandboxState } from '../../../sandbox-server/contract/sandbox.ts'
import type { ConnectionState } from '../../sandbox-client/connection.ts'

export interface Words {
  /** Whose state it is, for where there is room to say so. */
  readonly subject?: 'Your cluster'
  readonly words: string
  /** The kind of cluster, for where nothing else beside it says that. */
  readonly kind?: string
  readonly tone: 'quiet' | 'delivered' | 'waiting' | 'dropped'
}

const providers = {
  simulated: 'simulated',
  kind: 'real, by kind',
  kubernetes: 'real, on a host cluster',
} as const

export function stateInWords(connection: ConnectionState, sandbox: SandboxState | undefined): Words {
  switch (connection.kind) {
    case 'offline':
      return { words: 'You are offline. What you type is kept.', tone: 'waiting' }
    case 'reconnecting':
      return { words: 'Reconnecting. What you type is kept.', tone: 'waiting' }
    case 'refused':
      return { words: `No cluster: ${connection.message}`, tone: 'dropped' }
    case 'idle':
    case 'connecting':
      return { words: 'Connecting', tone: 'quiet' }
    case 'open':
      return sandboxInWords(sandbox)
    default:
      return connection satisfies never
  }
}

function sandboxInWords(sandbox: SandboxState | undefined): Words {
  if (sandbox === undefined) return { words: 'Connecting', tone: 'quiet' }
  const subject = 'Your cluster'
  switch (sandbox.state) {
    case 'queued': {
      const about = aboutWait(sandbox.expectedWaitMs)
      return { subject, words: `queued, number ${sandbox.place}, about ${about}`, tone: 'waiting' }
    }
    case 'starting': {
      const step = stepOf(sandbox)
      const at = step === undefined ? '' : `, step ${step.number} of ${sandbox.steps.length}`
      return { subject, words: `starting${at}`, tone: 'waiting' }
    }
    case 'ready':
      return { subject, words: 'ready', kind: providers[sandbox.provider], tone: 'delivered' }
    case 'stopping':
      return { subject, words: 'stopping', tone: 'waiting' }
    case 'stopped':
      return { subject, words: 'stopped', tone: 'waiting' }
    case 'failed':
      return { subject, words: 'failed', tone: 'dropped' }
    default:
      return sandbox satisfies never
  }
}

/** The step that runs, counted from 1. */
function stepOf({ steps }: Extract<SandboxState, { state: 'starting' }>) {
  const index = steps.findIndex((step) => step.state === 'running')
  const step = steps[index]
  return step === undefined ? undefined : { number: index + 1, name: step.name }
}

/** Said of what was measured and varies: no digit that is not meant. */
export function aboutWait(ms: number): string {
  const step = ms < 20_000 ? 1000 : 5000
  return wait(Math.round(ms / step) * step)
}

export function wait(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/**
 * What is read out, and a key that changes only when it is worth reading out again: a step, a place in the queue, never
 * the passing of seconds.
 */
export function stateAloud(
  connection: ConnectionState,
  sandbox: SandboxState | undefined,
): { readonly key: string; readonly text: string } {
  const { subject, words, kind } = stateInWords(connection, sandbox)
  const text = [subject === undefined ? words : `${subject}: ${words}`, kind].filter(Boolean).join(', ')
  if (connection.kind !== 'open' || sandbox === undefined) return { key: text, text }
  if (sandbox.state === 'queued') return { key: `place ${sandbox.place}`, text }
  const step = sandbox.state === 'starting' ? stepOf(sandbox) : undefined
  if (step !== undefined) return { key: `step ${step.name}`, text: `${text}: ${step.name}` }
  return { key: text, text }
}
