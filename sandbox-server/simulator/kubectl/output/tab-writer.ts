// Aligns tab-separated cells in columns. Source: Go's text/tabwriter, and liggitt/tabwriter for remembered widths.

export interface TabWriterOptions {
  readonly minWidth: number
  readonly padding: number
  /** Keeps column widths across flushes, so that a watch goes on under the same headings. */
  readonly remember?: boolean
  readonly discardEmptyColumns?: boolean
}

/** As `kubectl get` aligns (cli-runtime/pkg/printers GetNewTabWriter). */
export const tableColumns: TabWriterOptions = { minWidth: 6, padding: 3, remember: true }

/** As `kubectl describe` aligns. */
export const describeColumns: TabWriterOptions = { minWidth: 0, padding: 2 }

export class TabWriter {
  readonly #options: TabWriterOptions
  #text = ''
  #remembered: number[] = []

  constructor(options: TabWriterOptions) {
    this.#options = options
  }

  write(text: string): void {
    this.#text += text
  }

  forgetWidths(): void {
    this.#remembered = []
  }

  /** Gives what was written since the last flush, aligned. */
  flush(): string {
    const lines = this.#text.split('\n').map((line) => line.split('\t'))
    this.#text = ''
    let output = ''
    const { minWidth, padding, remember, discardEmptyColumns } = this.#options
    const widths: number[] = []

    const writeLines = (from: number, to: number): void => {
      for (let index = from; index < to; index++) {
        const cells = lines[index] ?? []
        cells.forEach((cell, column) => {
          const width = widths[column]
          const size = displayWidth(cell)
          if (column < cells.length - 1 && width !== undefined)
            output += cell + ' '.repeat(Math.max(0, width - size))
          else output += cell
        })
        if (index < lines.length - 1) output += '\n'
      }
    }

    const format = (from: number, to: number): void => {
      const column = widths.length
      let start = from
      let index = from
      while (index < to) {
        if (column >= (lines[index]?.length ?? 0) - 1) {
          index++
          continue
        }
        writeLines(start, index)
        start = index
        let width = minWidth
        let empty = true
        for (; index < to; index++) {
          const cells = lines[index] ?? []
          if (column >= cells.length - 1) break
          const size = displayWidth(cells[column] ?? '')
          width = Math.max(width, size + padding)
          if (size > 0) empty = false
        }
        if (empty && discardEmptyColumns) width = 0
        if (remember) {
          width = Math.max(width, this.#remembered[column] ?? 0)
          this.#remembered[column] = width
        }
        widths.push(width)
        format(start, index)
        widths.pop()
        start = index
      }
      writeLines(start, to)
    }
    format(0, lines.length)
    return output
  }
}

function displayWidth(text: string): number {
  let width = 0
  for (const _ of text) width++
  return width
}

/** Aligns a whole text at once. */
export function align(text: string, options: TabWriterOptions = describeColumns): string {
  const writer = new TabWriter(options)
  writer.write(text)
  return writer.flush()
}
