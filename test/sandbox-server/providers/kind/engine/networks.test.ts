import { describe, expect, it } from 'vitest'
import { parseRoutes } from '../../../../../sandbox-server/platform/host-networks.ts'
import { createClusterNetwork } from '../../../../../sandbox-server/providers/kind/engine/networks.ts'
import {
  addressRange,
  holds,
  overlap,
  subnetsOf,
} from '../../../../../sandbox-server/providers/kind/engine/subnets.ts'
import { createFakeEngine, refusal } from './fake-engine.ts'

// TEST-NET-2 and its neighbours (RFC 5737): no machine is on it.
const pool = '198.51.100.0/23'

const dockerNetwork = (Name: string, Subnet?: string, Options = {}) => ({
  Name,
  IPAM: { Config: Subnet === undefined ? null : [{ Subnet }] },
  Options,
})

const engineWith = (networks: readonly object[], create: (command: string) => string = () => 'id') =>
  createFakeEngine((command) => {
    if (command === 'network ls --quiet') return networks.map((_, index) => `id${index}\n`).join('')
    if (command.startsWith('network inspect')) return JSON.stringify(networks)
    return create(command)
  })

const options = { name: 'fairlead-a-1', labels: { 'dev.fairlead.role': 'network' }, pool, isDual: false }

describe("a cluster's network", () => {
  it("gets the subnet that no other network has, with the options of kind's own", async () => {
    const mtu = { 'com.docker.network.driver.mtu': '1450' }
    const engine = engineWith([
      dockerNetwork('bridge', '172.17.0.0/16', mtu),
      dockerNetwork('host'),
      dockerNetwork('other', '198.51.100.128/25'),
    ])
    expect(await createClusterNetwork(engine, options)).toEqual({
      subnet: '198.51.101.0/24',
      gateway: '198.51.101.1',
    })
    expect(engine.calls.at(-1)).toBe(
      'network create --driver bridge --opt com.docker.network.bridge.enable_ip_masquerade=true --opt com.docker.network.driver.mtu=1450 --subnet 198.51.101.0/24 --gateway 198.51.101.1 --label dev.fairlead.role=network fairlead-a-1',
    )
  })

  it('takes another subnet when a second server was faster, and says when none is left', async () => {
    const overlapping = refusal(
      'Error response from daemon: invalid pool request: Pool overlaps with other one on this address space',
    )
    const tried: string[] = []
    const engine = engineWith([], (command) => {
      tried.push(/--subnet (\S+)/.exec(command)?.[1] ?? '')
      throw overlapping
    })
    await expect(createClusterNetwork(engine, options)).rejects.toMatchObject({
      message: 'No subnet of 198.51.100.0/23 is free for another cluster.',
      hint: expect.stringContaining('FAIRLEAD_KIND_SUBNETS'),
    })
    expect(tried.sort()).toEqual(['198.51.100.0/24', '198.51.101.0/24'])
  })

  it('gives up at once for any other reason', async () => {
    const engine = engineWith([], () => {
      throw refusal('Error response from daemon: could not find an available bridge')
    })
    await expect(createClusterNetwork(engine, options)).rejects.toThrow('available bridge')
    expect(engine.calls.filter((call) => call.startsWith('network create'))).toHaveLength(1)
  })

  it('gets a private IPv6 subnet besides where it is dual', async () => {
    const { subnet6 } = await createClusterNetwork(engineWith([]), { ...options, isDual: true })
    expect(subnet6).toMatch(/^fd[0-9a-f]{2}(:[0-9a-f]{4}){3}::\/64$/)
  })

  it('understands Podman, and is walled off there', async () => {
    const engine = createFakeEngine((command) => {
      if (command === 'network ls --quiet') return 'podman\n'
      if (command.startsWith('network inspect'))
        return JSON.stringify([{ name: 'podman', subnets: [{ subnet: '198.51.101.0/24' }] }])
      return ''
    }, 'podman')
    expect((await createClusterNetwork(engine, options)).subnet).toBe('198.51.100.0/24')
    expect(engine.calls.at(-1)).toContain('--opt isolate=true')
  })
})

describe('arithmetic of subnets', () => {
  const range = (cidr: string) => addressRange(cidr) ?? { first: -1, last: -1 }

  it('knows what overlaps and what holds what', () => {
    expect(overlap(range('10.201.0.0/16'), range('10.201.7.9/24'))).toBe(true)
    expect(overlap(range('10.201.0.0/16'), range('10.202.0.0/24'))).toBe(false)
    expect(holds(range('10.0.0.0/8'), range('10.201.0.0/16'))).toBe(true)
    expect(range('0.0.0.0/0')).toEqual({ first: 0, last: 2 ** 32 - 1 })
    expect([addressRange('fd00::/64'), addressRange('300.0.0.0/8'), addressRange('1.2.3.4')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('cuts a pool into networks of 256 addresses', () => {
    expect(subnetsOf(range('10.201.254.0/23')).map(({ cidr }) => cidr)).toEqual([
      '10.201.254.0/24',
      '10.201.255.0/24',
    ])
    expect(subnetsOf(range('10.201.0.0/16'))).toHaveLength(256)
  })

  it('reads the routes of /proc/net/route without the default one', () => {
    const text = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`
    expect(parseRoutes(text)).toEqual(['172.17.0.0/16', '192.0.2.0/24'])
  })
})
