// What the sandboxes of a server are made with.
import type { ProviderName } from '../contract/sandbox.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { ClusterProvider } from '../providers/provider.ts'
import type { Store } from '../store/store.ts'
import type { Offer } from './offers.ts'
import type { PlacesLimits } from './places.ts'
import type { SandboxLesson } from './sandbox-lesson.ts'

export interface SandboxLimits extends PlacesLimits {
  /** Sandboxes of a provider with a cluster at the same time, where its own capacity allows so many. */
  readonly live: number
  /** Fewer of one provider. */
  readonly liveOf?: { readonly [N in ProviderName]?: number | undefined }
  /** Days until a suspended cluster that nobody used is removed. */
  readonly keepDays: number
}

export interface SandboxesOptions {
  /** What clusters can be made of, the operator's preference first. */
  readonly providers: readonly ClusterProvider[]
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly limits: SandboxLimits
  /** Throws AppError NOT_FOUND, LESSON_BROKEN. */
  readonly lesson: (slug: string) => SandboxLesson
  /** Told when a provider was found, or found missing. */
  readonly onOffer?: (offer: Offer) => void
}
