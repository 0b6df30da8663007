// Programs of this machine: run to their end, with open streams, or on a terminal. The only file that starts processes.
import type { Readable, Writable } from 'node:stream'

export interface RunningCommand {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** The exit code, 128 + n after signal n. Never rejects. */
  readonly exited: Promise<number>
  kill(): void
}

/** A program on a pseudo-terminal. */
export interface Pty {
  write(data: string): void
  resize(columns: number, rows: number): void
  onData(listener: (data: Uint8Array) => void): () => void
  /** Stops reading, so that the program blocks once the kernel's buffer is full. */
  pause(): void
  resume(): void
  readonly exited: Promise<number>
  kill(): void
}
