// Resource quantities such as `100m`, `50Mi` and `2` as plain numbers (apimachinery/pkg/api/resource).

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** 0 for what is no quantity; the API refuses those. */
export function parseQuantity(text: string | number | undefined): number {
  if (text === undefined) return 0
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(text))
  return match ? Number(match[1]) * (factors[match[2] ?? ''] ?? 0) : 0
}
