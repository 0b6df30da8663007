// Collects the stations of a probe's first packet, and those of its reply where the reply dies on the way back.
import type { Hop } from '../../contract/cluster.ts'
import type { TraceSink } from './socket.ts'

export class Trace {
  readonly #sink: TraceSink
  /** Hops of a reply wait here: they are told only once the reply is lost. */
  readonly #held: Hop[] | undefined

  private constructor(sink: TraceSink, held: Hop[] | undefined) {
    this.#sink = sink
    this.#held = held
  }

  static to(sink: TraceSink | undefined): Trace | undefined {
    return sink && new Trace(sink, undefined)
  }

  hop(at: string, kind: Hop['kind'], detail: string): void {
    if (!this.#held) {
      this.#sink.hop({ at, kind, detail })
      return
    }
    this.#held.push({ at, kind, detail: `reply: ${detail}` })
    if (kind !== 'drop' && kind !== 'reject') return
    for (const hop of this.#held.splice(0)) this.#sink.hop(hop)
  }

  /** The trace for the packet that answers this one; an answer's own answer is not traced. */
  reply(): Trace | undefined {
    return this.#held ? undefined : new Trace(this.#sink, [])
  }
}
