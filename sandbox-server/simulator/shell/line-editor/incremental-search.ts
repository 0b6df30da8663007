// Ctrl-R: searches the history backwards while the text is typed.
import type { HistoryWalk } from './history.ts'
import type { Key } from './keys.ts'

export class IncrementalSearch {
  /** The line found last, or the one that was there before. */
  line: string
  position: number
  readonly #walk: HistoryWalk
  readonly #before: string
  #text = ''
  #at = 0
  #found = true

  constructor(walk: HistoryWalk, line: string, position: number) {
    this.#walk = walk
    this.#before = line
    this.line = line
    this.position = position
  }

  get prompt(): string {
    return `(${this.#found ? '' : 'failed '}reverse-i-search)\`${this.#text}': `
  }

  /** `ended`: the key is used up; `other`: the search ends and the key works on the line found. */
  handle(key: Key): 'searching' | 'ended' | 'other' {
    if (key.kind === 'text') this.#text += key.text
    else if (key.name === 'backspace') {
      this.#text = this.#text.slice(0, -1)
      this.#at = 0
    } else if (key.name === 'C-r') this.#at++
    else if (key.name === 'C-g' || key.name === 'C-c') {
      this.line = this.#before
      this.position = this.#before.length
      return 'ended'
    } else return key.name === 'escape' ? 'ended' : 'other'
    const found = this.#walk.search(this.#text, this.#at)
    this.#found = found !== undefined
    if (found) {
      this.#at = found.at
      this.line = found.line
      this.position = Math.max(0, found.line.lastIndexOf(this.#text))
    } else if (key.kind === 'key') this.#at = Math.max(0, this.#at - 1)
    return 'searching'
  }
}
