// Expectations: getaddrinfo(3), resolv.conf(5), and the answers that CoreDNS gives in a kind cluster.
import type { Answer } from 'dns-packet'
import { describe, expect, it } from 'vitest'
import { lookUp, resolveAt } from '../../../../../sandbox-server/providers/kind/probe/resolver.ts'
import { dnsOverTcp, dnsOverUdp, type Zone } from './fake-dns.ts'
import { fakeRelay } from './fake-relay.ts'

const never = new AbortController().signal
const files = {
  '/etc/resolv.conf':
    'search demo.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
  '/etc/hosts': '127.0.0.1 localhost\n10.0.0.9 known\n',
}
const a = (name: string, data: string): Answer => ({ type: 'A', name, data, ttl: 30 })
const web = 'web.demo.svc.cluster.local'
const zone: Zone = {
  records: {
    [`${web} A`]: [a(web, '10.96.1.1')],
    'six.demo.svc.cluster.local AAAA': [
      { type: 'AAAA', name: 'six.demo.svc.cluster.local', data: 'fd00::6' },
    ],
    'alias.demo.svc.cluster.local A': [
      { type: 'CNAME', name: 'alias.demo.svc.cluster.local', data: web },
      a(web, '10.96.1.1'),
    ],
    'alias.demo.svc.cluster.local CNAME': [
      { type: 'CNAME', name: 'alias.demo.svc.cluster.local', data: web },
    ],
    [`_http._tcp.${web} SRV`]: [
      { type: 'SRV', name: `_http._tcp.${web}`, data: { priority: 0, weight: 100, port: 80, target: web } },
    ],
    '1.1.96.10.in-addr.arpa PTR': [{ type: 'PTR', name: '1.1.96.10.in-addr.arpa', data: web }],
    'ill.cluster.local A': 2,
    'closed.cluster.local A': 5,
  },
}
const dns = '10.96.0.10:53'
const place = (network = {}) => ({
  relay: fakeRelay({ files, udp: { [dns]: dnsOverUdp(zone) }, ...network }),
})
const ask = (name: string, type: 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' = 'A', search = true) =>
  resolveAt(place(), { name, type, search }, never)

describe('a name at a vantage point', () => {
  it('is looked for in /etc/hosts, then by A and AAAA along the search list', async () => {
    expect(await lookUp(place(), 'known', never)).toEqual({
      code: 'NOERROR',
      addresses: ['10.0.0.9'],
      queries: [],
    })
    expect(await lookUp(place(), '10.1.2.3', never)).toMatchObject({ addresses: ['10.1.2.3'], queries: [] })
    expect(await lookUp(place(), 'web', never)).toEqual({
      code: 'NOERROR',
      addresses: ['10.96.1.1'],
      queries: [`${web} A`, `${web} AAAA`],
    })
    expect(await lookUp(place(), 'six', never)).toMatchObject({ addresses: ['fd00::6'] })
    expect(await lookUp(place(), `${web}.`, never)).toMatchObject({ queries: [`${web} A`, `${web} AAAA`] })
  })

  it('is nowhere when every candidate was asked for', async () => {
    expect(await lookUp(place(), 'gone', never)).toEqual({
      code: 'NXDOMAIN',
      addresses: [],
      queries: ['demo.svc.cluster.local', 'svc.cluster.local', 'cluster.local', '']
        .map((domain) => (domain ? `gone.${domain}` : 'gone'))
        .flatMap((name) => [`${name} A`, `${name} AAAA`]),
    })
    // No DNS message can carry it: nothing is asked.
    expect(await lookUp(place(), `${'x'.repeat(64)}.`, never)).toMatchObject({
      code: 'NXDOMAIN',
      queries: [],
    })
  })

  it('is asked for over TCP where the answer was cut short', async () => {
    const cut = { udp: { [dns]: dnsOverUdp({ ...zone, truncated: true }) }, tcp: { [dns]: dnsOverTcp(zone) } }
    expect(await lookUp(place(cut), 'web', never)).toMatchObject({ addresses: ['10.96.1.1'] })
  })

  it('is asked of the next server where one refuses, closes its port or fails', async () => {
    const asked: string[] = []
    const network = {
      files: { '/etc/resolv.conf': 'nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n' },
      udp: {
        '10.0.0.1:53': 'ECONNREFUSED',
        '10.0.0.2:53': dnsOverUdp({ records: { 'web A': 5, 'web AAAA': 5 } }, asked),
        '10.0.0.3:53': dnsOverUdp({ records: { 'web A': [a('web', '10.9.9.9')] } }),
      },
    }
    expect(await lookUp(place(network), 'web', never)).toEqual({
      code: 'NOERROR',
      addresses: ['10.9.9.9'],
      queries: ['web A', 'web AAAA'],
    })
    expect(asked).toEqual(['web A', 'web AAAA'])
  })

  it('times out where no server answers, and a signal ends the wait', async () => {
    const refused = { udp: { [dns]: 'ECONNREFUSED' } }
    expect(await lookUp(place(refused), 'web', never)).toEqual({
      code: 'TIMEOUT',
      addresses: [],
      queries: [`${web} A`, `${web} AAAA`],
    })
    const ended = lookUp(place({ udp: {} }), 'web', AbortSignal.timeout(10))
    await expect(ended).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('a question', () => {
  it('is answered as dig prints it', async () => {
    expect(await ask('web')).toMatchObject({ code: 'NOERROR', answers: ['10.96.1.1'], queries: [`${web} A`] })
    expect((await ask('alias')).answers).toEqual(['10.96.1.1'])
    expect((await ask('alias', 'CNAME')).answers).toEqual([`${web}.`])
    expect((await ask('_http._tcp.web', 'SRV')).answers).toEqual([`0 100 80 ${web}.`])
    expect((await ask('1.1.96.10.in-addr.arpa', 'PTR', false)).answers).toEqual([`${web}.`])
    expect((await ask('six', 'AAAA')).answers).toEqual(['fd00::6'])
  })

  it('is asked as it is without the search list', async () => {
    expect(await ask('web', 'A', false)).toMatchObject({ code: 'NXDOMAIN', answers: [], queries: ['web A'] })
    expect(await ask(`${web}.`, 'A', false)).toMatchObject({ code: 'NOERROR', queries: [`${web} A`] })
  })

  it('tells SERVFAIL and REFUSED', async () => {
    expect(await ask('ill.cluster.local', 'A', false)).toMatchObject({ code: 'SERVFAIL', answers: [] })
    expect(await ask('closed.cluster.local', 'A', false)).toMatchObject({ code: 'REFUSED', answers: [] })
  })
})
