// Which providers this server offers right now: looked at when it starts, and every minute again while something is missing.
import { AppError } from '../contract/errors.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { Availability, ClusterProvider, ProviderName } from '../providers/provider.ts'
import { within } from './deadline.ts'

const lookAgainMs = 60_000
/** A container engine that hangs is taken for one that is missing. */
const lookMs = 30_000
const adoptMs = 120_000

export interface Offer {
  readonly provider: ClusterProvider
  readonly state: 'checking' | 'available' | 'missing'
  /** What is missing and what mends it. */
  readonly missing: Availability['missing']
}

export interface OffersOptions {
  /** In the order of preference. */
  readonly providers: readonly ClusterProvider[]
  readonly timers: Timers
  readonly log: Log
  /** Does what comes before the first cluster of a provider that was found, such as adopting what is left. */
  readonly onFound: (provider: ClusterProvider) => Promise<void>
  /** Told whenever an offer changed. */
  readonly onChange: (offer: Offer) => void
}

export class Offers {
  readonly #options: OffersOptions
  readonly #offers = new Map<ProviderName, Offer>()
  readonly #first = new Map<ProviderName, Promise<void>>()
  readonly #again = new Map<ProviderName, unknown>()
  #closed = false

  constructor(options: OffersOptions) {
    this.#options = options
    for (const provider of options.providers) {
      this.#offers.set(provider.name, { provider, state: 'checking', missing: [] })
    }
  }

  /** Looks at every provider; nothing waits for it. */
  start(): void {
    for (const { provider } of this.list()) this.#first.set(provider.name, this.#look(provider))
  }

  list(): readonly Offer[] {
    return [...this.#offers.values()]
  }

  get(name: ProviderName): Offer | undefined {
    return this.#offers.get(name)
  }

  isAvailable(provider: ClusterProvider): boolean {
    return this.get(provider.name)?.state === 'available'
  }

  /** Resolves once the provider was looked at, or after `limitMs`. */
  async looked(name: ProviderName, limitMs: number): Promise<void> {
    const first = this.#first.get(name)
    if (!first) return
    // Whoever waits goes on without the answer, and is told that it is being looked for.
    await within(limitMs, this.#options.timers, name, first).catch(() => {})
  }

  close(): void {
    this.#closed = true
    for (const handle of this.#again.values()) this.#options.timers.clearTimeout(handle as never)
  }

  async #look(provider: ClusterProvider): Promise<void> {
    const missing = await this.#missingOf(provider)
    if (this.#closed) return
    const offer: Offer = { provider, state: missing.length === 0 ? 'available' : 'missing', missing }
    this.#offers.set(provider.name, offer)
    this.#options.onChange(offer)
    if (missing.length === 0) return
    const handle = this.#options.timers.setTimeout(() => void this.#look(provider), lookAgainMs)
    this.#again.set(provider.name, handle)
  }

  async #missingOf(provider: ClusterProvider): Promise<Availability['missing']> {
    const { timers, log, onFound } = this.#options
    const { name } = provider
    try {
      const found = await within(lookMs, timers, `Looking for ${name}`, provider.availability())
      if (!found.available) {
        return found.missing.length > 0 ? found.missing : [{ what: `${name} does not work here`, mend: '' }]
      }
      await within(adoptMs, timers, `Looking for clusters that ${name} left behind`, onFound(provider))
      return []
    } catch (error) {
      log.warn({ err: error, provider: name }, 'provider could not be looked at')
      return [{ what: error instanceof Error ? error.message : String(error), mend: '' }]
    }
  }
}

/** What a learner reads whose clusters would be of a provider that is missing. */
export function missingError({ provider, missing }: Offer): AppError {
  const what = missing[0]?.what ?? 'it does not work here'
  return new AppError('PROVIDER_FAILED', `This server has no ${provider.name} clusters now: ${what}`, {
    hint: 'Choose another kind of cluster, or ask who runs the server to look: fairlead cluster check. Your files are kept.',
  })
}
