// How one connection talks to the relay that holds it.
import type { FrameType } from './relay-frames.ts'

export interface RelayWire {
  send(type: FrameType, payload?: Uint8Array): void
  /** Sends data, and calls back once the relay's pipe has taken it. */
  write(payload: Uint8Array, taken: (error?: Error | null) => void): void
  /** The connection's number will not be used again. */
  release(): void
}
