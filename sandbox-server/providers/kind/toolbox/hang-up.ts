// Ends what was started in one terminal of a toolbox: whoever ends `exec` ends its client alone.
import type { ContainerEngine } from '../engine/engine.ts'

/** Resolves once nothing of it is left, or the container is not running. */
export async function hangUp(engine: ContainerEngine, container: string, terminal: string): Promise<void> {
  try {
    await engine.run(['exec', container, '/usr/local/lib/fairlead/hang-up', terminal], { timeoutMs: 15_000 })
  } catch {
    try {
      // No room for one more process (a fork bomb): the first one ends all others, see toolbox/files/usr/local/lib/fairlead/init.
      await engine.run(['kill', '--signal', 'USR1', container])
    } catch {
      // The container is not running: nothing is left.
    }
  }
}
