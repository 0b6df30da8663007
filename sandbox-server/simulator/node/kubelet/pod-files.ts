// The files that the kubelet itself writes for a pod: /etc/hosts, /etc/resolv.conf, /etc/hostname (kubelet_pods.go, dns/dns.go).
import type { Pod } from '../../../contract/kubernetes.ts'
import { fileNode } from '../inode.ts'
import { Volume } from '../volume.ts'
import type { KubeletParts } from './kubelet-parts.ts'

const managedHosts = [
  '# Kubernetes-managed hosts file.',
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
]

export function podHostname(pod: Pod, nodeName: string): string {
  if (pod.spec?.hostNetwork) return nodeName
  return (pod.spec?.hostname ?? pod.metadata?.name ?? '').slice(0, 63).replace(/[-.]+$/, '')
}

/** A volume with `hosts`, `resolv.conf` and `hostname`, to be mounted file by file. */
export function podFiles(parts: KubeletParts, pod: Pod, addresses: readonly string[]): Volume {
  const volume = new Volume()
  const hostname = podHostname(pod, parts.nodeName)
  volume.put(['hosts'], fileNode(hostsFile(parts, pod, addresses, hostname)), parts.clock.now())
  volume.put(['resolv.conf'], fileNode(resolverFile(parts, pod)), parts.clock.now())
  volume.put(['hostname'], fileNode(`${hostname}\n`), parts.clock.now())
  return volume
}

function hostsFile(parts: KubeletParts, pod: Pod, addresses: readonly string[], hostname: string): string {
  const aliases = (pod.spec?.hostAliases ?? []).map(
    (alias) => `${alias.ip}\t${(alias.hostnames ?? []).join('\t')}\n`,
  )
  const added = aliases.length > 0 ? `\n# Entries added by HostAliases.\n${aliases.join('')}` : ''
  if (pod.spec?.hostNetwork) {
    const own = parts.nodeFiles.stat('/etc/hosts') ? parts.nodeFiles.readText('/etc/hosts') : ''
    return `# Kubernetes-managed hosts file (host network).\n${own}${added}`
  }
  const { subdomain } = pod.spec ?? {}
  const domain = subdomain ? `${subdomain}.${pod.metadata?.namespace}.svc.${parts.clusterDomain}` : undefined
  const names = domain ? `${hostname}.${domain}\t${hostname}` : hostname
  return `${[...managedHosts, ...addresses.map((address) => `${address}\t${names}`)].join('\n')}\n${added}`
}

interface Resolver {
  nameservers: readonly string[]
  searches: readonly string[]
  options: readonly string[]
}

function resolverFile(parts: KubeletParts, pod: Pod): string {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = pod.spec ?? {}
  const own = parts.nodeFiles.stat('/etc/resolv.conf')
    ? parseResolver(parts.nodeFiles.readText('/etc/resolv.conf'))
    : { nameservers: [], searches: [], options: [] }
  const fromCluster =
    dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true)
  let resolver: Resolver = own
  if (dnsPolicy === 'None') resolver = { nameservers: [], searches: [], options: [] }
  else if (fromCluster) {
    const { clusterDomain } = parts
    const namespace = pod.metadata?.namespace
    resolver = {
      nameservers: [parts.clusterDns],
      searches: [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain, ...own.searches],
      options: ['ndots:5'],
    }
  }
  const wanted = (dnsConfig?.options ?? []).map((option) =>
    option.value === undefined ? `${option.name}` : `${option.name}:${option.value}`,
  )
  const overridden = new Set(wanted.map((option) => option.split(':')[0]))
  const options = [...resolver.options.filter((option) => !overridden.has(option.split(':')[0])), ...wanted]
  const searches = [...new Set([...resolver.searches, ...(dnsConfig?.searches ?? [])])]
  const nameservers = [...new Set([...resolver.nameservers, ...(dnsConfig?.nameservers ?? [])])]
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function parseResolver(text: string): Resolver {
  const resolver = { nameservers: [] as string[], searches: [] as string[], options: [] as string[] }
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line.trim().split(/\s+/)
    if (keyword === 'nameserver' && words[0]) resolver.nameservers.push(words[0])
    if (keyword === 'search') resolver.searches = words
    if (keyword === 'options') resolver.options.push(...words)
  }
  return resolver
}
