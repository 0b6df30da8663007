// SHA-256 (FIPS 180-4) and base32 (RFC 4648), synchronous and without a host's crypto: names of kube-proxy's chains hang on them.

const roundConstants = primes(64).map((prime) => fraction(Math.cbrt(prime)))
const initialState = primes(8).map((prime) => fraction(Math.sqrt(prime)))

export function sha256(data: Uint8Array): Uint8Array {
  const length = ((data.length + 8) >> 6) * 64 + 64
  const padded = new Uint8Array(length)
  padded.set(data)
  padded[data.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(length - 8, Math.floor((data.length * 8) / 2 ** 32))
  view.setUint32(length - 4, (data.length * 8) >>> 0)
  const state = [...initialState]
  const words = new Uint32Array(64)
  const word = (index: number) => words[index] ?? 0
  for (let block = 0; block < length; block += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getUint32(block + index * 4)
    for (let index = 16; index < 64; index++) {
      const a = word(index - 15)
      const b = word(index - 2)
      const small0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
      const small1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
      words[index] = word(index - 16) + small0 + word(index - 7) + small1
    }
    compress(state, words)
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (const [index, value] of state.entries()) digest.setUint32(index * 4, value)
  return new Uint8Array(digest.buffer)
}

export function base32(data: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of data) {
    held = ((held << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
  }
  if (bits > 0) text += alphabet[(held << (5 - bits)) & 31]
  return text
}

function compress(state: number[], words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let index = 0; index < 64; index++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const first = (h + big1 + choice + (roundConstants[index] ?? 0) + (words[index] ?? 0)) >>> 0
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + first) >>> 0
    d = c
    c = b
    b = a
    a = (first + big0 + majority) >>> 0
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) {
    state[index] = ((state[index] ?? 0) + value) >>> 0
  }
}

function rotate(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by))
}

function primes(count: number): number[] {
  const found: number[] = []
  for (let value = 2; found.length < count; value++) {
    if (found.every((prime) => value % prime !== 0)) found.push(value)
  }
  return found
}

/** The first 32 bits behind the point. */
function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32)
}
