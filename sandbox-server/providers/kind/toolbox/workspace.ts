// The learner's files in the toolbox: one truth for editor and terminal.
import type { Workspace } from '../../../contract/workspace.ts'
import type { Timers } from '../../../platform/host-timers.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { WatchedWorkspace } from './watched-workspace.ts'

export interface ToolboxWorkspace extends Workspace {
  /**
   * Resolves once all that editors wrote is in the toolbox. Throws AppError TOO_LARGE while its disk is full, BAD_REQUEST for
   * what could not be written, SANDBOX_NOT_READY where the toolbox does not answer.
   */
  flushed(): Promise<void>
  /** Resolves once all that the terminal wrote is told. Throws AppError SANDBOX_NOT_READY where the toolbox does not answer. */
  refresh(): Promise<void>
  /** A fresh workspace with these files; of the rest only the terminal's history stays. */
  replaceAll(files: readonly StartFile[]): Promise<void>
  dispose(): void
}

export interface StartFile {
  readonly path: string
  readonly content: string
}

export interface ToolboxWorkspaceOptions {
  /** Put into a toolbox that holds no workspace yet; otherwise what it holds is the truth. Default none. */
  readonly files?: readonly StartFile[]
  /** For kubectl in the terminal. Put there at once, and again whenever the container was restarted, which empties it. */
  readonly kubeconfig?: string
  readonly timers: Timers
  /** Revisions are greater than this: one that no page has seen from an earlier process. Default 0. */
  readonly lastRevision?: number
}

/** Resolves once the files are there. Throws AppError SANDBOX_NOT_READY where the toolbox does not answer. */
export async function openToolboxWorkspace(
  engine: ContainerEngine,
  container: string,
  options: ToolboxWorkspaceOptions,
): Promise<ToolboxWorkspace> {
  const workspace = new WatchedWorkspace(engine, container, options)
  try {
    await workspace.opened()
    return workspace
  } catch (error) {
    workspace.dispose()
    throw error
  }
}
