// The providers that this server can use, by name. A provider's code is loaded when it is asked for.
import { AppError } from '../contract/errors.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { ClusterProvider, ProviderName } from './provider.ts'

export interface ProviderOptions {
  readonly timers: Timers
  readonly log: Log
  /** Where kubectl reaches the clusters' API servers. */
  readonly apiHost: string
  readonly apiPort: number
}

const providers: { readonly [N in ProviderName]?: (options: ProviderOptions) => Promise<ClusterProvider> } = {
  simulated: async (_options) => (await import('./stand-in.ts')).createStandIn(),
}

/** Throws AppError PROVIDER_FAILED for a provider that this version does not have. */
export async function openProvider(name: ProviderName, options: ProviderOptions): Promise<ClusterProvider> {
  const open = providers[name]
  if (open) return await open(options)
  throw new AppError('PROVIDER_FAILED', `This version of Fairlead has no provider ${name}.`, {
    hint: `Start it with --provider ${Object.keys(providers).join(' or ')}.`,
  })
}
