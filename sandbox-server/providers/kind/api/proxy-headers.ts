// Which headers cross the proxy between a learner's kubectl and their cluster's API server.

/** Of one connection, not of the message: RFC 9110, section 7.6.1. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The proxy speaks as the learner, whatever a client says: no token, and no name that a front proxy would vouch for. Impersonation
 * (`kubectl --as`) is the API server's to refuse: an administrator may, a learner lacks the verb and is told so. `expect` was
 * answered by this server already.
 */
const isForbidden = (name: string) =>
  name === 'host' ||
  name === 'authorization' ||
  name === 'expect' ||
  name === 'forwarded' ||
  /^(x-remote-|x-forwarded-)/.test(name)

export function requestHeaders(raw: readonly string[], host: string): Record<string, string | string[]> {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of pairs(raw)) {
    const key = name.toLowerCase()
    if (hopByHop.has(key) || isForbidden(key)) continue
    headers[key] = [...(headers[key] ?? []), value]
  }
  // kubectl sends some names more than once, such as X-Stream-Protocol-Version.
  const all = Object.entries(headers).map(([name, values]) => [
    name,
    values.length === 1 ? values.join() : values,
  ])
  return { ...Object.fromEntries(all), host }
}

/** Names and values in turn, as Node takes and gives them. */
export function responseHeaders(raw: readonly string[]): string[] {
  return pairs(raw).flatMap(([name, value]) => (hopByHop.has(name.toLowerCase()) ? [] : [name, value]))
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] => (index % 2 ? [] : [[name, raw[index + 1] ?? '']]))
}
