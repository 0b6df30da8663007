// /etc/resolv.conf and /etc/hosts as glibc's resolver reads them (resolv.conf(5), hosts(5)).
import { isIP } from 'node:net'

export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
  readonly timeoutMs: number
  readonly attempts: number
}

export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = []
  let search: string[] = []
  const options = new Map<string, number>()
  for (const line of text.split('\n')) {
    const bare = line.replace(/[#;].*/, '').trim()
    const [keyword, ...words] = bare.split(/\s+/)
    const [first = ''] = words
    if (keyword === 'nameserver' && isIP(first) !== 0 && nameservers.length < 3) nameservers.push(first)
    if (keyword === 'search' || keyword === 'domain') search = words
    if (keyword !== 'options') continue
    for (const word of words) {
      const [name = '', value] = word.split(':')
      if (/^\d+$/.test(value ?? '')) options.set(name, Number(value))
    }
  }
  return {
    nameservers: nameservers.length > 0 ? nameservers : ['127.0.0.1'],
    search: search.map((domain) => domain.replace(/\.$/, '')).filter((domain) => domain !== ''),
    ndots: Math.min(options.get('ndots') ?? 1, 15),
    timeoutMs: Math.min(options.get('timeout') ?? 5, 30) * 1000,
    attempts: Math.min(options.get('attempts') ?? 2, 5),
  }
}

/** Addresses of the name in /etc/hosts, in the file's order. */
export function addressesInHosts(text: string, name: string): string[] {
  const wanted = name.replace(/\.$/, '').toLowerCase()
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return isIP(address) !== 0 && names.some((known) => known.toLowerCase() === wanted) ? [address] : []
  })
}

/** The names to ask for, in order (the search list and ndots; a final dot means the name as it is). */
export function candidates(name: string, conf: Pick<ResolvConf, 'search' | 'ndots'>): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const dots = name.split('.').length - 1
  const searched = conf.search.map((domain) => `${name}.${domain}`)
  return dots >= conf.ndots ? [name, ...searched] : [...searched, name]
}
