// A provider for one command, which keeps nothing after it.
import { type ApiGatewayOptions, openApiGateway } from './api-gateway/open-api-gateway.ts'
import { providerNames, requireAvailable } from './open-providers.ts'
import type { Availability, ClusterProvider, ProviderName } from './provider.ts'
import type { ProviderOptions } from './provider-options.ts'
import { openProvider } from './registry.ts'

export interface OpenAlone {
  readonly provider: ClusterProvider
  close(): Promise<void>
}

/** Throws AppError PROVIDER_FAILED with everything that is missing for it. */
export async function openAlone(
  name: ProviderName,
  options: Omit<ProviderOptions, 'gateway'>,
  api?: ApiGatewayOptions,
): Promise<OpenAlone> {
  const gateway = await openApiGateway(api)
  const opened: ClusterProvider[] = []
  const close = async () => {
    for (const provider of opened) await provider.dispose()
    await gateway.close()
  }
  try {
    const provider = await openProvider(name, { ...options, gateway })
    opened.push(provider)
    await requireAvailable(provider)
    return { provider, close }
  } catch (error) {
    await close()
    throw error
  }
}

export interface CheckedProvider {
  readonly name: ProviderName
  readonly availability: Availability
  /** Clusters that fit at the same time. */
  readonly capacity: number
}

/** What every provider lacks here. */
export async function checkAll(options: Omit<ProviderOptions, 'gateway'>): Promise<CheckedProvider[]> {
  const gateway = await openApiGateway()
  const checked: CheckedProvider[] = []
  try {
    for (const name of providerNames({ clusters: 'auto', defaultClusters: 'simulated' })) {
      const provider = await openProvider(name, { ...options, gateway })
      checked.push({ name, availability: await provider.availability(), capacity: provider.capacity() })
      await provider.dispose()
    }
    return checked
  } finally {
    await gateway.close()
  }
}
