// Makes a sandbox's cluster: where the learner left it, or in the exercise's start state with or without their files.
import type { SandboxId } from '../contract/ids.ts'
import type { Step } from '../contract/sandbox.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { Cluster, ClusterProvider, ClusterSetup } from '../providers/provider.ts'
import type { KeptWorkspace, Store, WorkKey } from '../store/store.ts'
import { within } from './deadline.ts'
import { clusterSetup, type SandboxLesson } from './sandbox-lesson.ts'
import { bringBackFiles, bringTogether, filesOf } from './workspace-files.ts'

export type StartMode = 'resume' | 'reset' | 'restart'

export interface CreateClusterOptions {
  readonly id: SandboxId
  readonly key: WorkKey
  readonly lesson: SandboxLesson
  readonly provider: ClusterProvider
  readonly store: Store
  readonly log: Log
  readonly timers: Timers
  readonly mode: StartMode
  readonly progress: (steps: readonly Step[]) => void
  readonly signal: AbortSignal
}

export interface MadeCluster {
  readonly cluster: Cluster
  /** What the learner is told of what could not be brought back. */
  readonly note: string | undefined
  /** Whether it holds what the learner did before. */
  readonly isKept: boolean
}

/** A provider that is told to give up cleans up first; one that does not end by then is left to itself. */
const giveUpMs = 60_000
const discardMs = 60_000
const notAsLeft =
  'Your cluster or its terminal had to be started anew. The files of the editor are as you left them.'

export async function createCluster(options: CreateClusterOptions): Promise<MadeCluster> {
  const { store, key, mode, id, provider, timers, signal } = options
  const kept = (await store.workspaces.read(key)) ?? (await makeWorkspace(options))
  const hadCluster = kept.savedAt > 0
  const isKept = mode === 'resume' && hadCluster && !kept.anew && kept.provider === provider.name
  if (hadCluster && !isKept) {
    await within(discardMs, timers, 'Removing the cluster before', provider.discard(id))
  }
  const made = await createOrStartAnew(options, isKept ? kept.snapshot : undefined)
  const { cluster } = made
  try {
    signal.throwIfAborted()
    const { workspace, isAsLeft } = cluster
    const replaces = !hadCluster || mode === 'reset'
    if (replaces) {
      await store.workspaces.started(key, timers.now(), filesOf(workspace))
    } else if (isAsLeft) {
      if (bringTogether(workspace, kept.files)) await store.workspaces.replaceFiles(key, filesOf(workspace))
    } else {
      bringBackFiles(workspace, kept.files)
    }
    if (!replaces && !isKept) await store.workspaces.started(key, timers.now())
    const lost = isKept && isAsLeft === false ? notAsLeft : undefined
    return { cluster, note: made.note ?? (mode === 'resume' ? (kept.notice ?? lost) : undefined), isKept }
  } catch (error) {
    await letGo(cluster, isKept, options)
    throw error
  }
}

/** What the learner did stays; what nobody used is removed. Never rejects. */
export async function letGo(
  cluster: Cluster,
  isKept: boolean,
  { timers, log }: { readonly timers: Timers; readonly log: Log },
): Promise<void> {
  try {
    await within(giveUpMs, timers, 'Letting a cluster go', isKept ? cluster.suspend() : cluster.dispose())
  } catch (error) {
    log.error({ err: error, sandbox: cluster.id }, 'cluster could not be let go')
  }
}

/** There before the cluster is: the next server finds the learner's choice, and whose the cluster would have been. */
async function makeWorkspace({ id, key, provider, store }: CreateClusterOptions): Promise<KeptWorkspace> {
  const fresh = { sandbox: id, provider: provider.name, savedAt: 0, files: [] }
  await store.workspaces.create(key, fresh)
  return { ...fresh, snapshot: undefined, anew: false, notice: undefined }
}

async function createOrStartAnew(options: CreateClusterOptions, snapshot: Uint8Array | undefined) {
  const { lesson, id, signal, log } = options
  const setup = clusterSetup(lesson, id)
  if (snapshot === undefined) return { cluster: await create(setup, options), note: undefined }
  try {
    return { cluster: await create({ ...setup, snapshot }, options), note: undefined }
  } catch (error) {
    signal.throwIfAborted()
    log.error({ err: error, sandbox: id }, 'snapshot could not be restored; starting anew')
    const note = 'Your cluster could not be brought back and starts anew. Your files are as you left them.'
    return { cluster: await create(setup, options), note }
  }
}

/** Rejects a while after an abort also where the provider does not; a cluster that comes later is removed. */
function create(setup: ClusterSetup, options: CreateClusterOptions): Promise<Cluster> {
  const { provider, progress, signal, timers } = options
  const creating = provider.create(setup, progress, signal)
  return new Promise((resolve, reject) => {
    let handle: unknown
    const giveUp = () => {
      handle = timers.setTimeout(() => {
        reject(signal.reason)
        // What it rejects with is of no interest any more: the start was given up.
        creating.then((cluster) => letGo(cluster, setup.snapshot !== undefined, options)).catch(() => {})
      }, giveUpMs)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    creating.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp)
      timers.clearTimeout(handle as never)
    })
  })
}

/** What a learner reads meanwhile. */
export const startingReasons: Readonly<Record<StartMode, string>> = {
  resume: 'Your cluster starts.',
  reset: 'The exercise is set back to its start.',
  restart: 'A new cluster starts; your files stay.',
}
