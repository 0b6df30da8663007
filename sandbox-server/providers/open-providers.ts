// The providers that the operator asked for, the preferred one first; a kind that cannot be opened costs only itself.
import { AppError } from '../contract/errors.ts'
import type { ClusterProvider, ProviderName } from './provider.ts'
import type { ProviderOptions } from './provider-options.ts'
import { openProvider } from './registry.ts'

export interface ProvidersWanted {
  readonly clusters: 'auto' | 'simulated' | 'kind'
  readonly defaultClusters: 'simulated' | 'kind'
}

export interface OpenedProviders {
  readonly providers: readonly ClusterProvider[]
  /** Why a wanted one is not among them. */
  readonly problem?: string
  dispose(): Promise<void>
}

/** Names of the providers that `clusters` may mean, the preferred one first. */
export function providerNames({ clusters, defaultClusters }: ProvidersWanted): ProviderName[] {
  if (clusters !== 'auto') return [clusters]
  return defaultClusters === 'kind' ? ['kind', 'simulated'] : ['simulated', 'kind']
}

/** Throws AppError PROVIDER_FAILED where the only provider wanted cannot be opened or lacks something here. */
export async function openProviders(
  wanted: ProvidersWanted,
  options: ProviderOptions,
  open: typeof openProvider = openProvider,
): Promise<OpenedProviders> {
  const providers: ClusterProvider[] = []
  const dispose = async () => {
    await Promise.all(providers.map((provider) => provider.dispose()))
  }
  let problem: string | undefined
  for (const name of providerNames(wanted)) {
    try {
      providers.push(await open(name, options))
    } catch (error) {
      if (wanted.clusters !== 'auto' || name === 'simulated' || !(error instanceof AppError)) {
        await dispose()
        throw error
      }
      options.log.warn({ err: error, provider: name }, 'provider could not be opened')
      problem = error.message
    }
  }
  const [only] = providers
  if (wanted.clusters === 'kind' && only) {
    await requireAvailable(only).catch(async (error) => {
      await dispose()
      throw error
    })
  }
  return { providers, ...(problem === undefined ? {} : { problem }), dispose }
}

/** Throws AppError PROVIDER_FAILED with everything that is missing and what mends it. */
export async function requireAvailable(provider: ClusterProvider): Promise<void> {
  const { available, missing } = await provider.availability()
  if (available) return
  const lines = missing.map(({ what, mend }) => `  ${what}${mend === '' ? '' : `\n    ${mend}`}`)
  const message = `There can be no ${provider.name} clusters on this machine:\n${lines.join('\n')}`
  throw new AppError('PROVIDER_FAILED', message, {
    hint: 'Mend it and look again with: fairlead cluster check. Simulated clusters need nothing.',
  })
}
