// The cluster's state as a person would say it, and the colour that goes with it.
import type { SandboxState } from '../../../sandbox-server/contract/sandbox.ts'
import type { ConnectionState } from '../../sandbox-client/connection.ts'

export interface Words {
  readonly words: string
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
  switch (sandbox.state) {
    case 'queued':
      return {
        words: `Your cluster: number ${sandbox.place} in the queue, about ${wait(sandbox.expectedWaitMs)}`,
        tone: 'waiting',
      }
    case 'starting':
      return { words: 'Your cluster: starting', tone: 'waiting' }
    case 'ready':
      return { words: `Your cluster: ready, ${providers[sandbox.provider]}`, tone: 'delivered' }
    case 'stopping':
      return { words: 'Your cluster: stopping', tone: 'waiting' }
    case 'stopped':
      return { words: 'Your cluster: stopped', tone: 'waiting' }
    case 'failed':
      return { words: 'Your cluster: failed', tone: 'dropped' }
    default:
      return sandbox satisfies never
  }
}

export function wait(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
