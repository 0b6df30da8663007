// ssh: a shell on another machine of the lab. There are no keys to set up; what it enters is the machine itself.
import type { Process } from '../../node/process.ts'
import { nearest } from '../interpreter/nearest.ts'
import { neighboursOf } from '../neighbours.ts'
import type { Command } from './command.ts'
import { complain } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

/** Runs a command (or a shell where there is none) on a machine, on this process's streams. */
export async function runOn(
  process: Process,
  name: string,
  command: readonly string[],
  terminal: boolean,
): Promise<number | undefined> {
  const machine = neighboursOf(process.machine)?.open(name)
  if (!machine) return undefined
  return machine.spawn(command, {
    env: { ...machine.env, ...(process.env.TERM ? { TERM: process.env.TERM } : {}) },
    cwd: '/root',
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    terminal: terminal ? process.terminal : undefined,
    signal: process.signal,
  })
}

export const sshCommand: Command = {
  name: 'ssh',
  summary: 'open a shell on a node',
  group: 'system',
  usage: 'ssh [root@]NODE [COMMAND...]',
  machines: ['outside'],
  complete: ({ process, words }) =>
    words.length > 1 ? undefined : (neighboursOf(process.machine)?.names ?? []).map((value) => ({ value })),
  program: withUsage(async (process) => {
    const options = parseOptions(
      process.argv.slice(1),
      {
        t: 'terminal',
        T: 'plain',
        q: 'quiet',
        v: 'verbose',
        o: '=option',
        p: '=port',
        i: '=identity',
        l: '=login',
      },
      { stopAtOperand: true, status: 255 },
    )
    const [target, ...command] = options.operands
    if (target === undefined) throw new UsageError('usage: ssh [root@]NODE [COMMAND...]', 255)
    const name = target.replace(/^[^@]*@/, '')
    const argv = command.length > 0 ? ['bash', '-c', command.join(' ')] : ['bash', '-l']
    const status = await runOn(process, name, argv, command.length === 0 || options.has('terminal'))
    if (status !== undefined) return status
    const near = nearest(name, neighboursOf(process.machine)?.names ?? [])
    await complain(process, `Could not resolve hostname ${name}: Name or service not known`)
    const names = near.length > 0 ? near : (neighboursOf(process.machine)?.names ?? [])
    if (names.length > 0) await process.stderr.write(`Nodes: ${names.join(', ')}\n`)
    return 255
  }),
}
