// The last bytes of a terminal's output, addressed by their offset since the terminal began.

export class ReplayBuffer {
  readonly #capacity: number
  #chunks: Uint8Array[] = []
  #start: number
  #end: number

  /** `capacity` in bytes; `offset` of the first byte to come. */
  constructor(capacity: number, offset = 0) {
    this.#capacity = capacity
    this.#start = offset
    this.#end = offset
  }

  /** Offset of the oldest byte that is still here. */
  get start(): number {
    return this.#start
  }

  /** Offset behind the newest byte. */
  get end(): number {
    return this.#end
  }

  append(data: Uint8Array): void {
    if (data.length === 0) return
    this.#chunks.push(data.slice())
    this.#end += data.length
    while (this.#end - this.#start > this.#capacity) {
      const excess = this.#end - this.#start - this.#capacity
      const oldest = this.#chunks[0]
      if (!oldest) return
      if (oldest.length <= excess) {
        this.#chunks.shift()
        this.#start += oldest.length
      } else {
        this.#chunks[0] = oldest.subarray(excess)
        this.#start += excess
      }
    }
  }

  /** At most `limit` bytes from `offset`, which must lie between start and end. */
  read(offset: number, limit: number): Uint8Array {
    const length = Math.max(0, Math.min(limit, this.#end - offset))
    const out = new Uint8Array(length)
    let at = this.#start
    let written = 0
    for (const chunk of this.#chunks) {
      if (written === length) break
      if (at + chunk.length > offset) {
        const piece = chunk.subarray(Math.max(0, offset - at), Math.max(0, offset - at) + length - written)
        out.set(piece, written)
        written += piece.length
      }
      at += chunk.length
    }
    return out
  }

  /** The last bytes, at most `limit` of them, from the start of a line where older ones are left out. */
  tail(limit: number): Uint8Array {
    const from = Math.max(this.#start, this.#end - limit)
    const bytes = this.read(from, limit)
    if (from === this.#start) return bytes
    const newline = bytes.indexOf(10)
    return newline < 0 ? bytes : bytes.subarray(newline + 1)
  }
}
