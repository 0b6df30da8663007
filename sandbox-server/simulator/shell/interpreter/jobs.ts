// Background jobs of a shell: really concurrent, by their own abort controllers.
import { type Signal, Signalled } from '../../node/process.ts'

export interface Job {
  readonly number: number
  readonly pid: number
  readonly command: string
  readonly done: Promise<number>
  readonly controller: AbortController
  status: number | undefined
  /** The shell has told about its end. */
  announced: boolean
}

export const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
}

/** 128 plus the number, as wait(2) tells shells. */
export function exitCodeOf(signal: Signalled): number {
  return 128 + (signalNumbers[signal.signalName.slice(3)] ?? 15)
}

/** The signals that a process here can get; the others end it as SIGTERM does. */
export function toSignal(name: string): Signal {
  const full = `SIG${name}`
  return full === 'SIGINT' || full === 'SIGKILL' || full === 'SIGHUP' ? full : 'SIGTERM'
}

export function killJob(job: Job, signalName: string): void {
  if (job.status === undefined) job.controller.abort(new Signalled(toSignal(signalName)))
}

export function describeJob(job: Job, current: boolean): string {
  const mark = current ? '+' : ' '
  const state =
    job.status === undefined
      ? 'Running'
      : job.status === 0
        ? 'Done'
        : job.status === 143
          ? 'Terminated'
          : job.status === 137
            ? 'Killed'
            : job.status === 130
              ? 'Interrupt'
              : `Exit ${job.status}`
  return `[${job.number}]${mark}  ${state.padEnd(23)} ${job.command}${job.status === undefined ? ' &' : ''}\n`
}
