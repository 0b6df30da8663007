// This process: its environment, and the signals that ask it to end.

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
