// The language between the server and relay.pl: frames of a length, a type, the connection's number and a payload.

/**
 * To the relay: `O` open (text `PROTOCOL CONTAINER ADDRESS PORT`, container `-` for its own namespace), `R` read a file
 * (`CONTAINER PATH`), `D` data, `E` end of our data, `W` so many bytes were taken (uint32), `C` close, `P` ping.
 * From it: `H` hello, `O` opened, `X` failed (an errno name; the connection is gone), `D`, `E`, `F` a file's text, `P` pong.
 */
export type FrameType = 'H' | 'O' | 'R' | 'D' | 'E' | 'W' | 'C' | 'P' | 'X' | 'F'

export interface Frame {
  readonly type: string
  readonly id: number
  readonly payload: Buffer
}

/** Bytes of length, type and number. */
const headerBytes = 9
/** Bytes after the length that a frame may have; relay.pl has the same limit. */
const maxLength = 1_048_576

export function encodeFrame(type: FrameType, id: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length)
  frame.writeUInt32BE(5 + payload.length, 0)
  frame.write(type, 4, 'latin1')
  frame.writeUInt32BE(id, 5)
  frame.set(payload, headerBytes)
  return frame
}

/** Cuts a byte stream into frames. Throws at what cannot be one. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  push(data: Uint8Array): Frame[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(data) : Buffer.concat([this.#rest, data])
    const frames: Frame[] = []
    let at = 0
    while (this.#rest.length - at >= headerBytes) {
      const length = this.#rest.readUInt32BE(at)
      if (length < 5 || length > maxLength) throw new Error(`a frame of ${length} bytes`)
      const end = at + 4 + length
      if (end > this.#rest.length) break
      frames.push({
        type: this.#rest.toString('latin1', at + 4, at + 5),
        id: this.#rest.readUInt32BE(at + 5),
        payload: this.#rest.subarray(at + headerBytes, end),
      })
      at = end
    }
    this.#rest = this.#rest.subarray(at)
    return frames
  }
}
