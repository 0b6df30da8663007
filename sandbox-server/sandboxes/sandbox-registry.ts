// The sandboxes that this process knows, one a learner and lesson.
import { AppError } from '../contract/errors.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { ClusterProvider } from '../providers/provider.ts'
import type { KeptWorkspace, Store, WorkKey } from '../store/store.ts'
import { newSandboxId } from './new-sandbox-id.ts'
import { Sandbox } from './sandbox.ts'
import type { SandboxLesson } from './sandbox-lesson.ts'

export interface SandboxRegistryOptions {
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly idleMs: number
}

/** Which provider a sandbox is on that is not known yet, given what the store has of it. */
export type PickProvider = (kept: KeptWorkspace | undefined) => Promise<ClusterProvider>

export class SandboxRegistry {
  readonly #options: SandboxRegistryOptions
  readonly #sandboxes = new Map<string, Sandbox>()
  readonly #opening = new Map<string, Promise<Sandbox>>()
  #closed = false

  constructor(options: SandboxRegistryOptions) {
    this.#options = options
  }

  list(): readonly Sandbox[] {
    return [...this.#sandboxes.values()]
  }

  find(key: { readonly learner: string; readonly lesson: string }): Sandbox | undefined {
    return this.#sandboxes.get(nameOf(key))
  }

  /** However many ask at the same time, there is one. */
  async findOrMake(key: WorkKey, lesson: SandboxLesson, pick: PickProvider): Promise<Sandbox> {
    if (this.#closed)
      throw new AppError('SANDBOX_NOT_READY', 'The server stops.', { hint: 'Try again in a moment.' })
    const known = this.find(key)
    if (known) return known
    const name = nameOf(key)
    const opening = this.#opening.get(name) ?? this.#make(key, lesson, pick)
    this.#opening.set(name, opening)
    try {
      const sandbox = await opening
      this.#sandboxes.set(name, sandbox)
      return sandbox
    } finally {
      this.#opening.delete(name)
    }
  }

  /** The store has all of it, unless it says otherwise; a page that is open on it goes on with it. */
  forget(sandbox: Sandbox): void {
    if (sandbox.attached === 0 && !sandbox.hasUnsaved) this.#sandboxes.delete(nameOf(sandbox.key))
  }

  close(): void {
    this.#closed = true
  }

  async #make(key: WorkKey, lesson: SandboxLesson, pick: PickProvider): Promise<Sandbox> {
    const { store } = this.#options
    const kept = await store.workspaces.read(key)
    const provider = await pick(kept)
    if (kept && kept.provider !== provider.name) await store.workspaces.setProvider(key, provider.name)
    return new Sandbox({ ...this.#options, id: kept?.sandbox ?? newSandboxId(), key, lesson, provider })
  }
}

const nameOf = ({ learner, lesson }: { readonly learner: string; readonly lesson: string }) =>
  `${learner} ${lesson}`
