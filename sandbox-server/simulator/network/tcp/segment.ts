// What TCP's files share about segments: the reset that answers one, and endpoints in print.
import { formatAddress } from '../ipv4.ts'
import { makePacket, type Packet, type TcpSegment } from '../packet.ts'
import type { Endpoint } from '../socket.ts'

export const emptyData = new Uint8Array(0)

/** The reset that answers a segment (RFC 9293 3.10.7.1). */
export function resetFor(packet: Packet, segment: TcpSegment): Packet {
  const length = segment.data.length + (segment.syn ? 1 : 0) + (segment.fin ? 1 : 0)
  const reset = makePacket(
    packet.destination,
    packet.source,
    {
      protocol: 'tcp',
      sourcePort: segment.destinationPort,
      destinationPort: segment.sourcePort,
      sequence: segment.ack ? segment.acknowledgement : 0,
      acknowledgement: segment.ack ? 0 : (segment.sequence + length) >>> 0,
      syn: false,
      ack: !segment.ack,
      fin: false,
      rst: true,
      psh: false,
      window: 0,
      mss: undefined,
      data: emptyData,
    },
    { trace: packet.trace?.reply() },
  )
  return reset
}

export function endpointText(endpoint: { address: number; port: number }): string {
  return `${formatAddress(endpoint.address)}:${endpoint.port}`
}

export function toEndpoint(endpoint: { address: number; port: number }): Endpoint {
  return { address: formatAddress(endpoint.address), port: endpoint.port }
}
