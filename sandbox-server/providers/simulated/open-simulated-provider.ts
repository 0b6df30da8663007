// Opens the simulated provider with all that its first learner should not wait for.
import { loadParser } from '../../simulator/shell/interpreter/parse.ts'
import type { ClusterProvider } from '../provider.ts'
import type { ProviderOptions } from '../provider-options.ts'
import { createSimulatedProvider } from './simulated-provider.ts'

export async function openSimulatedProvider({ timers, gateway }: ProviderOptions): Promise<ClusterProvider> {
  // The shell's parser takes a fifth of a second to load.
  await loadParser()
  return createSimulatedProvider({ timers, gateway })
}
