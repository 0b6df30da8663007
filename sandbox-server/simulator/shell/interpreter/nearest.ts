// Names near a mistyped one: at most two edits away (one for short names), swapped neighbours counting as one edit.

export function nearest(name: string, candidates: readonly string[], limit = 3): string[] {
  const allowed = name.length <= 3 ? 1 : 2
  const scored = [...new Set(candidates)]
    .filter((each) => Math.abs(each.length - name.length) <= allowed && each.length > 1)
    .map((each) => ({ each, distance: editDistance(name, each) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.each < b.each ? -1 : 1))
  const best = scored[0]?.distance
  return scored
    .filter(({ distance }) => distance === best)
    .slice(0, limit)
    .map(({ each }) => each)
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(value)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
