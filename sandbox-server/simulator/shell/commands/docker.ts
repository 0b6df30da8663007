// docker, as far as kind's users need it to enter node containers: ps and exec.
import type { Process } from '../../node/process.ts'
import { neighboursOf } from '../neighbours.ts'
import type { Command } from './command.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'
import { runOn } from './ssh.ts'

async function ps(process: Process, args: readonly string[]): Promise<number> {
  const options = parseOptions(args, {
    a: 'all',
    all: 'all',
    q: 'quiet',
    quiet: 'quiet',
    format: '=format',
    f: '=filter',
    filter: '=filter',
    'no-trunc': 'long',
  })
  const names = neighboursOf(process.machine)?.names ?? []
  const rows = names.map((name) => ({ id: idOf(name), name }))
  const format = options.value('format')
  if (format !== undefined) {
    for (const { id, name } of rows)
      await process.stdout.write(
        `${format
          .replace(/^table /, '')
          .replaceAll('{{.Names}}', name)
          .replaceAll('{{.ID}}', id)
          .replaceAll('{{.Image}}', 'kindest/node:simulated')
          .replaceAll('{{.Status}}', 'Up')}\n`,
      )
    return 0
  }
  if (options.has('quiet')) {
    for (const { id } of rows) await process.stdout.write(`${id}\n`)
    return 0
  }
  let text = 'CONTAINER ID   IMAGE                    COMMAND                  STATUS    NAMES\n'
  for (const { id, name } of rows)
    text += `${id}   kindest/node:simulated   "/usr/local/bin/entr…"   Up        ${name}\n`
  await process.stdout.write(text)
  return 0
}

/** Twelve hexadecimal digits that stay the same for a name (FNV-1a, twice). */
function idOf(name: string): string {
  const hash = (seed: number) => {
    let value = seed
    for (const character of name) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193)
    return (value >>> 0).toString(16).padStart(8, '0')
  }
  return (hash(0x811c9dc5) + hash(0x01234567)).slice(0, 12)
}

async function exec(process: Process, args: readonly string[]): Promise<number> {
  const options = parseOptions(
    args,
    {
      i: 'interactive',
      interactive: 'interactive',
      t: 'terminal',
      tty: 'terminal',
      e: '=env',
      env: '=env',
      w: '=directory',
      workdir: '=directory',
      u: '=user',
      user: '=user',
      privileged: 'privileged',
      d: 'detach',
    },
    { stopAtOperand: true },
  )
  const [name, ...command] = options.operands
  if (name === undefined || command.length === 0)
    throw new UsageError('"docker exec" requires at least 2 arguments: docker exec -it NODE COMMAND')
  const names = neighboursOf(process.machine)?.names ?? []
  const real = names.find((each) => each === name || idOf(each).startsWith(name))
  const status = real === undefined ? undefined : await runOn(process, real, command, options.has('terminal'))
  if (status === undefined) {
    await process.stderr.write(`Error response from daemon: No such container: ${name}\n`)
    return 1
  }
  if (status === 127) {
    await process.stderr.write(
      `OCI runtime exec failed: exec failed: unable to start container process: exec: "${command[0]}": executable file not found in $PATH\n`,
    )
  }
  return status
}

export const dockerCommand: Command = {
  name: 'docker',
  summary: "the nodes' containers: ps and exec",
  group: 'system',
  usage: 'docker ps | docker exec -it NODE COMMAND...',
  machines: ['outside'],
  complete: ({ words, process, word }) => {
    if (words.length === 1) return [{ value: 'exec' }, { value: 'ps' }]
    if (words[1] !== 'exec' || word.startsWith('-')) return ['-i', '-t', '-it'].map((value) => ({ value }))
    const names = neighboursOf(process.machine)?.names ?? []
    if (!words.slice(2).some((each) => names.includes(each))) return names.map((value) => ({ value }))
    return ['bash', 'sh', 'ip', 'iptables-save', 'crictl'].map((value) => ({ value }))
  },
  program: withUsage(async (process) => {
    const [subcommand, ...args] = process.argv.slice(1)
    if (subcommand === 'ps') return ps(process, args)
    if (subcommand === 'container' && args[0] === 'ls') return ps(process, args.slice(1))
    if (subcommand === 'exec') return exec(process, args)
    await process.stderr.write(
      `docker: '${subcommand ?? ''}' is not simulated: there are docker ps and docker exec\n`,
    )
    return 1
  }),
}
