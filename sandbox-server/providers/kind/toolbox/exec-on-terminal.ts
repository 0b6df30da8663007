// How an engine's `exec` begins where a person types into it.
import type { ContainerEngine } from '../engine/engine.ts'

/**
 * Docker and Podman leave a program at Ctrl-P Ctrl-Q, and hold Ctrl-P back until the next key, which is the shell's own for the
 * last command. They get a sequence that nobody types; nerdctl knows none.
 */
export function execOnTerminal({ name }: Pick<ContainerEngine, 'name'>): string[] {
  const leave = 'ctrl-@,q,ctrl-@,z,ctrl-@'
  return ['exec', '--interactive', '--tty', ...(name === 'nerdctl' ? [] : [`--detach-keys=${leave}`])]
}
