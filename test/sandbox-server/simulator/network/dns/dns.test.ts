import { describe, expect, test } from 'vitest'
import { decodeDns, encodeDns } from '../../../../../sandbox-server/simulator/network/dns/codec.ts'
import type {
  DnsMessage,
  DnsRecord,
  ResponseCode,
} from '../../../../../sandbox-server/simulator/network/dns/message.ts'
import { candidates } from '../../../../../sandbox-server/simulator/network/dns/resolv-conf.ts'
import { lookup, resolve } from '../../../../../sandbox-server/simulator/network/dns/resolver.ts'
import { outcome, twoMachines } from '../machines.ts'

const records: readonly DnsRecord[] = [
  { name: 'web.demo.svc.cluster.local', ttl: 30, type: 'A', address: '10.96.1.2' },
  { name: 'v6.demo.svc.cluster.local', ttl: 30, type: 'AAAA', address: 'fd00:10::1' },
  { name: 'web.demo.svc.cluster.local', ttl: 5, type: 'CNAME', target: 'db.example.com' },
  { name: '_http._tcp.web.demo', ttl: 5, type: 'SRV', priority: 0, weight: 33, port: 80, target: 'web.demo' },
  { name: 'x', ttl: 5, type: 'TXT', texts: ['a b', 'c'] },
  { name: 'x', ttl: 5, type: 'MX', preference: 10, target: 'mail.x' },
  {
    name: 'cluster.local',
    ttl: 30,
    type: 'SOA',
    target: 'ns.dns.cluster.local',
    mailbox: 'hostmaster.cluster.local',
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86400,
    minimum: 30,
  },
  { name: '', ttl: 0, type: 'OPT', udpSize: 1232 },
]

function answerTo(query: DnsMessage, code: ResponseCode, answers: readonly DnsRecord[]): Uint8Array {
  return encodeDns({ ...query, isResponse: true, code, answers })
}

/** A machine whose name server knows web.demo.svc.cluster.local and one that is too long for UDP. */
function resolving(resolvConf: string, hosts = '127.0.0.1 localhost\n') {
  const machines = twoMachines()
  const asked: string[] = []
  const socket = machines.b.sockets.bindUdp({ port: 53 })
  const answer = (data: Uint8Array, overTcp: boolean) => {
    const query = decodeDns(data)
    const { name, type } = query.questions[0] ?? { name: '', type: 'A' as const }
    asked.push(`${name} ${type}${overTcp ? ' (TCP)' : ''}`)
    if (name === 'long.demo.svc.cluster.local') {
      return overTcp
        ? answerTo(query, 'NOERROR', [{ name, ttl: 5, type: 'A', address: '10.0.0.9' }])
        : encodeDns({ ...query, isResponse: true, isTruncated: true })
    }
    if (name !== 'web.demo.svc.cluster.local') return answerTo(query, 'NXDOMAIN', [])
    return answerTo(query, 'NOERROR', type === 'A' ? [{ name, ttl: 5, type, address: '10.96.1.2' }] : [])
  }
  const serve = async () => {
    for (;;) {
      const { data, from } = await socket.receive()
      socket.send(answer(data, false), from)
    }
  }
  void serve()
  machines.b.sockets.listen({ port: 53 }, async (connection) => {
    const data = await connection.read()
    const reply = answer((data ?? new Uint8Array(2)).subarray(2), true)
    await connection.write(Uint8Array.from([reply.length >> 8, reply.length & 255, ...reply]))
    connection.end()
  })
  const contents: Record<string, string> = { '/etc/resolv.conf': resolvConf, '/etc/hosts': hosts }
  const files = {
    stat: (path: string) =>
      path in contents ? { type: 'file' as const, size: 0, mode: 0o644, modifiedAt: 0 } : undefined,
    readText: (path: string) => contents[path] ?? '',
  }
  const host = { sockets: machines.a.sockets, clock: machines.clock, random: machines.random, files }
  return { ...machines, host, asked }
}

const podConf =
  'search demo.svc.cluster.local svc.cluster.local cluster.local\nnameserver 172.18.0.3\noptions ndots:5\n'

describe('DNS', () => {
  test('every record survives encoding and decoding', () => {
    const message: DnsMessage = {
      id: 7,
      isResponse: true,
      isAuthoritative: true,
      isTruncated: false,
      recursionDesired: true,
      recursionAvailable: true,
      code: 'NOERROR',
      questions: [{ name: 'web.demo.svc.cluster.local', type: 'A' }],
      answers: records.slice(0, 6),
      authorities: records.slice(6, 7),
      additionals: records.slice(7),
    }
    expect(decodeDns(encodeDns(message))).toEqual(message)
  })

  test('the search list and ndots give the names to ask for', () => {
    const conf = { search: ['a', 'b'], ndots: 2 }
    expect([candidates('web', conf), candidates('x.y.z', conf), candidates('web.', conf)]).toEqual([
      ['web.a', 'web.b', 'web'],
      ['x.y.z', 'x.y.z.a', 'x.y.z.b'],
      ['web'],
    ])
  })

  test('getaddrinfo asks for A and AAAA of every candidate until one has an address', async () => {
    const { clock, host, asked } = resolving(podConf)
    expect(await outcome(clock, lookup(host, 'web.demo'))).toEqual({
      value: {
        code: 'NOERROR',
        addresses: ['10.96.1.2'],
        queries: [
          'web.demo.demo.svc.cluster.local A',
          'web.demo.demo.svc.cluster.local AAAA',
          'web.demo.svc.cluster.local A',
          'web.demo.svc.cluster.local AAAA',
        ],
      },
      afterMs: 0,
    })
    expect(asked).toHaveLength(4)
    expect(await outcome(clock, lookup(host, 'nosuch'))).toMatchObject({
      value: { code: 'NXDOMAIN', addresses: [] },
    })
    expect(await outcome(clock, lookup(host, 'localhost'))).toMatchObject({
      value: { addresses: ['127.0.0.1'] },
    })
  })

  test('an answer cut short is asked for again over TCP', async () => {
    const { clock, host, asked } = resolving(podConf)
    const question = { name: 'long', type: 'A' as const, search: true }
    expect(await outcome(clock, resolve(host, question))).toMatchObject({ value: { answers: ['10.0.0.9'] } })
    expect(asked).toEqual(['long.demo.svc.cluster.local A', 'long.demo.svc.cluster.local A (TCP)'])
  })

  test('servers that do not answer are asked twice each, five seconds long', async () => {
    const { clock, host } = resolving('nameserver 172.18.0.99\nnameserver 172.18.0.98\n')
    expect(await outcome(clock, lookup(host, 'web', { family: 4 }))).toEqual({
      value: { code: 'TIMEOUT', addresses: [], queries: ['web A'] },
      afterMs: 12_000,
    })
  })
})
