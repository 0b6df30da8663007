// Everything in the learner's home as one archive: the home lies in memory, and a suspended cluster has none.
import type { ContainerEngine } from '../engine/engine.ts'
import { workspaceFolder } from './start-toolbox.ts'

/** A tar of the home, shell history and files that no editor shows included; at most the size of the home. */
export async function readHome(engine: ContainerEngine, container: string): Promise<Uint8Array> {
  const tar = ['tar', '--create', '--directory', workspaceFolder, '--file', '-', '.']
  return await engine.runBytes(['exec', container, ...tar])
}

export async function writeHome(
  engine: ContainerEngine,
  container: string,
  archive: Uint8Array,
): Promise<void> {
  // What belongs to the mount itself, its mode and time, is not the learner's to set.
  const tar = ['tar', '--extract', '--no-overwrite-dir', '--directory', workspaceFolder, '--file', '-']
  await engine.run(['exec', '-i', container, ...tar], { input: archive })
}
