// Figures of the benchmark: percentiles of what was measured, and a table to print.

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export interface Figure {
  readonly what: string
  readonly measured: string
  /** What was aimed at; empty where nothing was said. */
  readonly aim: string
  readonly met: boolean | undefined
}

export const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
export const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

export function figure(what: string, measured: string, aim = '', met?: boolean): Figure {
  return { what, measured, aim, met }
}

export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, measured, aim, met }) => [
    what,
    measured,
    aim,
    met === undefined ? '' : met ? 'met' : 'missed',
  ])
  const all = [['figure', 'measured', 'aim', ''], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
