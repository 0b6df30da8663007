import 'reflect-metadata'
import { createServer, type RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Target, targetSchema } from '../../../../../sandbox-server/contract/cluster.ts'
import { probeFrom } from '../../../../../sandbox-server/providers/kind/probe/probe.ts'
import { dnsOverUdp } from './fake-dns.ts'
import { type FakeNetwork, fakeRelay } from './fake-relay.ts'

const never = new AbortController().signal
const files = { '/etc/resolv.conf': 'nameserver 10.96.0.10\n', '/etc/hosts': '10.0.0.9 web a.example\n' }
const udp = { '10.96.0.10:53': dnsOverUdp({ records: {} }) }
const target = (host: string, more: Partial<Target> = {}) => targetSchema.parse({ host, port: 80, ...more })

const probe = (network: FakeNetwork, to: Target, signal = never) =>
  probeFrom({ relay: fakeRelay({ files, udp, ...network }) }, to, signal)

function http(listener: RequestListener): (server: Duplex) => void {
  const server = createServer(listener)
  return (connection) => void server.emit('connection', connection)
}

const echo = http((request, response) => {
  response.setHeader('set-cookie', ['a=1', 'b=2'])
  response.end(`${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)}`)
})

describe('a probe over http', () => {
  it('gives status, headers, body and the address of the name', async () => {
    const result = await probe({ tcp: { '10.0.0.9:80': echo } }, target('web', { path: '/a?b=c' }))
    expect(result).toMatchObject({ outcome: 'answered', status: 200, address: '10.0.0.9', hops: [] })
    expect(result.body).toBe('GET /a?b=c ["Host","web","Connection","close"]')
    expect(result.headers).toMatchObject({ 'set-cookie': 'a=1, b=2', connection: 'close' })
    expect(Number.isInteger(result.durationMs)).toBe(true)
  })

  it('sends the Host that is asked for, and else that of a client', async () => {
    const network = { tcp: { '10.0.0.9:8080': echo } }
    const own = await probe(network, target('10.0.0.9', { port: 8080, headers: { host: 'shop.example' } }))
    expect(own.body).toBe('GET / ["host","shop.example","Connection","close"]')
    const usual = await probe(network, target('web', { port: 8080 }))
    expect(usual.body).toBe('GET / ["Host","web:8080","Connection","close"]')
  })

  it('keeps 64 KiB of a body that does not end', async () => {
    const endless = http((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(10_000)));
        response.once('drain', more)
      }
      more()
    })
    const result = await probe({ tcp: { '10.0.0.9:80': endless } }, target('web'))
    expect(result).toMatchObject({ outcome: 'answered', status: 200 })
    expect(result.body).toHaveLength(65_536)
  })

  it.each<[string, (server: Duplex) => void, string]>([
    ['is closed', (server) => server.end(), 'the connection was closed before the answer was whole'],
    [
      'ends early',
      (server) => server.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
      'the connection was closed before the answer was whole',
    ],
    ['is no HTTP', (server) => server.write('SSH-2.0-x\r\n'), 'Parse Error: Expected HTTP/'],
  ])('is broken where the connection %s', async (_, serve, detail) => {
    const result = await probe({ tcp: { '10.0.0.9:80': serve } }, target('web'))
    expect(result).toMatchObject({ outcome: 'broken', address: '10.0.0.9' })
    expect(result.detail).toContain(detail)
  })

  it('times out where the server says nothing, and says how far it came', async () => {
    const silent = () => {}
    const limited = target('web', { timeoutMs: 100 })
    expect(await probe({ tcp: { '10.0.0.9:80': silent } }, limited)).toMatchObject({
      outcome: 'timeout',
      detail: 'the connection was made, then no answer in time',
    })
    expect(await probe({}, limited)).toMatchObject({ outcome: 'timeout', detail: 'no answer in time' })
    expect(await probe({ udp: {} }, target('other', { timeoutMs: 100 }))).toMatchObject({
      outcome: 'timeout',
      detail: 'other: no answer from the name server',
    })
  })

  it('cannot be made of everything', async () => {
    await expect(
      probe({ tcp: { '10.0.0.9:80': echo } }, target('web', { path: '/a b' })),
    ).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })
})

describe('a probe that is not answered', () => {
  it.each([
    ['ECONNREFUSED', 'refused', 'connect 10.0.0.9:80: connection refused'],
    ['EHOSTUNREACH', 'unreachable', 'connect 10.0.0.9:80: no route to host'],
    ['ENETUNREACH', 'unreachable', 'connect 10.0.0.9:80: network is unreachable'],
    ['ETIMEDOUT', 'timeout', 'connect 10.0.0.9:80: no answer in time'],
    ['ECONNRESET', 'broken', 'connect 10.0.0.9:80: connection reset by peer'],
  ])('for %s is %s', async (code, outcome, detail) => {
    const result = await probe({ tcp: { '10.0.0.9:80': code } }, target('web', { protocol: 'tcp' }))
    expect(result).toMatchObject({ outcome, detail })
  })

  it('has no name where none resolves', async () => {
    expect(await probe({}, target('gone'))).toMatchObject({
      outcome: 'no-name',
      detail: 'gone: NXDOMAIN. Asked for gone A, gone AAAA.',
    })
  })

  it('rejects where the place is not there any more, and with the signal’s reason', async () => {
    const gone = probe({ tcp: { '10.0.0.9:80': 'NO_CONTAINER' } }, target('web'))
    await expect(gone).rejects.toMatchObject({ code: 'NO_CONTAINER' })
    const full = probe({ tcp: { '10.0.0.9:80': 'EMFILE' } }, target('web'))
    await expect(full).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
    await expect(probe({}, target('web'), AbortSignal.timeout(10))).rejects.toMatchObject({
      name: 'TimeoutError',
    })
  })

  it('waits longer by what the relay has lost, and says so where it never runs', async () => {
    let answer = (): void => {}
    const late = http((_, response) => {
      answer = () => void response.end('late')
    })
    const network = { tcp: { '10.0.0.9:80': late }, waited: [5, 105] }
    const result = probe(network, target('web', { timeoutMs: 100 }))
    setTimeout(() => answer(), 150)
    expect(await result).toMatchObject({ outcome: 'answered', body: 'late' })
    const starved = probe({ waited: [0, 100, 200, 300, 400] }, target('web', { timeoutMs: 100 }))
    await expect(starved).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'The program in node that sends probes gets no processor time.',
    })
  })
})

describe('a probe over tcp and udp', () => {
  it('is answered by a connection', async () => {
    const result = await probe({ tcp: { '10.0.0.9:80': () => {} } }, target('web', { protocol: 'tcp' }))
    expect(result).toEqual({
      outcome: 'answered',
      address: '10.0.0.9',
      hops: [],
      durationMs: expect.any(Number),
    })
  })

  it('is answered by a datagram, and refused by an ICMP message', async () => {
    const network = {
      udp: { '10.0.0.9:80': (data: Buffer) => [Buffer.from(`got ${data}`)], '10.0.0.9:81': 'ECONNREFUSED' },
    }
    const ask = (more: Partial<Target>) => probe(network, target('web', { protocol: 'udp', ...more }))
    expect(await ask({})).toMatchObject({ outcome: 'answered', body: 'got hostname' })
    expect(await ask({ path: '/echo a' })).toMatchObject({ body: 'got echo a' })
    expect(await ask({ port: 81 })).toMatchObject({ outcome: 'refused', detail: 'read: connection refused' })
  })
})

describe('a probe over https', () => {
  const contexts = new Map<string, SecureContext>()
  beforeAll(async () => {
    for (const name of ['a.example', 'b.example']) contexts.set(name, await certificateFor(name))
  })

  /** A server that shows the certificate of the name that is asked for, a.example's where none is. */
  const secure = (server: Duplex) => {
    const tls = new TLSSocket(server as never, {
      isServer: true,
      ...({ ALPNProtocols: ['http/1.1'] } as object),
      secureContext: contexts.get('a.example'),
      SNICallback: (name, give) => {
        const known = contexts.get(name)
        give(known ? null : new Error('unknown name'), known)
      },
    })
    tls.on('error', () => {})
    echo(tls)
  }
  const network = { tcp: { '10.0.0.9:443': secure } }
  const ask = (host: string, more: Partial<Target> = {}) =>
    probe(network, target(host, { protocol: 'https', port: 443, ...more }))

  it('shows the certificate of the name, whoever signed it', async () => {
    expect(await ask('a.example')).toMatchObject({
      outcome: 'answered',
      status: 200,
      body: 'GET / ["Host","a.example","Connection","close"]',
      certificate: {
        subject: 'CN=a.example, O=Test',
        issuer: 'CN=a.example, O=Test',
        names: ['a.example', '10.0.0.9'],
        notAfter: Date.UTC(2100, 0, 1),
      },
    })
    const other = await ask('a.example', { serverName: 'b.example', headers: { Host: 'b.example' } })
    expect(other).toMatchObject({ outcome: 'answered', certificate: { names: ['b.example', '10.0.0.9'] } })
  })

  it('sends no name where the host is an address', async () => {
    expect(await ask('10.0.0.9')).toMatchObject({ certificate: { names: ['a.example', '10.0.0.9'] } })
  })

  it('is broken where the server knows no such name, or speaks no TLS', async () => {
    const unknown = await ask('a.example', { serverName: 'c.example' })
    expect(unknown).toMatchObject({
      outcome: 'broken',
      detail: expect.stringContaining('disconnected before'),
    })
    const plain = await probe(
      { tcp: { '10.0.0.9:443': (server) => server.write('HTTP/1.1 400 Bad Request\r\n\r\n') } },
      target('web', { protocol: 'https', port: 443 }),
    )
    expect(plain).toMatchObject({ outcome: 'broken', detail: 'TLS: wrong version number' })
  })
})

async function certificateFor(name: string): Promise<SecureContext> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}, O=Test`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2100-01-01'),
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: name },
        { type: 'ip', value: '10.0.0.9' },
      ]),
    ],
  })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`
  return createSecureContext({ cert: certificate.toString('pem'), key })
}
