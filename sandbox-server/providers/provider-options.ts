// What main.ts gives to every provider.
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'

export interface ProviderOptions {
  readonly timers: Timers
  readonly log: Log
  /** Where kubectl reaches the clusters' API servers. */
  readonly api: {
    readonly host: string
    /** 0 for any free one. */
    readonly port: number
    /** Whether any free port will do where that one is taken. */
    readonly orAnyPort?: boolean
    /** Tokens and certificates that outlive the process; new ones at every start where left out. */
    readonly secrets?: Secrets
    /** Serves the first cluster without a path before it. */
    readonly atRoot?: boolean
  }
}

export interface Secrets {
  /** A random secret that is made once and kept. */
  secret(name: string): Uint8Array
  readText(name: string): string | undefined
  writeText(name: string, text: string): void
}
