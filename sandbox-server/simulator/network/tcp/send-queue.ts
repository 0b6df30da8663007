// Bytes that a TCP socket has taken from its program and that the peer has not acknowledged yet, with who waits for that.

interface Piece {
  readonly data: Uint8Array
  /** Stream offset of the piece's first byte. */
  readonly start: number
  readonly taken: () => void
  readonly failed: (error: Error) => void
}

export class SendQueue {
  #pieces: Piece[] = []
  /** Stream offset behind the last byte. */
  #end = 0

  get end(): number {
    return this.#end
  }

  push(data: Uint8Array): Promise<void> {
    return new Promise((taken, failed) => {
      this.#pieces.push({ data, start: this.#end, taken, failed })
      this.#end += data.length
    })
  }

  /** At most `length` bytes from the stream offset. */
  slice(offset: number, length: number): Uint8Array {
    const want = Math.min(length, this.#end - offset)
    const first = this.#pieces.findIndex((piece) => piece.start + piece.data.length > offset)
    const piece = this.#pieces[first]
    if (!piece || want <= 0) return new Uint8Array(0)
    const from = offset - piece.start
    if (piece.data.length - from >= want) return piece.data.subarray(from, from + want)
    const joined = new Uint8Array(want)
    let filled = 0
    for (let index = first; filled < want; index++) {
      const next = this.#pieces[index]
      if (!next) break
      const start = Math.max(0, offset - next.start)
      const part = next.data.subarray(start, start + want - filled)
      joined.set(part, filled)
      filled += part.length
    }
    return joined
  }

  /** Everything before the stream offset has arrived. */
  acknowledge(offset: number): void {
    let done = 0
    for (const piece of this.#pieces) {
      if (piece.start + piece.data.length > offset) break
      piece.taken()
      done++
    }
    if (done > 0) this.#pieces.splice(0, done)
  }

  fail(error: Error): void {
    for (const piece of this.#pieces.splice(0)) piece.failed(error)
  }
}
