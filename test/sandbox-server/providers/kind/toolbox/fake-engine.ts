// An engine that runs nothing: it records what it is asked for, and the test plays the programs.
import { PassThrough } from 'node:stream'
import type { Pty, RunningCommand } from '../../../../../sandbox-server/platform/commands.ts'
import type { Timers } from '../../../../../sandbox-server/platform/host-timers.ts'
import type { ContainerEngine } from '../../../../../sandbox-server/providers/kind/engine/engine.ts'

export interface FakePty {
  readonly args: readonly string[]
  /** What was typed, and `<pause>`, `<resume>`, `<80x24>`, `<kill>`. */
  readonly log: string[]
  print(text: string): void
  exit(code: number): void
}

export interface FakeProcess {
  readonly args: readonly string[]
  readonly input: PassThrough
  print(text: string | Uint8Array): void
  exit(code: number): void
}

export function createFakeEngine(answer: (args: readonly string[]) => string = () => '') {
  const runs: { args: readonly string[]; input: string | undefined }[] = []
  const ptys: FakePty[] = []
  const processes: FakeProcess[] = []
  const engine: ContainerEngine = {
    name: 'docker',
    program: '/usr/bin/docker',
    async run(args, options) {
      runs.push({ args, input: options?.input === undefined ? undefined : String(options.input) })
      return answer(args)
    },
    runBytes: () => Promise.reject(new Error('not played')),
    start(args): RunningCommand {
      const [input, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
      let exit: (code: number) => void = () => {}
      const exited = new Promise<number>((resolve) => {
        exit = resolve
      })
      processes.push({
        args,
        input, // Never while it is being written to: between processes lies a pipe.
        print: (text) => void setImmediate(() => stdout.write(text)),
        exit,
      })
      return { stdin: input, stdout, stderr, exited, kill: () => exit(137) }
    },
    openPty(args, size): Pty {
      const log: string[] = [`<${size.columns}x${size.rows}>`]
      const listeners = new Set<(data: Uint8Array) => void>()
      let exit: (code: number) => void = () => {}
      const exited = new Promise<number>((resolve) => {
        exit = resolve
      })
      ptys.push({
        args,
        log,
        exit,
        print: (text) => {
          for (const listener of listeners) listener(Buffer.from(text))
        },
      })
      return {
        write: (data) => log.push(data),
        resize: (columns, rows) => log.push(`<${columns}x${rows}>`),
        onData(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        pause: () => log.push('<pause>'),
        resume: () => log.push('<resume>'),
        exited,
        kill: () => log.push('<kill>'),
      }
    },
  }
  return { engine, runs, ptys, processes }
}

/** Time that goes on when the test says so. */
export function createFakeTimers() {
  let now = 0
  const waiting = new Map<number, { at: number; callback: () => void }>()
  let last = 0
  const timers: Timers = {
    now: () => now,
    setTimeout(callback, ms) {
      last += 1
      waiting.set(last, { at: now + ms, callback })
      return last
    },
    clearTimeout: (handle: number) => waiting.delete(handle),
  }
  return {
    timers,
    /** Runs what is due up to `ms` from now, and lets what follows from it happen. */
    async pass(ms: number) {
      const until = now + ms
      await settle()
      for (;;) {
        const next = [...waiting].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
        if (!next) break
        const [handle, { at, callback }] = next
        waiting.delete(handle)
        now = Math.max(now, at)
        callback()
        await settle()
      }
      now = until
    },
  }
}

/** Lets streams and promises that are under way arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
