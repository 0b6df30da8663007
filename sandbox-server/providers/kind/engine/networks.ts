// A container network for each cluster, with a subnet of its own that nothing on the machine uses.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import { hostNetworks } from '../../../platform/host-networks.ts'
import type { ContainerEngine } from './engine.ts'
import { inspectAll } from './inspect-all.ts'
import { type AddressRange, addressRange, holds, overlap, type Subnet, subnetsOf } from './subnets.ts'

export interface ClusterNetwork {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** The subnet becomes a /24 of it: `10.201.0.0/16`. */
  readonly pool: string
  /** An IPv6 subnet besides. */
  readonly isDual: boolean
  readonly signal?: AbortSignal | undefined
}

export interface CreatedNetwork {
  readonly subnet: string
  readonly gateway: string
  /** Of a dual network. */
  readonly subnet6?: string
}

/** As often as another process may take the subnet between our look and our step. */
const attempts = 20

const mtuOption = 'com.docker.network.driver.mtu'

/** Docker's and nerdctl's answer, and Podman's. */
const networkSchema = z.union([
  z.object({
    Name: z.string(),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullish() }).nullish(),
    Options: z.record(z.string(), z.string()).nullish(),
  }),
  z.object({ name: z.string(), subnets: z.array(z.object({ subnet: z.string() })).nullish() }),
])
type Network = z.infer<typeof networkSchema>

/** Throws AppError PROVIDER_FAILED where the pool is used up or the engine refuses. */
export async function createClusterNetwork(
  engine: ContainerEngine,
  { name, labels, pool, isDual, signal }: ClusterNetwork,
): Promise<CreatedNetwork> {
  const subnet6 = isDual ? uniqueLocalSubnet(name) : undefined
  const refused = new Set<string>()
  for (let attempt = 1; ; attempt++) {
    const networks = await inspectAll(engine, 'network', [], networkSchema, signal)
    const subnet = pickSubnet(pool, networks, refused)
    const { cidr, gateway } = subnet
    const args = [
      ...['network', 'create', '--driver', 'bridge', ...optionsOf(engine, networks)],
      ...['--subnet', cidr, '--gateway', gateway],
      ...(subnet6 === undefined ? [] : ['--ipv6', '--subnet', subnet6]),
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ]
    try {
      await engine.run([...args, name], { ...(signal && { signal }) })
      return { subnet: cidr, gateway, ...(subnet6 !== undefined && { subnet6 }) }
    } catch (error) {
      if (!isTaken(error) || attempt === attempts) throw error
      refused.add(cidr)
    }
  }
}

/**
 * One that is free, at random, so that servers that look at the same time rarely choose the same. A route that holds the whole
 * pool (a VPN's 10.0.0.0/8) does not count: it leaves no choice, and our /24 is the more specific of the two.
 */
function pickSubnet(pool: string, networks: readonly Network[], refused: ReadonlySet<string>): Subnet {
  const whole = addressRange(pool)
  if (!whole) throw new AppError('PROVIDER_FAILED', `${pool} is no IPv4 network.`, { hint: otherPool })
  const { interfaces, routes } = hostNetworks()
  const attached = rangesOf([...networks.flatMap(subnetsIn), ...interfaces])
  const routed = rangesOf(routes).filter((range) => !holds(range, whole))
  const taken = [...attached, ...routed]
  const free = subnetsOf(whole).filter(
    (subnet) => !refused.has(subnet.cidr) && !taken.some((range) => overlap(range, subnet)),
  )
  const subnet = free[Math.floor(Math.random() * free.length)]
  if (subnet) return subnet
  throw new AppError('PROVIDER_FAILED', `No subnet of ${pool} is free for another cluster.`, {
    hint: `fairlead sandbox gc removes what earlier servers left. ${otherPool}`,
  })
}

const otherPool = 'Set FAIRLEAD_KIND_SUBNETS to a network that nothing uses, such as 10.202.0.0/16.'

const rangesOf = (cidrs: readonly string[]): AddressRange[] =>
  cidrs.flatMap((cidr) => addressRange(cidr) ?? [])

function subnetsIn(network: Network): string[] {
  if ('subnets' in network) return network.subnets?.map(({ subnet }) => subnet) ?? []
  if ('IPAM' in network) return network.IPAM?.Config?.flatMap(({ Subnet }) => Subnet ?? []) ?? []
  return []
}

/** What kind gives its own network (pkg/cluster/internal/providers/*\/network.go), and Docker's isolation for Podman. */
function optionsOf(engine: ContainerEngine, networks: readonly Network[]): string[] {
  // Without it Podman's networks reach each other; Docker's and nerdctl's do not.
  if (engine.name === 'podman') return ['--opt', 'isolate=true']
  const bridge = networks.find((network) => 'Name' in network && network.Name === 'bridge')
  const mtu = Number(bridge && 'Options' in bridge ? bridge.Options?.[mtuOption] : undefined)
  return [
    ...(engine.name === 'docker' ? ['--opt', 'com.docker.network.bridge.enable_ip_masquerade=true'] : []),
    ...(mtu > 0 ? ['--opt', `${mtuOption}=${mtu}`] : []),
  ]
}

/** Another process took the subnet meanwhile, in the words of Docker and nerdctl, then of Podman. */
function isTaken(error: unknown): boolean {
  const overlapping = /pool overlaps|overlaps with other one|networks have overlapping|invalid pool request/i
  const used =
    /already used on the host or by another config|being used by (a network interface|a cni config)/i
  return error instanceof AppError && (overlapping.test(error.log ?? '') || used.test(error.log ?? ''))
}

/** A /64 of the range for private use (RFC 4193), the same for the same name. */
function uniqueLocalSubnet(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex')
  return `fd${digits.slice(0, 2)}:${digits.slice(2, 6)}:${digits.slice(6, 10)}:${digits.slice(10, 14)}::/64`
}
