// Built-ins about background jobs: jobs, wait, kill, fg, bg, disown.
import { Signalled } from '../../../node/process.ts'
import type { Builtin } from '../builtin.ts'
import { describeJob, exitCodeOf, type Job, killJob, signalNumbers } from '../jobs.ts'
import { complain, type Run, type Shell, stdoutOf } from '../shell.ts'

function findJob(shell: Shell, spec: string): Job | undefined {
  if (spec === '%' || spec === '%%' || spec === '%+') return shell.jobs.at(-1)
  if (spec === '%-') return shell.jobs.at(-2)
  if (/^%\d+$/.test(spec)) return shell.jobs.find((job) => job.number === Number(spec.slice(1)))
  if (spec.startsWith('%')) return shell.jobs.find((job) => job.command.startsWith(spec.slice(1)))
  return shell.jobs.find((job) => job.pid === Number(spec))
}

async function jobs(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const [, option] = args
  let text = ''
  for (const job of shell.jobs) {
    if (option === '-p') text += `${job.pid}\n`
    else if (option === '-r' && job.status !== undefined) continue
    else {
      const line = describeJob(job, job === shell.jobs.at(-1))
      text += option === '-l' ? line.replace(/^(\[\d+\].) /, `$1 ${job.pid} `) : line
    }
    if (job.status !== undefined) job.announced = true
  }
  shell.jobs = shell.jobs.filter((job) => !job.announced)
  if (text !== '') await stdoutOf(run).write(text)
  return 0
}

/** Waits for the job, or for the signal that ends this command. */
async function waitFor(job: Job, run: Run): Promise<number> {
  const status = await new Promise<number>((resolve, reject) => {
    const abort = () => reject(run.signal.reason)
    run.signal.addEventListener('abort', abort, { once: true })
    job.done.then(resolve, reject).finally(() => run.signal.removeEventListener('abort', abort))
  })
  job.announced = true
  run.shell.jobs = run.shell.jobs.filter((each) => each !== job)
  return status
}

async function wait(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const specs = args.slice(1).filter((arg) => arg !== '-f')
  if (specs.length === 0) {
    for (const job of [...shell.jobs]) await waitFor(job, run)
    return 0
  }
  if (specs[0] === '-n') {
    if (shell.jobs.length === 0) return 127
    const job = await Promise.race(shell.jobs.map((each) => each.done.then(() => each)))
    return waitFor(job, run)
  }
  let status = 0
  for (const spec of specs) {
    const job = findJob(shell, spec)
    if (job) status = await waitFor(job, run)
    else {
      await complain(run, `wait: pid ${spec} is not a child of this shell`)
      status = 127
    }
  }
  return status
}

async function kill(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const operands = args.slice(1)
  if (operands[0] === '-l' || operands[0] === '-L') {
    const lines = Object.entries(signalNumbers).map(
      ([name, number]) => `${String(number).padStart(2)}) SIG${name}`,
    )
    await stdoutOf(run).write(`${lines.join('\n')}\n`)
    return 0
  }
  let signalName = 'TERM'
  if (operands[0]?.startsWith('-') && operands[0] !== '--') {
    const named = operands[0] === '-s' || operands[0] === '-n'
    if (named) operands.shift()
    const text = (named ? operands[0] : operands[0].slice(1)) ?? ''
    operands.shift()
    const byNumber = Object.entries(signalNumbers).find(([, number]) => String(number) === text)?.[0]
    const name = byNumber ?? text.toUpperCase().replace(/^SIG/, '')
    if (text !== '0' && signalNumbers[name] === undefined) {
      await complain(run, `kill: ${text}: invalid signal specification`)
      return 1
    }
    signalName = text === '0' ? '0' : name
  }
  if (operands.length === 0) {
    await complain(run, 'kill: usage: kill [-s sigspec | -signum] pid | jobspec ...')
    return 2
  }
  let status = 0
  for (const spec of operands) {
    const job = findJob(shell, spec)
    if (job && job.status === undefined) {
      if (signalName !== '0') killJob(job, signalName)
      continue
    }
    // Not a job of ours: another process of the machine.
    const options = signalName === 'TERM' ? [] : [`-${signalName}`]
    if (!job && /^\d+$/.test(spec) && shell.process.programs().includes('kill')) {
      status = await run.engine.words(['kill', ...options, spec], run, { functions: false, builtins: false })
      continue
    }
    await complain(
      run,
      spec.startsWith('%') ? `kill: ${spec}: no such job` : `kill: (${spec}) - No such process`,
    )
    status = 1
  }
  return status
}

async function foreground(args: readonly string[], run: Run): Promise<number> {
  const { shell } = run
  const job = args[1] === undefined ? shell.jobs.at(-1) : findJob(shell, args[1])
  if (!job) {
    await complain(run, `fg: ${args[1] ?? 'current'}: no such job`)
    return 1
  }
  await stdoutOf(run).write(`${job.command}\n`)
  const abort = () => {
    job.announced = true
    job.controller.abort(run.signal.reason)
  }
  run.signal.addEventListener('abort', abort, { once: true })
  try {
    return await waitFor(job, run)
  } catch (error) {
    if (error instanceof Signalled && !run.signal.aborted) return exitCodeOf(error)
    throw error
  } finally {
    run.signal.removeEventListener('abort', abort)
  }
}

export const jobBuiltins: Readonly<Record<string, Builtin>> = {
  jobs: { usage: 'jobs [-lpr]', summary: 'list the background jobs', run: jobs },
  wait: { usage: 'wait [-n] [PID|%JOB]...', summary: 'wait for background jobs', run: wait },
  kill: { usage: 'kill [-SIGNAL] PID|%JOB...', summary: 'send a signal to a job', run: kill },
  fg: { usage: 'fg [%JOB]', summary: 'bring a job to the foreground', run: foreground },
  bg: {
    usage: 'bg',
    summary: 'jobs run in the background from the start here: there is no Ctrl-Z',
    run: async (_args, run) => {
      await complain(run, 'bg: no stopped job; start one in the background with &')
      return 1
    },
  },
  disown: {
    usage: 'disown [%JOB]',
    summary: 'forget a job, which runs on',
    run: (args, { shell }) => {
      const job = args[1] === undefined ? shell.jobs.at(-1) : findJob(shell, args[1])
      shell.jobs = shell.jobs.filter((each) => each !== job)
      return job ? 0 : 1
    },
  },
}
