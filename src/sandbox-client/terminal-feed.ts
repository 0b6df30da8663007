// Between the socket and the terminal: byte offsets, output that came before the terminal was loaded, acknowledgements.

export interface TerminalScreen {
  write(data: Uint8Array, rendered: () => void): void
  reset(): void
  resize(columns: number, rows: number): void
}

export interface TerminalWire {
  input(data: string): void
  resized(columns: number, rows: number): void
  rendered(offset: number): void
}

/** A paste travels in pieces of this many characters, so that every message stays under the contract's limit. */
const pieceOfPaste = 16 * 1024
/** The server waits for acknowledgements; telling it of every few bytes would only make traffic. */
const acknowledgeEvery = 32 * 1024

export class TerminalFeed {
  private screen: TerminalScreen | undefined
  private early: Uint8Array[] = []
  /** Offset after the last byte handed on, and after the last byte on the screen. */
  private received = 0
  private rendered = 0
  private acknowledged = 0
  /** What fits into this page. */
  private size = { columns: 80, rows: 24 }
  private shared: { columns: number; rows: number } | undefined
  private readonly wire: TerminalWire

  constructor(wire: TerminalWire) {
    this.wire = wire
  }

  hello(): { terminalOffset: number; columns: number; rows: number } {
    return { terminalOffset: this.received, ...this.size }
  }

  attach(screen: TerminalScreen): void {
    this.screen = screen
    for (const data of this.early) this.show(data)
    this.early = []
    if (this.shared !== undefined) screen.resize(this.shared.columns, this.shared.rows)
  }

  detach(): void {
    this.screen = undefined
  }

  frame(offset: number, data: Uint8Array): void {
    // A replay can overlap with what is shown already.
    const known = Math.max(0, this.received - offset)
    if (known >= data.length) return
    const fresh = data.subarray(known)
    this.received = offset + data.length
    if (this.screen === undefined) this.early.push(fresh)
    else this.show(fresh)
  }

  /** All pages of a sandbox share one terminal, as large as the smallest of them. */
  sizeIs(columns: number, rows: number): void {
    this.shared = { columns, rows }
    this.screen?.resize(columns, rows)
  }

  reset(offset: number, columns: number, rows: number): void {
    this.early = []
    this.received = offset
    this.rendered = offset
    this.acknowledged = offset
    this.screen?.reset()
    this.sizeIs(columns, rows)
  }

  typed(data: string): void {
    for (let at = 0; at < data.length; at += pieceOfPaste) this.wire.input(data.slice(at, at + pieceOfPaste))
  }

  resized(columns: number, rows: number): void {
    if (columns === this.size.columns && rows === this.size.rows) return
    this.size = { columns, rows }
    this.wire.resized(columns, rows)
  }

  private show(data: Uint8Array): void {
    const after = this.received
    this.screen?.write(data, () => {
      this.rendered = Math.max(this.rendered, after)
      if (this.rendered - this.acknowledged >= acknowledgeEvery || this.rendered === this.received) {
        this.acknowledged = this.rendered
        this.wire.rendered(this.rendered)
      }
    })
  }
}
