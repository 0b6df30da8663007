// The host-local address management of the CNI plugins: one file an address, the next one after the last given out
// (containernetworking/plugins, plugins/ipam/host-local).
import type { FileSystem } from '../../node/file-system.ts'
import { type Cidr, contains, formatAddress, maskOf, parseAddress, parseCidr } from '../ipv4.ts'
import type { CniCall } from './plugin.ts'

export interface Allocation {
  readonly address: number
  readonly length: number
  readonly gateway: number
  readonly routes: readonly { readonly destination: Cidr; readonly via: number | undefined }[]
}

interface Ipam {
  readonly subnet: Cidr
  readonly gateway: number
  readonly directory: string
  readonly routes: Allocation['routes']
}

/** Throws an Error in the plugin's own words. */
export function allocate(call: CniCall, network: string): Allocation {
  const ipam = ipamOf(call, network)
  const { files } = call.node
  files.makeDirectory(ipam.directory, { recursive: true })
  const lastFile = `${ipam.directory}/last_reserved_ip.0`
  const first = ipam.subnet.network + 1
  const last = (ipam.subnet.network | ~maskOf(ipam.subnet.length)) >>> 0
  const count = last - first
  const lastGiven = files.stat(lastFile) ? parseAddress(files.readText(lastFile).trim()) : undefined
  const start = lastGiven === undefined ? 0 : lastGiven - first + 1
  const taken = new Set(files.list(ipam.directory))
  for (const text of call.ips ?? []) {
    const wanted = parseAddress(text)
    const path = `${ipam.directory}/${text}`
    if (wanted === undefined || !contains(ipam.subnet, wanted)) continue
    if (taken.has(text) && !files.readText(path).startsWith(call.pod.uid)) continue
    files.write(path, `${call.pod.uid}\r\neth0`)
    return { address: wanted, length: ipam.subnet.length, gateway: ipam.gateway, routes: ipam.routes }
  }
  for (let tried = 0; tried < count; tried++) {
    const candidate = first + ((start + tried) % count)
    const text = formatAddress(candidate)
    if (candidate === ipam.gateway || taken.has(text)) continue
    files.write(`${ipam.directory}/${text}`, `${call.pod.uid}\r\neth0`)
    files.write(lastFile, text)
    return { address: candidate, length: ipam.subnet.length, gateway: ipam.gateway, routes: ipam.routes }
  }
  const range = `${formatAddress(first)}-${formatAddress(last - 1)}`
  throw new Error(`failed to allocate for range 0: no IP addresses available in range set: ${range}`)
}

/** Gives the pod's addresses back; tells which they were. */
export function release(call: CniCall, network: string): readonly number[] {
  const { directory } = ipamOf(call, network)
  const { files } = call.node
  const released: number[] = []
  for (const name of listIfThere(files, directory)) {
    const value = parseAddress(name)
    if (value === undefined || !files.readText(`${directory}/${name}`).startsWith(call.pod.uid)) continue
    files.remove(`${directory}/${name}`)
    released.push(value)
  }
  return released
}

function ipamOf(call: CniCall, network: string): Ipam {
  const ipam = call.configuration.ipam as Record<string, unknown> | undefined
  if (ipam?.type !== 'host-local') throw new Error(`ipam type ${JSON.stringify(ipam?.type)} is not simulated`)
  const ranges = ipam.ranges as { subnet?: string; gateway?: string }[][] | undefined
  const range = ranges?.[0]?.[0] ?? (ipam as { subnet?: string; gateway?: string })
  const subnet = parseCidr(range.subnet ?? '')
  if (!subnet) throw new Error(`invalid range subnet: ${range.subnet ?? ''}`)
  const dataDir = typeof ipam.dataDir === 'string' ? ipam.dataDir : '/var/lib/cni/networks'
  const routes = (ipam.routes as { dst: string; gw?: string }[] | undefined) ?? []
  return {
    subnet,
    gateway: parseAddress(range.gateway ?? '') ?? subnet.network + 1,
    directory: `${dataDir}/${network}`,
    routes: routes.flatMap(({ dst, gw }) => {
      const destination = parseCidr(dst)
      return destination ? [{ destination, via: parseAddress(gw ?? '') }] : []
    }),
  }
}

function listIfThere(files: FileSystem, directory: string): readonly string[] {
  return files.stat(directory) ? files.list(directory) : []
}
