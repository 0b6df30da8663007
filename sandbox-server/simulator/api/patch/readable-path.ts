// A path element of a field set as messages print it. Source: sigs.k8s.io/structured-merge-diff/fieldpath/element.go.

/** `f:spec` is `.spec`, `k:{"port":80}` is `[port=80]`, `v:"x"` is `[="x"]`. */
export function readable(element: string): string {
  if (element.startsWith('f:')) return `.${element.slice(2)}`
  if (element.startsWith('v:')) return `[=${element.slice(2)}]`
  const keys = JSON.parse(element.slice(2)) as Record<string, unknown>
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`
}
