// Starts background jobs: `command &`.
import { Signalled } from '../../node/process.ts'
import type { StatementNode } from './ast.ts'
import { exitCodeOf, type Job } from './jobs.ts'
import { type Descriptor, type Run, stderrOf } from './shell.ts'
import { emptyReader } from './streams.ts'

/** Runs the statement beside the shell. `body` runs it in a subshell of the run that it is given. */
export function startJob(statement: StatementNode, run: Run, body: (run: Run) => Promise<number>): number {
  const { shell } = run
  const controller = new AbortController()
  const pid = shell.nextPid.value++
  const fds = new Map<number, Descriptor>(run.fds)
  if (fds.get(0)?.reader?.isTerminal || !shell.interactive) fds.set(0, { reader: emptyReader })
  const done = body({ ...run, fds, signal: controller.signal }).catch((error: unknown) =>
    error instanceof Signalled ? exitCodeOf(error) : 1,
  )
  const command = (statement.sourceText ?? '').replace(/\s*&\s*$/, '')
  const job: Job = {
    number: Math.max(0, ...shell.jobs.map((each) => each.number)) + 1,
    pid,
    command,
    done,
    controller,
    status: undefined,
    announced: false,
  }
  void done.then((status) => {
    job.status = status
  })
  shell.jobs.push(job)
  shell.backgroundPid = pid
  // A background job of a script dies with the script's own end by a signal.
  if (!shell.interactive) {
    run.signal.addEventListener('abort', () => controller.abort(run.signal.reason), { once: true })
  }
  if (shell.interactive) void stderrOf(run).write(`[${job.number}] ${pid}\n`)
  return 0
}
