// ss(8) of iproute2: the sockets of the namespace.
import type { Program } from '../../node/process.ts'
import { formatAddress } from '../ipv4.ts'
import type { Namespace } from '../namespace.ts'
import { lines, tool } from './output.ts'

interface Row {
  readonly netid: 'tcp' | 'udp'
  readonly state: string
  readonly received: number
  readonly sent: number
  readonly local: readonly [string, string]
  readonly peer: readonly [string, string]
}

/** net.core.somaxconn, which Go's listeners ask for. */
const backlog = 4096

export const ss: Program = tool((namespace, process) => {
  const flags = process.argv.slice(1).filter((word) => word.startsWith('-'))
  const letters = new Set(
    flags.filter((flag) => !flag.startsWith('--')).flatMap((flag) => [...flag.slice(1)]),
  )
  const longNames: Record<string, string> = { '--tcp': 't', '--udp': 'u', '--listening': 'l', '--all': 'a' }
  for (const flag of flags) {
    const letter = longNames[flag]
    if (letter) letters.add(letter)
  }
  const both = !letters.has('t') && !letters.has('u')
  const all = letters.has('a')
  const listening = letters.has('l')
  const rows = [
    ...(letters.has('u') || both ? udpRows(namespace, { all, listening }) : []),
    ...(letters.has('t') || both ? tcpRows(namespace, { all, listening }) : []),
  ]
  const withNetid = both || (letters.has('t') && letters.has('u'))
  return { code: 0, out: lines(table(rows, withNetid, !letters.has('H'))) }
})

interface Choice {
  readonly all: boolean
  readonly listening: boolean
}

function tcpRows(namespace: Namespace, { all, listening }: Choice): Row[] {
  const listeners = namespace.tcp.listeners().map(
    (one): Row => ({
      netid: 'tcp',
      state: 'LISTEN',
      received: 0,
      sent: backlog,
      local: [one.address === 0 ? '0.0.0.0' : formatAddress(one.address), `${one.port}`],
      peer: ['0.0.0.0', '*'],
    }),
  )
  const names: Record<string, string> = { established: 'ESTAB', 'syn-received': 'SYN-RECV' }
  const sockets = namespace.tcp.sockets().map(
    (one): Row => ({
      netid: 'tcp',
      state: names[one.state] ?? one.state.toUpperCase(),
      received: one.queued.received,
      sent: one.queued.unacknowledged,
      local: [one.local.address, `${one.local.port}`],
      peer: [one.remote.address, `${one.remote.port}`],
    }),
  )
  return [...(all || listening ? listeners : []), ...(all || !listening ? sockets : [])]
}

function udpRows(namespace: Namespace, { all, listening }: Choice): Row[] {
  return namespace.udp.sockets().flatMap((one): Row[] => {
    const connected = one.peer !== undefined
    if (!all && connected === listening) return []
    return [
      {
        netid: 'udp',
        state: connected ? 'ESTAB' : 'UNCONN',
        received: one.queuedBytes,
        sent: 0,
        local: [one.local.address, `${one.local.port}`],
        peer: one.peer ? [formatAddress(one.peer.address), `${one.peer.port}`] : ['0.0.0.0', '*'],
      },
    ]
  })
}

/** Addresses to the right and ports to the left of their colon, as ss lines them up. */
function table(rows: readonly Row[], withNetid: boolean, withHead: boolean): string[] {
  const head = [
    'Netid',
    'State',
    'Recv-Q',
    'Send-Q',
    'Local Address',
    'Port',
    'Peer Address',
    'Port',
    'Process',
  ]
  const cells = rows.map((row) => [
    row.netid,
    row.state,
    `${row.received}`,
    `${row.sent}`,
    row.local[0],
    row.local[1],
    row.peer[0],
    row.peer[1],
    '',
  ])
  const all = withHead ? [head, ...cells] : cells
  const width = (column: number) => Math.max(0, ...all.map((row) => row[column]?.length ?? 0))
  return all.map((row) => {
    const cell = (column: number) => row[column] ?? ''
    const left = (column: number) => cell(column).padEnd(width(column))
    const pair = (column: number) =>
      `${cell(column).padStart(width(column))}:${cell(column + 1).padEnd(width(column + 1))}`
    const start = withNetid ? `${left(0)} ` : ''
    return `${start}${left(1)} ${left(2)} ${left(3)} ${pair(4)} ${pair(6)} ${cell(8)}`
  })
}
