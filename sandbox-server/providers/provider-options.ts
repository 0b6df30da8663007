// What main.ts gives to every provider.
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { ApiGateway } from './api-gateway/api-gateway.ts'

export interface ProviderOptions {
  readonly timers: Timers
  readonly log: Log
  /** Where learners' own kubectl reaches clusters; a provider registers each of its clusters while it is open. */
  readonly gateway: ApiGateway
  /** Folder for what a provider keeps, which outlives the process; nothing is kept where left out. */
  readonly data?: string
  /** Images that lessons use, which a provider may bring into its clusters ahead. */
  readonly images?: readonly string[]
  /** A provider's own settings: FAIRLEAD_* variables, with those of flags in their place. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}
