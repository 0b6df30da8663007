// Log lines as Kubernetes' components write them (klog): `I1124 17:00:00.123456       1 file.go:12] message`.
import type { Process } from '../node/process.ts'

export type Severity = 'I' | 'W' | 'E' | 'F'

/** `where` is a file of upstream's, as the real line names it. */
export type Log = (severity: Severity, where: string, message: string) => void

export function klog(process: Pick<Process, 'clock' | 'stderr' | 'pid'>): Log {
  return (severity, where, message) => {
    const line = `${severity}${stamp(process.clock.now())} ${`${process.pid}`.padStart(7)} ${where}] ${message}\n`
    // A log that nobody takes any more is lost, as on a broken pipe.
    process.stderr.write(line).catch(() => undefined)
  }
}

function stamp(now: number): string {
  const iso = new Date(now).toISOString()
  return `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000`
}

/** Waits for the process to be told to end. Rejects with the signal's reason, which ends the process by that signal. */
export function untilSignalled(process: Pick<Process, 'signal'>): Promise<never> {
  return new Promise((_resolve, reject) => {
    const { signal } = process
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
