// A simulated cluster as bytes and back: its snapshot, the terminal's state and the files' revisions, as compressed JSON.
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import type { ClusterSnapshot } from '../../simulator/cluster.ts'
import type { ShellState } from '../../simulator/shell/session.ts'

export interface Checkpoint {
  readonly cluster: ClusterSnapshot
  readonly shell: ShellState | undefined
  /** The workspace's files by path. */
  readonly files: Readonly<Record<string, string>>
  readonly revisions: Readonly<Record<string, number>>
}

const format = 1
const checkpointSchema = z.object({
  format: z.literal(format),
  cluster: z.looseObject({ version: z.literal(1) }),
  shell: z
    .object({
      history: z.array(z.string()),
      cwd: z.string(),
      variables: z.record(z.string(), z.string()),
    })
    .optional(),
  files: z.record(z.string(), z.string()),
  revisions: z.record(z.string(), z.number()),
})

export async function encodeCheckpoint(checkpoint: Checkpoint): Promise<Uint8Array> {
  const json = JSON.stringify({ format, ...checkpoint })
  return await promisify(deflate)(json, { level: 1 })
}

/** Throws AppError PROVIDER_FAILED for what this version cannot read. */
export async function decodeCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  try {
    const json = (await promisify(inflate)(bytes)).toString()
    const { cluster, shell, files, revisions } = checkpointSchema.parse(JSON.parse(json))
    return { cluster: cluster as ClusterSnapshot, shell, files, revisions }
  } catch (cause) {
    throw new AppError('PROVIDER_FAILED', 'The kept cluster cannot be read by this version of Fairlead.', {
      cause,
    })
  }
}
