// The simulator's only source of chance: seeded, so that every run repeats exactly.

export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [0, below). */
  integer(below: number): number
  /** `length` characters of Kubernetes' own alphabet for generated names (k8s.io/apimachinery/pkg/util/rand). */
  suffix(length: number): string
  uuid(): string
  /** State to put into a snapshot, and to pass to `seededRandom` again. */
  state(): number
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** mulberry32, 32 bits of state. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const integer = (below: number) => Math.floor(next() * below)
  const hex = (length: number) => Array.from({ length }, () => integer(16).toString(16)).join('')
  return {
    next,
    integer,
    suffix: (length) => Array.from({ length }, () => alphabet[integer(alphabet.length)]).join(''),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[integer(4)]}${hex(3)}-${hex(12)}`,
    state: () => state,
  }
}
