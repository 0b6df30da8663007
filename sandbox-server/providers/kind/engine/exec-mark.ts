// `exec` ends with its client on no engine: what runs in the container goes on. So each carries a mark by which it is ended.
import { randomBytes } from 'node:crypto'
import type { ContainerEngine, RunOptions } from './engine.ts'

export interface MarkedExec {
  /** The same command with the mark in its environment, which its children inherit. */
  readonly args: readonly string[]
  readonly container: string
  readonly mark: string
  readonly user: string | undefined
}

const variable = 'FAIRLEAD_COMMAND'
/** Of this process: what carries another one's was left behind by it. */
const ours = randomBytes(6).toString('hex')
let count = 0

/** Options of `exec` whose value is the next argument. */
const withValue = new Set(['-e', '--env', '--env-file', '-u', '--user', '-w', '--workdir', '--detach-keys'])
const endLimitMs = 10_000

/** undefined for what is no `exec`, or one that shall outlive its client. */
export function markExec(args: readonly string[]): MarkedExec | undefined {
  if (args[0] !== 'exec') return undefined
  let user: string | undefined
  for (let index = 1; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (!arg.startsWith('-')) {
      const mark = `${variable}=${ours}.${++count}.`
      return { args: ['exec', '--env', mark, ...args.slice(1)], container: arg, mark, user }
    }
    if (arg === '-d' || arg === '--detach') return undefined
    if (arg === '-u' || arg === '--user') user = args[index + 1]
    if (arg.startsWith('--user=')) user = arg.slice('--user='.length)
    if (withValue.has(arg)) index++
  }
  return undefined
}

/** Runs one command of the engine. */
type Run = (args: readonly string[], options: RunOptions) => Promise<unknown>

/** Ends a command and its children in the container. Never rejects: a container that is gone has no processes. */
export async function endExec(run: Run, { container, mark, user }: MarkedExec): Promise<void> {
  await endMatching(run, { container, user, mark, except: '' })
}

/** Ends what an earlier process of ours started with `exec` in a container and did not end, as when it was killed. */
export async function endLeftExecs(engine: ContainerEngine, container: string, user?: string): Promise<void> {
  const except = `${variable}=${ours}.`
  await endMatching(engine.run, { container, user, mark: `${variable}=`, except })
}

/** A hang-up first, so that a shell passes it on and editors keep what they hold; half a second later the end. */
const script = `
each() {
  for file in $(grep -lsF "$1" /proc/[0-9]*/environ); do
    [ -n "$2" ] && grep -qsF "$2" "$file" && continue
    pid=\${file#/proc/}
    kill -"$3" "\${pid%/environ}" 2>/dev/null && found=1
  done
}
found=
each "$1" "$2" HUP
# It may be about to start.
[ -z "$found" ] && sleep 0.1 && each "$1" "$2" HUP
[ -z "$found" ] && exit 0
for pause in 1 2 3 4 5; do
  found=
  each "$1" "$2" 0
  [ -z "$found" ] && exit 0
  sleep 0.1
done
# Again until none is left: the killed take a moment, and one may have forked meanwhile.
for pause in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  found=
  each "$1" "$2" KILL
  [ -z "$found" ] && exit 0
  sleep 0.05
done
`

interface Matching extends Pick<MarkedExec, 'container' | 'user' | 'mark'> {
  readonly except: string
}

async function endMatching(run: Run, { container, user, mark, except }: Matching): Promise<void> {
  const as = user === undefined ? [] : ['--user', user]
  try {
    await run(['exec', ...as, container, 'sh', '-c', script, 'sh', mark, except], { timeoutMs: endLimitMs })
  } catch {
    // The container is gone or the engine does not answer: then nothing can be ended, and removal takes it all.
  }
}
