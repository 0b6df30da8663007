// The differences of two lists of lines: Myers' O(ND) algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986).

export interface Hunk {
  /** Where lines of the first list are replaced, from 0, and how many. */
  readonly aStart: number
  readonly aCount: number
  readonly bStart: number
  readonly bCount: number
}

/** Beyond so many edits the rest counts as one change: the search's memory grows with their square. */
const editLimit = 4000

export function diffLines(a: readonly string[], b: readonly string[], key: (line: string) => string): Hunk[] {
  const left = a.map(key)
  const right = b.map(key)
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start++
  let end = 0
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end++
  const middle = myers(left.slice(start, left.length - end), right.slice(start, right.length - end))
  return middle.map((hunk) => ({ ...hunk, aStart: hunk.aStart + start, bStart: hunk.bStart + start }))
}

function myers(a: readonly string[], b: readonly string[]): Hunk[] {
  if (a.length === 0 && b.length === 0) return []
  const maximum = a.length + b.length
  const trace: Map<number, number>[] = []
  let furthest = new Map<number, number>([[1, 0]])
  for (let edits = 0; edits <= Math.min(maximum, editLimit); edits++) {
    trace.push(new Map(furthest))
    const next = new Map(furthest)
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1
      let y = x - k
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++
        y++
      }
      next.set(k, x)
      if (x >= a.length && y >= b.length) return backtrack(trace, a.length, b.length)
    }
    furthest = next
  }
  return [{ aStart: 0, aCount: a.length, bStart: 0, bCount: b.length }]
}

function backtrack(trace: readonly Map<number, number>[], aLength: number, bLength: number): Hunk[] {
  const hunks: Hunk[] = []
  let x = aLength
  let y = bLength
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const furthest = trace[edits]
    if (!furthest) break
    const k = x - y
    const down = k === -edits || (k !== edits && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
    const previousX = furthest.get(down ? k + 1 : k - 1) ?? 0
    const previousY = previousX - (down ? k + 1 : k - 1)
    const last = hunks[0]
    const edit: Hunk = down
      ? { aStart: previousX, aCount: 0, bStart: previousY, bCount: 1 }
      : { aStart: previousX, aCount: 1, bStart: previousY, bCount: 0 }
    if (last && edit.aStart + edit.aCount === last.aStart && edit.bStart + edit.bCount === last.bStart) {
      hunks[0] = { ...edit, aCount: edit.aCount + last.aCount, bCount: edit.bCount + last.bCount }
    } else hunks.unshift(edit)
    x = previousX
    y = previousY
  }
  return hunks
}
