// What lies beside a cluster's record in its folder: the baseline for resets, the home of a suspended terminal.
import { join } from 'node:path'
import { replaceFileSafely } from '../../platform/atomic-file.ts'
import { makeFolder, readBytes, readText, removeFile } from '../../platform/files.ts'
import { type Baseline, baselineSchema } from './reset/baseline.ts'

const baselineName = 'baseline.json'
const homeName = 'home.tar'

export function writeBaseline(folder: string, baseline: Baseline): void {
  replaceFileSafely(join(folder, baselineName), JSON.stringify(baseline))
}

/** Undefined where there is none that can be read: then no reset can be trusted. */
export function readBaseline(folder: string): Baseline | undefined {
  const text = readText(join(folder, baselineName))
  if (text === undefined) return undefined
  try {
    return baselineSchema.parse(JSON.parse(text))
  } catch {
    return undefined // Half-written by a process that was killed: the cluster is made anew instead.
  }
}

export function writeHomeArchive(folder: string, archive: Uint8Array): void {
  replaceFileSafely(join(folder, homeName), archive)
}

export function readHomeArchive(folder: string): Uint8Array | undefined {
  return readBytes(join(folder, homeName))
}

/** Once it is back where it belongs: what the learner does from then on is newer. */
export function removeHomeArchive(folder: string): void {
  removeFile(join(folder, homeName))
}

/** Where the socket lies that `docker exec NODE` in the terminal asks; made where it is missing, since containers mount it. */
export function nodeShellFolderIn(folder: string): string {
  const path = join(folder, 'node-shell')
  makeFolder(path)
  return path
}
