import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createApiServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import {
  makeAuthority,
  makeServerCertificate,
} from '../../../../../sandbox-server/providers/api-gateway/certificates.ts'
import { proxyEntry } from '../../../../../sandbox-server/providers/kind/api/proxy-entry.ts'

const authority = await makeAuthority()
const learner = await makeServerCertificate(authority, ['127.0.0.1'])

const closers: (() => unknown)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Listening {
  listen(port: number, host: string, then: () => void): unknown
  address(): AddressInfo | string | null
  closeAllConnections(): void
  close(): unknown
}

async function portOf(server: Listening): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** An API server that asks for a client certificate; `listener` answers what is no upgrade, an upgrade is echoed. */
async function serveApi(listener: RequestListener): Promise<{ port: number; upgrades: IncomingMessage[] }> {
  const { certificate: cert, key } = learner
  const upgrades: IncomingMessage[] = []
  const server = createApiServer({ cert, key, requestCert: true, rejectUnauthorized: false }, listener)
  server.on('upgrade', (request, socket, head) => {
    upgrades.push(request)
    if (request.url?.includes('refused')) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
      return
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n\r\nfirst ')
    socket.write(head)
    socket.pipe(socket)
  })
  return { port: await portOf(server), upgrades }
}

/** A gateway with this one cluster; gives its address. */
async function serveProxy(apiPort: number): Promise<number> {
  const url = `https://127.0.0.1:${apiPort}`
  const entry = proxyEntry({ url, authority: authority.certificate, ...learner })
  const server = createServer((request, response) => void entry.answer(request, response, request.url ?? '/'))
  server.on(
    'upgrade',
    (request, socket, head) => void entry.upgrade(request, socket, head, request.url ?? '/'),
  )
  return await portOf(server)
}

const asked = (request: IncomingMessage) => ({
  who: request.socket instanceof TLSSocket && request.socket.getPeerCertificate().subject.CN,
  method: request.method,
  url: request.url,
})

describe('the way of a learner’s kubectl to a kind cluster', () => {
  it('sends the request on with the learner’s certificate, and the answer back', async () => {
    const seen: object[] = []
    const api = await serveApi(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      seen.push({ ...asked(request), body })
      response.statusCode = 201
      response.setHeader('warning', ['299 - "one"', '299 - "two"']).end('{}')
    })
    const port = await serveProxy(api.port)
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/pods?dryRun=All`, {
      method: 'POST',
      body: 'kind: Pod',
    })
    expect([response.status, response.headers.get('warning'), await response.text()]).toEqual([
      201,
      '299 - "one", 299 - "two"',
      '{}',
    ])
    expect(seen).toEqual([
      { who: 'fairlead', method: 'POST', url: '/api/v1/pods?dryRun=All', body: 'kind: Pod' },
    ])
  })

  it('lets no token and no front proxy’s word pass, and leaves impersonation to the API server', async () => {
    let names: string[] = []
    const api = await serveApi((request, response) => {
      names = Object.keys(request.headers)
      response.end()
    })
    const port = await serveProxy(api.port)
    const headers = {
      accept: 'application/json',
      authorization: 'Bearer stolen',
      'impersonate-user': 'system:admin',
      'x-remote-user': 'admin',
      'x-forwarded-for': '10.0.0.1',
      'proxy-authorization': 'Basic x',
    }
    await fetch(`http://127.0.0.1:${port}/api`, { headers })
    expect(names.filter((name) => name in headers)).toEqual(['accept', 'impersonate-user'])
  })

  it('streams a watch event by event, and ends it at the API server when the client goes', async () => {
    let closed = false
    const api = await serveApi((_, response) => {
      response.flushHeaders()
      response.write('one\n')
      response.on('close', () => {
        closed = true
      })
    })
    const port = await serveProxy(api.port)
    const abort = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/pods?watch=1`, { signal: abort.signal })
    const first = await response.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toBe('one\n')
    abort.abort()
    await expect.poll(() => closed).toBe(true)
  })

  it('passes what is uploaded before it is complete', async () => {
    const api = await serveApi((request, response) => void request.pipe(response))
    const port = await serveProxy(api.port)
    const body = Readable.toWeb(Readable.from(['a', 'b'])) as ReadableStream
    const options = { method: 'PUT', body, duplex: 'half' } as RequestInit
    expect(await (await fetch(`http://127.0.0.1:${port}/`, options)).text()).toBe('ab')
  })

  describe('upgrades', () => {
    async function upgrade(path: string) {
      const api = await serveApi((_, response) => response.writeHead(404).end('not found'))
      const socket = connect(await serveProxy(api.port), '127.0.0.1')
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4\r\nX-Stream-Protocol-Version: v5\r\nX-Remote-User: admin\r\nContent-Length: 0\r\n\r\n`,
      )
      let text = ''
      socket.on('data', (data) => {
        text += data
      })
      const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
      return { api, socket, ended, text: () => text }
    }

    it('become bytes both ways, with every offered protocol and nobody’s name', async () => {
      const { api, socket, ended, text } = await upgrade('/api/v1/namespaces/demo/pods/a/exec')
      await expect.poll(text).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\nUpgrade: SPDY\/3.1\r\n/)
      await expect.poll(text).toMatch(/first $/)
      socket.write('there and back')
      await expect.poll(text).toContain('there and back')
      expect(api.upgrades.map(asked)).toEqual([
        { who: 'fairlead', method: 'POST', url: '/api/v1/namespaces/demo/pods/a/exec' },
      ])
      expect(api.upgrades[0]?.headers['x-stream-protocol-version']).toBe('v4, v5')
      expect(api.upgrades[0]?.headers['x-remote-user']).toBeUndefined()
      socket.end()
      await ended
    })

    it('give the API server’s refusal, and end with it', async () => {
      const { ended, text } = await upgrade('/refused')
      await ended
      expect(text()).toBe('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno')
    })
  })

  it('says in the API’s form that the API server does not answer', async () => {
    const port = await serveProxy(1)
    const response = await fetch(`http://127.0.0.1:${port}/api`)
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { kind: 'Status', reason: 'ServiceUnavailable', code: 503 },
    ])
  })
})
