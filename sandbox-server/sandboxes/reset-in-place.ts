// Sets a cluster back to the exercise's start without making a new one, where its provider can.
import type { Step } from '../contract/sandbox.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { Cluster } from '../providers/provider.ts'
import type { Store, WorkKey } from '../store/store.ts'
import { within } from './deadline.ts'
import { clusterSetup, type SandboxLesson } from './sandbox-lesson.ts'
import { bringBackFiles, filesOf } from './workspace-files.ts'

/** A new cluster would be there by then. */
const resetMs = 60_000
const stepName = 'Set the exercise back'

export interface ResetOptions {
  readonly cluster: Cluster
  readonly key: WorkKey
  readonly lesson: SandboxLesson
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly progress: (steps: readonly Step[]) => void
  readonly signal: AbortSignal
}

/** False where only a new cluster will do. Throws at an abort; then nobody knows what the cluster holds. */
export async function resetInPlace(options: ResetOptions): Promise<boolean> {
  const { cluster, key, lesson, store, timers, log, progress, signal } = options
  const startedAt = timers.now()
  const tell = (state: Step['state']) =>
    progress([
      {
        name: stepName,
        state,
        ...(state === 'running' ? {} : { durationMs: timers.now() - startedAt }),
      },
    ])
  try {
    signal.throwIfAborted()
    tell('running')
    const setup = clusterSetup(lesson, cluster.id)
    if (!(await within(resetMs, timers, 'Setting the exercise back', cluster.reset(setup, signal))))
      return false
    signal.throwIfAborted()
    bringBackFiles(cluster.workspace, setup.files)
    await store.workspaces.started(key, timers.now(), filesOf(cluster.workspace))
    tell('done')
    return true
  } catch (error) {
    signal.throwIfAborted()
    log.warn({ err: error, sandbox: cluster.id }, 'the exercise could not be set back; a new cluster is made')
    return false
  }
}
