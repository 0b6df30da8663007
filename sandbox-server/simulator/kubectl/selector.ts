// Label selectors, for what kubectl filters itself. Source: apimachinery/pkg/labels/selector.go.

/** Splits `a=b,c in (d,e),!f` at its commas. */
export function splitSelector(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

export function matchesSelector(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return splitSelector(selector).every((part) => {
    const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part)
    if (set) {
      const value = labels[set[1] ?? '']
      const listed = (set[3] ?? '').split(',').some((item) => item.trim() === value)
      return set[2] === 'in' ? value !== undefined && listed : !listed
    }
    if (part.startsWith('!')) return !(part.slice(1).trim() in labels)
    const comparison = /^(.+?)\s*(==|!=|=)\s*(.*)$/.exec(part)
    if (!comparison) return part in labels
    const same = labels[comparison[1] ?? ''] === comparison[3]
    return comparison[2] === '!=' ? !same : same
  })
}
