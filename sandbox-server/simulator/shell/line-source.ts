// Lines of a stream, read as far as somebody looks at them.
import type { ReadStream } from '../node/process.ts'

export class LineSource {
  readonly lines: string[] = []
  ended = false
  readonly #stream: ReadStream
  readonly #signal: AbortSignal
  readonly #decoder = new TextDecoder()
  #rest = ''
  #reading: Promise<void> | undefined

  constructor(stream: ReadStream, signal: AbortSignal) {
    this.#stream = stream
    this.#signal = signal
  }

  /** Reads until there are so many lines or the end. One read at a time, also where several ask. */
  async fill(count: number): Promise<void> {
    while (this.lines.length < count && !this.ended) await this.more()
  }

  more(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    const data = await this.#stream.read(this.#signal)
    if (!data) {
      this.ended = true
      if (this.#rest !== '') this.lines.push(this.#rest)
      return
    }
    const parts = (this.#rest + this.#decoder.decode(data, { stream: true })).split('\n')
    this.#rest = parts.pop() ?? ''
    for (const line of parts) this.lines.push(line.replaceAll('\t', '        ').replace(/\r$/, ''))
  }
}
