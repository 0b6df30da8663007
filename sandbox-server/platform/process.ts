// This process: its environment, the signals that ask it to end, and the defects that must not.
import type { Log } from './log.ts'

export const environment: NodeJS.ProcessEnv = process.env

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    const onSignal = () => {
      for (const signal of signals) {
        process.off(signal, onSignal)
        process.once(signal, () => process.exit(130))
      }
      resolve()
    }
    for (const signal of signals) process.once(signal, onSignal)
  })
}

/**
 * A defect in one learner's simulated cluster must not end the others': what nobody caught is logged with its stack, and the
 * server goes on. Clusters share no state, and the store writes in transactions.
 */
export function keepServing(log: Log): void {
  process.on('uncaughtException', (error) => log.error({ err: error }, 'a defect that nobody caught'))
  process.on('unhandledRejection', (reason) =>
    log.error({ err: reason }, 'a promise that nobody awaited failed'),
  )
}
