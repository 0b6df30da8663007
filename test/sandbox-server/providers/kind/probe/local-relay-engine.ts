// A container engine whose every container is this machine: `exec` runs the command here, without the container's name.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { RunningCommand } from '../../../../../sandbox-server/platform/commands.ts'
import type { ContainerEngine } from '../../../../../sandbox-server/providers/kind/engine/engine.ts'

export const hasPerl = spawnSync('perl', ['-e', '']).status === 0

export interface LocalEngine extends ContainerEngine {
  /** What `start` was asked for, without the script. */
  readonly started: (readonly string[])[]
  /** Ends the programs that run. */
  killAll(): void
}

export function localEngine(command?: readonly string[]): LocalEngine {
  const started: (readonly string[])[] = []
  const running: RunningCommand[] = []
  const never = () => Promise.reject(new Error('not in this test'))
  return {
    name: 'docker',
    program: 'docker',
    run: never,
    runBytes: never,
    openPty() {
      throw new Error('not in this test')
    },
    start(args) {
      const from = args.indexOf('perl')
      started.push([...args.slice(0, from), 'perl', ...args.slice(from + 4)])
      const [program = '', ...rest] = command ?? args.slice(from)
      const child = spawn(program, rest)
      const exited = once(child, 'exit').then(([code]) => Number(code ?? 137))
      const { stdin, stdout, stderr } = child
      const one = { stdin, stdout, stderr, exited, kill: () => void child.kill() }
      running.push(one)
      return one
    },
    started,
    killAll() {
      for (const one of running) one.kill()
    },
  }
}
