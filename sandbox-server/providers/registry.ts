// The providers that this server can use, by name. A provider's code is loaded when it is asked for.
import { AppError } from '../contract/errors.ts'
import type { ClusterProvider, ProviderName } from './provider.ts'
import type { ProviderOptions } from './provider-options.ts'

const providers: { readonly [N in ProviderName]?: (options: ProviderOptions) => Promise<ClusterProvider> } = {
  simulated: async (options) => {
    const { openSimulatedProvider } = await import('./simulated/open-simulated-provider.ts')
    return await openSimulatedProvider(options)
  },
  kind: async (options) => {
    const { openKindProvider } = await import('./kind/open-kind-provider.ts')
    return await openKindProvider(options)
  },
}

/** Throws AppError PROVIDER_FAILED for a provider that this version does not have. */
export async function openProvider(name: ProviderName, options: ProviderOptions): Promise<ClusterProvider> {
  const open = providers[name]
  if (open) return await open(options)
  throw new AppError('PROVIDER_FAILED', `This version of Fairlead has no provider ${name}.`, {
    hint: `It has: ${Object.keys(providers).join(', ')}.`,
  })
}
