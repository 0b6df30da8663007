// Every few seconds: stops what expired, forgets what is stopped and has no page, removes old clusters.
import type { Timers } from '../platform/host-timers.ts'
import type { KeptClusters } from './kept-clusters.ts'
import { type Places, yieldsAfterMs } from './places.ts'
import type { Sandbox } from './sandbox.ts'
import type { SandboxRegistry } from './sandbox-registry.ts'

export interface SweepingOptions {
  readonly registry: SandboxRegistry
  readonly places: Places
  readonly kept: KeptClusters
  readonly timers: Timers
  readonly idleMs: number
  stop(sandbox: Sandbox, reason: string): void
}

const everyMs = 5_000

/** Gives what ends it. */
export function startSweeping(options: SweepingOptions): () => void {
  const { timers, idleMs } = options
  let handle: unknown
  const arm = () => {
    handle = timers.setTimeout(
      () => {
        sweep(options)
        arm()
      },
      Math.min(idleMs, everyMs),
    )
  }
  arm()
  return () => timers.clearTimeout(handle as never)
}

function sweep({ registry, places, kept, timers, idleMs, stop }: SweepingOptions): void {
  const now = timers.now()
  for (const sandbox of places.holders) {
    // What the store lacks would be lost with the cluster.
    if (sandbox.state.state !== 'ready' || sandbox.expiresAt > now || sandbox.hasUnsaved) continue
    stop(sandbox, `Nothing was done for ${Math.round(idleMs / 60_000)} minutes.`)
  }
  // Whoever closed the page while waiting gives up the place in the queue.
  for (const sandbox of places.waiting) {
    const isLeft = sandbox.attached === 0 && now - sandbox.lastActivity >= yieldsAfterMs
    if (isLeft && places.leaveQueue(sandbox)) void sandbox.stop('The page was closed while it waited.')
  }
  for (const sandbox of registry.list()) {
    if (!places.has(sandbox) && !places.waiting.includes(sandbox)) registry.forget(sandbox)
  }
  kept.sweep()
  places.admit()
}
