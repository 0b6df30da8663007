// The state that a sandbox is in, and everybody who is told of it.
import { AppError } from '../contract/errors.ts'
import type { SandboxId } from '../contract/ids.ts'
import type { ProviderName, SandboxState, Step } from '../contract/sandbox.ts'
import type { SandboxEvent } from './sandbox-event.ts'

type StateOf<S extends SandboxState['state']> = Extract<SandboxState, { state: S }>
/** A state without what is the same in all of them. */
export type Unfixed = {
  [S in SandboxState['state']]: Omit<StateOf<S>, 'id' | 'lesson' | 'provider'>
}[SandboxState['state']]

export interface Fixed {
  readonly id: SandboxId
  readonly lesson: SandboxState['lesson']
  readonly provider: ProviderName
}

const logCharacters = 64 * 1024
const first: Unfixed = { state: 'stopped', reason: 'Not started yet.', kept: 'Nothing yet.' }

export class SandboxStates {
  /** Told from the next state on. */
  provider: ProviderName
  readonly #listeners = new Set<(event: SandboxEvent) => void>()
  readonly #fixed: Fixed
  #now: SandboxState

  constructor(fixed: Fixed) {
    this.#fixed = fixed
    this.provider = fixed.provider
    this.#now = { ...fixed, ...first } as SandboxState
  }

  get now(): SandboxState {
    return this.#now
  }

  get listeners(): number {
    return this.#listeners.size
  }

  on(listener: (event: SandboxEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  become(state: Unfixed): void {
    this.#now = { ...this.#fixed, provider: this.provider, ...state } as SandboxState
    this.tell({ type: 'state', state: this.#now })
  }

  tell(event: SandboxEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}

/** A failed start as its learner reads it, with the end of what the tool that failed printed. */
export function failedStart(error: unknown, steps: readonly Step[]): Unfixed {
  const reason = error instanceof Error ? error.message : String(error)
  const known = error instanceof AppError ? error : undefined
  return {
    state: 'failed',
    reason: `The cluster could not be made: ${reason}`,
    hint: known?.hint ?? 'Try Restart cluster. Your files are kept.',
    steps: [...steps],
    ...(known?.log === undefined ? {} : { log: known.log.slice(-logCharacters) }),
  }
}
