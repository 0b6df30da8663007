// TCP states as connection tracking sees them from outside, with their timeouts (net/netfilter/nf_conntrack_proto_tcp.c).
import type { TcpSegment } from '../packet.ts'

export type TrackedTcpState =
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'

/** Milliseconds. */
export const tcpTimeouts: Readonly<Record<TrackedTcpState, number>> = {
  SYN_SENT: 120_000,
  SYN_RECV: 60_000,
  ESTABLISHED: 432_000_000,
  FIN_WAIT: 120_000,
  CLOSE_WAIT: 60_000,
  LAST_ACK: 30_000,
  TIME_WAIT: 120_000,
  CLOSE: 10_000,
}

export function nextTcpState(state: TrackedTcpState, segment: TcpSegment, isReply: boolean): TrackedTcpState {
  if (segment.rst) return 'CLOSE'
  switch (state) {
    case 'SYN_SENT':
      return segment.syn && segment.ack && isReply ? 'SYN_RECV' : state
    case 'SYN_RECV':
      return segment.fin ? 'FIN_WAIT' : segment.ack && !segment.syn && !isReply ? 'ESTABLISHED' : state
    case 'ESTABLISHED':
      return segment.fin ? 'FIN_WAIT' : state
    case 'FIN_WAIT':
      return segment.fin ? 'LAST_ACK' : segment.ack ? 'CLOSE_WAIT' : state
    case 'CLOSE_WAIT':
      return segment.fin ? 'LAST_ACK' : state
    case 'LAST_ACK':
      return segment.ack && !segment.fin ? 'TIME_WAIT' : state
    default:
      return state
  }
}
