// Makes a sandbox's cluster: where the learner left it, or in the exercise's start state with or without their files.
import type { SandboxId } from '../contract/ids.ts'
import type { Step } from '../contract/sandbox.ts'
import type { Workspace } from '../contract/workspace.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { Cluster, ClusterProvider, ClusterSetup } from '../providers/provider.ts'
import type { KeptFile, KeptWorkspace, Store, WorkKey } from '../store/store.ts'
import { pickFiles, type SandboxLesson } from './sandbox-lesson.ts'

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

/** `note` tells the learner what could not be brought back. */
export async function createCluster(
  options: CreateClusterOptions,
): Promise<{ readonly cluster: Cluster; readonly note: string | undefined }> {
  const { store, key, mode, id, provider, timers } = options
  const kept = await store.workspaces.read(key)
  const snapshot = mode === 'resume' && kept?.provider === provider.name ? kept.snapshot : undefined
  const { cluster, note } = await createOrStartAnew(options, snapshot)
  if (kept && mode !== 'reset') {
    bringBackFiles(cluster.workspace, kept.files)
  } else {
    const files = cluster.workspace.list().map(({ path, content, revision }) => ({ path, content, revision }))
    if (kept) await store.workspaces.replaceFiles(key, files)
    else {
      const fresh: Omit<KeptWorkspace, 'snapshot'> = {
        sandbox: id,
        provider: provider.name,
        savedAt: timers.now(),
        files,
      }
      await store.workspaces.create(key, fresh)
    }
  }
  return { cluster, note }
}

async function createOrStartAnew(options: CreateClusterOptions, snapshot: Uint8Array | undefined) {
  const { provider, lesson, id, progress, signal, log } = options
  const setup: ClusterSetup = {
    id,
    exercise: lesson.exercise,
    applied: pickFiles(lesson, lesson.exercise.applied),
    files: pickFiles(lesson, lesson.exercise.files),
  }
  if (snapshot === undefined)
    return { cluster: await provider.create(setup, progress, signal), note: undefined }
  try {
    return { cluster: await provider.create({ ...setup, snapshot }, progress, signal), note: undefined }
  } catch (error) {
    signal.throwIfAborted()
    log.error({ err: error, sandbox: id }, 'snapshot could not be restored; starting anew')
    const note = 'Your cluster could not be brought back and starts anew. Your files are as you left them.'
    return { cluster: await provider.create(setup, progress, signal), note }
  }
}

/** Files are kept at every change, the cluster's snapshot a moment later: the kept files are the newer truth. */
function bringBackFiles(workspace: Workspace, files: readonly KeptFile[]): void {
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
