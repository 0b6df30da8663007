// /etc/resolv.conf and /etc/hosts as the resolver reads them (resolv.conf(5), hosts(5)).
import type { FileSystem } from '../../node/file-system.ts'

export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
  readonly timeoutMs: number
  readonly attempts: number
}

export type ReadableFiles = Pick<FileSystem, 'stat' | 'readText'>

export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = []
  let search: string[] = []
  const options = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (keyword === 'nameserver' && words[0] && nameservers.length < 3) nameservers.push(words[0])
    if (keyword === 'search' || keyword === 'domain') search = words
    if (keyword === 'options') {
      for (const word of words) {
        const [name = '', value] = word.split(':')
        options.set(name, Number(value))
      }
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

export function readResolvConf(files: ReadableFiles): ResolvConf {
  const path = '/etc/resolv.conf'
  return parseResolvConf(files.stat(path) ? files.readText(path) : '')
}

/** Addresses of the name in /etc/hosts, in the file's order. */
export function lookUpHosts(files: ReadableFiles, name: string): string[] {
  const path = '/etc/hosts'
  if (!files.stat(path)) return []
  const wanted = name.replace(/\.$/, '').toLowerCase()
  const found: string[] = []
  for (const line of files.readText(path).split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (address && names.some((known) => known.toLowerCase() === wanted)) found.push(address)
  }
  return found
}

/** The names to ask for, in order (the search list and ndots; a final dot means the name as it is). */
export function candidates(name: string, conf: Pick<ResolvConf, 'search' | 'ndots'>): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const dots = name.split('.').length - 1
  const searched = conf.search.map((domain) => `${name}.${domain}`)
  return dots >= conf.ndots ? [name, ...searched] : [...searched, name]
}
