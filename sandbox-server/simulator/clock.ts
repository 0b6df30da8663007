// The simulator's only source of time. It runs ahead of real time while a cluster boots or a test drives it, and follows
// the host's clock afterwards, so that every run repeats exactly.

export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Calls back once after `ms` milliseconds. */
  after(ms: number, callback: () => void): Timer
  /** Resolves after `ms`; rejects with the signal's reason when aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Tells a clock that stands still that something moved (a packet), so that it waits for what that sets off. */
  stir?(): void
}

interface Entry {
  at: number
  order: number
  callback: () => void
}

/** The host's timers; injected, so that tests need no real clock. */
export interface HostTimers {
  now(): number
  setTimeout(callback: () => void, ms: number): unknown
  clearTimeout(handle: never): void
}

/** A clock that stands still until it is advanced, or follows the host once told to. */
export class SimulatedClock implements Clock {
  #now: number
  #order = 0
  #stirred = false
  #heap: Entry[] = []
  #host: { timers: HostTimers; offset: number; handle: unknown; wakesAt: number } | undefined

  constructor(startsAt: number) {
    this.#now = startsAt
  }

  now(): number {
    if (this.#host) this.#now = Math.max(this.#now, this.#host.timers.now() + this.#host.offset)
    return this.#now
  }

  after(ms: number, callback: () => void): Timer {
    const entry: Entry = { at: this.now() + Math.max(0, ms), order: this.#order++, callback }
    this.#push(entry)
    this.#wake()
    return {
      cancel: () => {
        const index = this.#heap.indexOf(entry)
        if (index >= 0) this.#removeAt(index)
      },
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const aborted = () => {
        timer.cancel()
        reject(signal?.reason)
      }
      const timer = this.after(ms, () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      })
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  /** Runs what is due within the next `ms`, in order, letting promises settle between timers. */
  async advance(ms: number): Promise<void> {
    const until = this.now() + ms
    await this.#settle()
    for (let next = this.#heap[0]; next && next.at <= until; next = this.#heap[0]) {
      this.#removeAt(0)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await this.#settle()
    }
    this.#now = Math.max(this.#now, until)
  }

  /** Jumps from timer to timer until `done()` holds; gives false when `limitMs` of simulated time went by first. */
  async runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const until = this.now() + limitMs
    await this.#settle()
    while (!done()) {
      const next = this.#heap[0]
      if (!next || next.at > until) return false
      this.#removeAt(0)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await this.#settle()
    }
    return true
  }

  /** From now on time passes as the host's does; timers fire by the host's timers. */
  follow(timers: HostTimers): void {
    this.#host = {
      timers,
      offset: this.#now - timers.now(),
      handle: undefined,
      wakesAt: Number.POSITIVE_INFINITY,
    }
    this.#wake()
  }

  /** Stops following the host and forgets every timer. */
  dispose(): void {
    if (this.#host?.handle !== undefined) this.#host.timers.clearTimeout(this.#host.handle as never)
    this.#host = undefined
    this.#heap = []
  }

  stir(): void {
    this.#stirred = true
  }

  /** Lets every promise that can settle do so, also chains of them, before time moves on. */
  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < 64; quiet++) {
      await Promise.resolve()
      if (this.#stirred) quiet = 0
      this.#stirred = false
    }
  }

  #wake(): void {
    const host = this.#host
    const next = this.#heap[0]
    if (!host || !next || next.at >= host.wakesAt) return
    if (host.handle !== undefined) host.timers.clearTimeout(host.handle as never)
    host.wakesAt = next.at
    host.handle = host.timers.setTimeout(() => this.#fire(), Math.max(0, next.at - this.now()))
  }

  #fire(): void {
    const host = this.#host
    if (!host) return
    host.handle = undefined
    host.wakesAt = Number.POSITIVE_INFINITY
    const due = this.now()
    try {
      for (let next = this.#heap[0]; next && next.at <= due; next = this.#heap[0]) {
        this.#removeAt(0)
        next.callback()
      }
    } finally {
      // What one callback throws goes to the host, and the other timers go on.
      this.#wake()
    }
  }

  // A binary heap ordered by time, then by order of registration.
  #before(a: Entry, b: Entry): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }

  #push(entry: Entry): void {
    this.#heap.push(entry)
    this.#up(this.#heap.length - 1)
  }

  #removeAt(index: number): void {
    const last = this.#heap.pop()
    if (!last || index >= this.#heap.length) return
    this.#heap[index] = last
    this.#up(index)
    this.#down(index)
  }

  #up(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#swapIfBefore(index, parent)) return
      index = parent
    }
  }

  #down(from: number): void {
    let index = from
    for (;;) {
      const left = 2 * index + 1
      const a = this.#heap[left]
      const b = this.#heap[left + 1]
      if (!a) return
      const child = b && this.#before(b, a) ? left + 1 : left
      if (!this.#swapIfBefore(child, index)) return
      index = child
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const c = this.#heap[child]
    const p = this.#heap[parent]
    if (!c || !p || !this.#before(c, p)) return false
    this.#heap[child] = p
    this.#heap[parent] = c
    return true
  }
}
