// The history of one reading: up and down through lines that begin as the typed line does, edits kept until the line is entered.

export class HistoryWalk {
  readonly #lines: readonly string[]
  #at: number
  #typed = ''
  #prefix = ''
  #walking = false

  constructor(lines: readonly string[]) {
    this.#lines = lines
    this.#at = lines.length
  }

  /** The line before that begins with what stands before the cursor when the walk starts. */
  up(current: string, prefix: string): string | undefined {
    if (!this.#walking) {
      this.#typed = current
      this.#prefix = prefix
      this.#walking = true
      this.#at = this.#lines.length
    }
    for (let i = this.#at - 1; i >= 0; i--) {
      const line = this.#lines[i]
      if (line?.startsWith(this.#prefix) && line !== current) {
        this.#at = i
        return line
      }
    }
    return undefined
  }

  down(current: string): string | undefined {
    if (!this.#walking) return undefined
    for (let i = this.#at + 1; i < this.#lines.length; i++) {
      const line = this.#lines[i]
      if (line?.startsWith(this.#prefix) && line !== current) {
        this.#at = i
        return line
      }
    }
    this.#walking = false
    return this.#typed
  }

  /** Any other key ends the walk; the next one starts from the line as it is. */
  stop(): void {
    this.#walking = false
  }

  get walking(): boolean {
    return this.#walking
  }

  /** The newest line at or before `from` (counted from the end, 0 the newest) that contains the text. */
  search(text: string, from: number): { line: string; at: number } | undefined {
    for (let back = from; back < this.#lines.length; back++) {
      const line = this.#lines[this.#lines.length - 1 - back]
      if (line?.includes(text)) return { line, at: back }
    }
    return undefined
  }
}

const limit = 1000

/** Adds a line as HISTCONTROL=ignoreboth does: not where it begins with a space or repeats the last. */
export function remember(history: string[], line: string): void {
  if (line.trim() === '' || line.startsWith(' ') || history.at(-1) === line) return
  history.push(line)
  if (history.length > limit) history.splice(0, history.length - limit)
}
