// An engine that has images and nothing else: it records its calls and answers those that images need.
import { PassThrough } from 'node:stream'
import { AppError } from '../../../../../sandbox-server/contract/errors.ts'
import type { ContainerEngine } from '../../../../../sandbox-server/providers/kind/engine/engine.ts'

export interface FakeEngine extends ContainerEngine {
  /** Command lines, in order. */
  readonly calls: string[]
  /** Name to id. */
  readonly images: Map<string, string>
}

export interface FakeEngineOptions {
  readonly images?: Readonly<Record<string, string>>
  /** Answers of other commands, by their beginning; an Error is thrown. */
  readonly answers?: Readonly<Record<string, string | Error>>
}

export function fakeEngine({ images = {}, answers = {} }: FakeEngineOptions = {}): FakeEngine {
  const calls: string[] = []
  const here = new Map(Object.entries(images))
  const run = async (args: readonly string[]): Promise<string> => {
    const line = args.join(' ')
    if (args[0] === 'image' && args[1] === 'inspect' && line.includes('{{.Id}} {{.Size}}')) {
      const name = args.at(-1) ?? ''
      const id = here.get(name)
      if (id === undefined) throw failure(`No such image: ${name}`)
      return `${id} 1000000\n`
    }
    calls.push(line)
    const answer = Object.entries(answers).find(([beginning]) => line.startsWith(beginning))?.[1]
    if (answer instanceof Error) throw answer
    if (args[0] === 'tag') here.set(args[2] ?? '', here.get(args[1] ?? '') ?? args[1] ?? '')
    if (args[0] === 'pull') here.set(args[1] ?? '', `id-of-${args[1]}`)
    if (args[0] === 'commit') here.set(args.at(-1) ?? '', 'committed')
    return answer ?? ''
  }
  return {
    name: 'docker',
    program: '/usr/bin/docker',
    calls,
    images: here,
    run,
    runBytes: async (args) => new TextEncoder().encode(await run(args)),
    start(args) {
      calls.push(args.join(' '))
      const stdout = new PassThrough()
      stdout.end()
      const stderr = new PassThrough()
      stderr.end()
      return { stdin: new PassThrough(), stdout, stderr, exited: Promise.resolve(0), kill: () => {} }
    },
    openPty: () => {
      throw new Error('images need no terminal')
    },
  }
}

export function failure(said: string): AppError {
  return new AppError('PROVIDER_FAILED', said, { log: said })
}
