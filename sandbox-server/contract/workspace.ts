// The learner's files: one truth for editor and terminal.
import { z } from 'zod'

export const limits = {
  /** Bytes of one file. */
  fileBytes: 1024 * 1024,
  /** Bytes of all files of a workspace. */
  workspaceBytes: 8 * 1024 * 1024,
  files: 200,
  /** Bytes of one terminal input message: a paste of 200 kB must pass in pieces of this. */
  terminalInputBytes: 64 * 1024,
  /** Bytes of one socket message. */
  messageBytes: 2 * 1024 * 1024,
} as const

/** A path inside the workspace: relative, forward slashes, no dot segments. */
export const workspacePathSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^(?!\/)(?!.*(^|\/)\.{1,2}(\/|$))[\w.@ /-]+$/,
    'a path inside the workspace: letters, digits, . _ - @ and /',
  )

export const workspaceFileSchema = z.strictObject({
  path: workspacePathSchema,
  content: z.string().max(limits.fileBytes),
  /** Grows with every change, whoever made it. */
  revision: z.int(),
})
export type WorkspaceFile = z.infer<typeof workspaceFileSchema>

export type WorkspaceChange =
  | { readonly type: 'written'; readonly file: WorkspaceFile; readonly origin: string }
  | { readonly type: 'deleted'; readonly path: string; readonly origin: string }

/** `origin` names who wrote (a tab's id, or 'terminal'), so that nobody is told of their own change twice. */
export interface Workspace {
  list(): readonly WorkspaceFile[]
  read(path: string): WorkspaceFile | undefined
  /** Throws AppError BAD_REQUEST for a bad path and TOO_LARGE over a limit. */
  write(path: string, content: string, origin: string): WorkspaceFile
  delete(path: string, origin: string): void
  onChange(listener: (change: WorkspaceChange) => void): () => void
}
