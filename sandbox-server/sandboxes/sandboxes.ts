// All sandboxes of this server: one a learner and lesson, on the provider that fits, from opening a lesson to an orderly end.
import { AppError } from '../contract/errors.ts'
import type { LearnerId } from '../contract/ids.ts'
import type { ClusterChoice, ProviderName } from '../contract/sandbox.ts'
import type { ClusterProvider } from '../providers/provider.ts'
import type { KeptWorkspace, WorkKey } from '../store/store.ts'
import { adoptClusters } from './adopt-clusters.ts'
import { chooseProvider, clusterChoices } from './choose-provider.ts'
import { KeptClusters } from './kept-clusters.ts'
import { notSaved } from './not-saved.ts'
import { missingError, type Offer, Offers } from './offers.ts'
import { Places } from './places.ts'
import type { Sandbox } from './sandbox.ts'
import type { SandboxLesson } from './sandbox-lesson.ts'
import { SandboxRegistry } from './sandbox-registry.ts'
import type { SandboxesOptions } from './sandboxes-options.ts'
import { startSweeping } from './sweeping.ts'

/** What the server says of one provider's clusters. */
export interface ClusterCounts {
  readonly provider: ProviderName
  readonly state: Offer['state']
  readonly live: number
  readonly queued: number
  readonly suspended: number
  /** Clusters at the same time; left out where there is no such number yet. */
  readonly limit?: number
}

/** Who opens a lesson is kept waiting this long until a provider was looked at; then they wait in the queue. */
const lookMs = 1_000

export class Sandboxes {
  readonly #options: SandboxesOptions
  readonly #registry: SandboxRegistry
  /** How a sandbox without a cluster starts next, where not as it was left. */
  readonly #wishes = new Map<Sandbox, 'reset' | 'restart'>()
  readonly #starting = new Map<Sandbox, Promise<void>>()
  /** Their cluster makes way for one of another kind. */
  readonly #moving = new Map<Sandbox, { readonly to: ClusterProvider; readonly done: Promise<void> }>()
  /** Their provider is missing. */
  readonly #refused = new Set<Sandbox>()
  readonly #places: Places
  readonly #offers: Offers
  readonly #kept: KeptClusters
  readonly #endSweeping: () => void

  constructor(options: SandboxesOptions) {
    const { providers, limits, timers, store, log } = options
    this.#options = options
    this.#registry = new SandboxRegistry({ store, timers, log, idleMs: limits.idleMs })
    this.#kept = new KeptClusters({ store, timers, log, keepDays: limits.keepDays })
    this.#places = new Places({
      limits,
      timers,
      limitOf: (provider) => this.#limitOf(provider),
      isOpen: (provider) => this.#offers.isAvailable(provider),
      onAdmitted: (sandbox) => this.#starting.set(sandbox, this.#start(sandbox)),
      onNeeded: (sandbox) => void this.stop(sandbox, 'Another lesson needed the place.'),
    })
    this.#offers = new Offers({
      providers,
      timers,
      log,
      onFound: (provider) => this.#adopt(provider),
      onChange: (offer) => {
        options.onOffer?.(offer)
        if (offer.state === 'missing') this.#refuseWaiting(offer)
        else this.#requestRefused(offer)
        this.#places.admit()
      },
    })
    this.#offers.start()
    this.#endSweeping = startSweeping({
      registry: this.#registry,
      places: this.#places,
      kept: this.#kept,
      timers,
      idleMs: limits.idleMs,
      stop: (sandbox, reason) => void this.stop(sandbox, reason),
    })
  }

  /** Sandboxes that have a place. */
  get live(): number {
    return this.#places.holders.length
  }

  counts(): ClusterCounts[] {
    return this.#offers.list().map(({ provider, state }) => {
      const limit = state === 'available' ? this.#limitOf(provider) : undefined
      return {
        provider: provider.name,
        state,
        live: this.#places.liveOf(provider),
        queued: this.#places.waiting.filter((sandbox) => sandbox.provider === provider).length,
        suspended: this.#kept.countOf(provider.name),
        ...(limit === undefined ? {} : { limit }),
      }
    })
  }

  /**
   * The learner's sandbox for the lesson, which starts or waits for a place, on `wanted` where that is given. Throws AppError
   * QUEUE_FULL, BAD_REQUEST where it cannot be on `wanted`, PROVIDER_FAILED where nothing will do.
   */
  async open(learner: LearnerId, lesson: SandboxLesson, wanted?: ProviderName): Promise<Sandbox> {
    const sandbox = await this.#registry.findOrMake({ learner, lesson: lesson.slug }, lesson, (kept) =>
      this.#providerFor(lesson, kept, wanted),
    )
    if (wanted !== undefined && sandbox.provider.name !== wanted) await this.choose(sandbox, wanted)
    else this.#request(sandbox)
    return sandbox
  }

  find(learner: LearnerId, slug: string): Sandbox | undefined {
    return this.#registry.find({ learner, lesson: slug })
  }

  /** What the learner may choose from for the lesson. */
  async choices(learner: LearnerId, lesson: SandboxLesson): Promise<ClusterChoice[]> {
    const kept = await this.#options.store.workspaces.read({ learner, lesson: lesson.slug })
    return clusterChoices({ lesson, offers: this.#offers.list() }, kept?.sandbox ?? 'new')
  }

  /** A cluster of another kind; files stay. Throws AppError BAD_REQUEST, NOT_SAVED. */
  async choose(sandbox: Sandbox, name: ProviderName): Promise<void> {
    const offers = this.#offers.list()
    const provider = chooseProvider({ lesson: sandbox.lesson, offers, wanted: name })
    const moving = this.#moving.get(sandbox)
    if (moving && moving.to !== provider) {
      throw new AppError('CONFLICT', `A ${moving.to.name} cluster takes its place already.`, {
        hint: 'Choose again once it starts.',
      })
    }
    if (moving) await moving.done
    else if (sandbox.provider !== provider) await this.#move(sandbox, provider)
    this.#request(sandbox)
  }

  /** Gives up a start that is under way, or a place in the queue. Throws AppError CONFLICT where there is neither. */
  async cancel(sandbox: Sandbox): Promise<void> {
    const { state } = sandbox.state
    if (this.#places.leaveQueue(sandbox)) {
      return await sandbox.stop('You gave up your place in the queue.')
    }
    const isOnItsWay = this.#places.has(sandbox) && !sandbox.hasCluster && state !== 'stopping'
    if (state === 'starting' || isOnItsWay) return await this.stop(sandbox, 'You cancelled the start.')
    throw new AppError('CONFLICT', `There is nothing to cancel: the sandbox is ${state}.`, {
      hint: 'Restart cluster makes a new one.',
    })
  }

  /** Start state of cluster and files (`reset`), or a new cluster with the files as they are. Throws AppError NOT_SAVED. */
  async remake(sandbox: Sandbox, mode: 'reset' | 'restart'): Promise<void> {
    try {
      // Noted before the cluster is touched: a server that ends half way must not bring it back.
      await this.#options.store.workspaces.dropSnapshot(sandbox.key)
    } catch (error) {
      throw notSaved('The new start', error)
    }
    if (this.#places.has(sandbox) && sandbox.state.state !== 'stopping') {
      await (mode === 'reset' ? sandbox.reset() : sandbox.restart())
      this.#releaseFailed(sandbox)
      return
    }
    this.#wishes.set(sandbox, mode)
    this.#request(sandbox)
    await this.#starting.get(sandbox)
  }

  /** Keeps everything and frees the place. */
  async stop(sandbox: Sandbox, reason: string): Promise<void> {
    await sandbox.stop(reason)
    const { id, key, provider } = sandbox
    if (sandbox.outlives) this.#kept.add(id, key, provider, this.#options.timers.now())
    this.#release(sandbox)
  }

  /** Stops and keeps every sandbox. */
  async close(): Promise<void> {
    this.#registry.close()
    this.#offers.close()
    this.#endSweeping()
    this.#places.close()
    await Promise.all(this.#places.holders.map((sandbox) => sandbox.stop('The server stops.')))
  }

  async #providerFor(
    lesson: SandboxLesson,
    kept: KeptWorkspace | undefined,
    wanted: ProviderName | undefined,
  ): Promise<ClusterProvider> {
    const wish = { lesson, kept: kept?.provider, wanted: kept ? undefined : wanted }
    const likely = wanted ?? chooseProvider({ ...wish, offers: this.#offers.list() }).name
    await this.#offers.looked(likely, lookMs)
    return chooseProvider({ ...wish, offers: this.#offers.list() })
  }

  async #move(sandbox: Sandbox, to: ClusterProvider): Promise<void> {
    const done = this.#moveTo(sandbox, to)
    this.#moving.set(sandbox, { to, done })
    try {
      await done
    } catch (error) {
      throw notSaved('Your choice', error)
    } finally {
      this.#moving.delete(sandbox)
    }
  }

  async #moveTo(sandbox: Sandbox, to: ClusterProvider): Promise<void> {
    await this.#options.store.workspaces.setProvider(sandbox.key, to.name)
    this.#wishes.delete(sandbox)
    this.#places.leaveQueue(sandbox)
    await sandbox.moveTo(to)
    await this.#kept.take(sandbox.id)
    this.#release(sandbox)
  }

  /** Starts it or puts it into the queue; tells what is missing where neither will do. */
  #request(sandbox: Sandbox): void {
    if (this.#moving.has(sandbox)) return
    this.#refused.delete(sandbox)
    const offer = this.#offers.get(sandbox.provider.name)
    if (offer?.state === 'missing' && !this.#places.has(sandbox)) this.#refuse(sandbox, offer)
    else this.#places.enqueue(sandbox)
  }

  async #start(sandbox: Sandbox): Promise<void> {
    const mode = this.#wishes.get(sandbox)
    this.#wishes.delete(sandbox)
    const removing = this.#kept.take(sandbox.id)
    if (removing) await removing
    if (!this.#places.has(sandbox)) return // Cancelled meanwhile.
    await sandbox.start(mode)
    this.#starting.delete(sandbox)
    this.#releaseFailed(sandbox)
  }

  /** A cluster that could not be made holds no place; Restart takes one again. */
  #releaseFailed(sandbox: Sandbox): void {
    if (sandbox.state.state === 'failed') this.#release(sandbox)
  }

  #release(sandbox: Sandbox): void {
    this.#registry.forget(sandbox)
    this.#places.release(sandbox)
  }

  #refuseWaiting(offer: Offer): void {
    for (const sandbox of this.#places.waiting) {
      if (sandbox.provider !== offer.provider) continue
      this.#places.leaveQueue(sandbox)
      this.#refuse(sandbox, offer)
    }
  }

  #refuse(sandbox: Sandbox, offer: Offer): void {
    sandbox.refuse(missingError(offer))
    this.#refused.add(sandbox)
  }

  /** The provider was found: whoever looks at the page need not ask again. */
  #requestRefused(offer: Offer): void {
    for (const sandbox of this.#refused) {
      this.#refused.delete(sandbox)
      if (sandbox.provider === offer.provider && sandbox.attached > 0) this.#places.enqueue(sandbox)
    }
  }

  async #adopt(provider: ClusterProvider): Promise<void> {
    const { store, log } = this.#options
    await adoptClusters({
      provider,
      store,
      log,
      onSuspended: (key, { id, since }) => this.#kept.add(id, key, provider, since),
      onRunning: (key) => this.#goOn(key, provider),
    })
  }

  /** Opens a cluster that runs since an earlier server; its learner may come back at any moment. */
  async #goOn(key: WorkKey, provider: ClusterProvider): Promise<void> {
    const { log, lesson } = this.#options
    try {
      const sandbox = await this.#registry.findOrMake(key, lesson(key.lesson), async () => provider)
      if (sandbox.provider === provider && !this.#places.has(sandbox)) this.#places.take(sandbox)
    } catch (error) {
      log.warn({ err: error, ...key }, 'a cluster that runs could not be opened')
    }
  }

  #limitOf(provider: ClusterProvider): number {
    const { live, liveOf } = this.#options.limits
    return Math.min(live, liveOf?.[provider.name] ?? live, provider.capacity())
  }
}
