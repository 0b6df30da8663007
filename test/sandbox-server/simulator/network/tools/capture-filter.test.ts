import { describe, expect, test } from 'vitest'
import { address } from '../../../../../sandbox-server/simulator/network/ipv4.ts'
import { type Frame, makePacket } from '../../../../../sandbox-server/simulator/network/packet.ts'
import { parseFilter } from '../../../../../sandbox-server/simulator/network/tools/capture-filter.ts'

function udp(source: string, sourcePort: number, destination: string, destinationPort: number): Frame {
  const body = { protocol: 'udp' as const, sourcePort, destinationPort, data: new Uint8Array(0) }
  const packet = makePacket(address(source), address(destination), body)
  return { source: 'a', destination: 'b', payload: { type: 'ipv4', packet } }
}

const query = udp('10.244.1.2', 40000, '10.96.0.10', 53)

describe('a filter expression', () => {
  test.each([
    ['', true],
    ['udp', true],
    ['tcp', false],
    ['port 53', true],
    ['port domain', true],
    ['src port 53', false],
    ['udp dst port 53', true],
    ['tcp port 53', false],
    ['portrange 50-60', true],
    ['host 10.96.0.10', true],
    ['src host 10.96.0.10', false],
    ['src 10.244.1.2', true],
    ['net 10.96.0.0/16', true],
    ['dst net 10.244.0.0/16', false],
    ['udp and port 53', true],
    ['tcp or port 53', true],
    ['not port 53', false],
    ['!tcp', true],
    ['host 10.244.1.2 and (port 80 or port 53)', true],
    ['host 10.244.1.2 and not (port 80 or port 53)', false],
    ['arp', false],
    ['icmp or arp', false],
  ])('%j lets a DNS query pass: %s', (expression, passes) => {
    expect(parseFilter(expression.split(' ').filter((word) => word !== ''))(query)).toBe(passes)
  })

  test.each(['port', 'nonsense', '(udp', 'udp and', 'port x', 'host nosuch'])(
    '%j is refused',
    (expression) => {
      expect(() => parseFilter(expression.split(' '))).toThrow()
    },
  )
})
