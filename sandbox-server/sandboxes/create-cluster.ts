// Makes a sandbox's cluster: where the learner left it, or in the exercise's start state with or without their files.
import type { SandboxId } from '../contract/ids.ts'
import type { Step } from '../contract/sandbox.ts'
import type { Workspace } from '../contract/workspace.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { Cluster, ClusterProvider, ClusterSetup } from '../providers/provider.ts'
import type { KeptFile, KeptWorkspace, Store, WorkKey } from '../store/store.ts'
import { within } from './deadline.ts'
import { clusterSetup, type SandboxLesson } from './sandbox-lesson.ts'

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
    const replaces = !hadCluster || mode === 'reset'
    if (!replaces) bringBackFiles(cluster.workspace, kept.files)
    if (replaces) await store.workspaces.started(key, timers.now(), filesOf(cluster.workspace))
    else if (!isKept) await store.workspaces.started(key, timers.now())
    return { cluster, note: made.note ?? (mode === 'resume' ? kept.notice : undefined), isKept }
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

export function filesOf(workspace: Workspace): KeptFile[] {
  return workspace.list().map(({ path, content, revision }) => ({ path, content, revision }))
}

/** Files are kept at every change, the cluster's snapshot a moment later: the kept files are the newer truth. */
export function bringBackFiles(
  workspace: Workspace,
  files: readonly { readonly path: string; readonly content: string }[],
): void {
  const wanted = new Map(files.map((file) => [file.path, file]))
  for (const file of workspace.list()) if (!wanted.has(file.path)) workspace.delete(file.path, 'store')
  for (const file of files) {
    if (workspace.read(file.path)?.content !== file.content) workspace.write(file.path, file.content, 'store')
  }
}

/** What a learner reads meanwhile. */
export const startingReasons: Readonly<Record<StartMode, string>> = {
  resume: 'Your cluster starts.',
  reset: 'The exercise is set back to its start.',
  restart: 'A new cluster starts; your files stay.',
}
