// Removes prepared node images: each change of a list or of an image leaves one behind.
import type { ContainerEngine } from '../engine/engine.ts'
import { preparedRepository } from './node-image.ts'

/** Gives the names of those that were removed; one that a container uses stays. */
export async function removePrepared(engine: ContainerEngine, signal: AbortSignal): Promise<string[]> {
  const list = ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', '--filter']
  const text = await engine.run([...list, `reference=*${preparedRepository}`], { signal })
  const removed: string[] = []
  for (const name of text.split('\n').filter((line) => line.includes(`${preparedRepository}:`))) {
    const users = ['ps', '--all', '--quiet', '--filter', `ancestor=${name}`]
    if ((await engine.run(users, { signal })).trim() !== '') continue
    await engine.run(['image', 'rm', name], { signal })
    removed.push(name)
  }
  return removed
}
