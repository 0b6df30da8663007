import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import {
  makeAuthority,
  makeServerCertificate,
} from '../../../../../sandbox-server/providers/api-gateway/certificates.ts'
import { createKubernetesClient } from '../../../../../sandbox-server/providers/kind/api/kubernetes-client.ts'

const authority = await makeAuthority()
const serverCertificate = await makeServerCertificate(authority, ['127.0.0.1'])
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server that asks for a client certificate and takes any; `port` 0 for a free one. */
async function serve(listener: RequestListener, port = 0): Promise<Server> {
  const { certificate: cert, key } = serverCertificate
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, listener)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

function connect(port: number, retryForMs?: number) {
  const client = createKubernetesClient(
    {
      url: `https://127.0.0.1:${port}`,
      authority: authority.certificate,
      ...serverCertificate,
    },
    retryForMs === undefined ? {} : { retryForMs },
  )
  closers.push(() => client.dispose())
  return client
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

describe('the Kubernetes client', () => {
  it('sends method, path, query, headers and body to the API server, whatever host the URL names', async () => {
    const seen: unknown[] = []
    const server = await serve(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      const { method, url } = request
      const who = request.socket instanceof TLSSocket && request.socket.getPeerCertificate().subject.CN
      seen.push({ who, method, url, type: request.headers['content-type'], body })
      response.writeHead(201, { 'content-type': 'application/json', warning: '299 - "careful"' }).end('{}')
    })
    const response = await connect(portOf(server)).kubernetes(
      new Request('http://cluster/api/v1/pods?dryRun=All', {
        method: 'POST',
        headers: { 'content-type': 'application/yaml' },
        body: 'kind: Pod\n',
      }),
    )
    expect(seen).toEqual([
      {
        who: 'fairlead',
        method: 'POST',
        url: '/api/v1/pods?dryRun=All',
        type: 'application/yaml',
        body: 'kind: Pod\n',
      },
    ])
    expect(response).toBeInstanceOf(Response)
    expect([response.status, response.headers.get('warning'), await response.json()]).toEqual([
      201,
      '299 - "careful"',
      {},
    ])
  })

  it('gives an HTTP error as a response', async () => {
    const server = await serve((_, response) => response.writeHead(403).end('{"kind":"Status"}'))
    const response = await connect(portOf(server)).kubernetes(new Request('http://cluster/api'))
    expect([response.status, await response.text()]).toEqual([403, '{"kind":"Status"}'])
  })

  it('serves requests beside a hundred open watches, and ends a watch at its abort', async () => {
    let open = 0
    const server = await serve((request, response) => {
      if (!request.url?.includes('watch')) return void response.end('{}')
      open++
      response.on('close', () => open--)
      response.write('{"type":"ADDED"}\n')
    })
    const client = connect(portOf(server))
    const abort = new AbortController()
    const watches = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const response = await client.kubernetes(
          new Request('http://cluster/api/v1/pods?watch=1', { signal: abort.signal }),
        )
        const reader = response.body?.getReader()
        const first = new TextDecoder().decode((await reader?.read())?.value)
        return { reader, first }
      }),
    )
    expect(new Set(watches.map(({ first }) => first))).toEqual(new Set(['{"type":"ADDED"}\n']))
    expect((await client.kubernetes(new Request('http://cluster/api'))).status).toBe(200)
    abort.abort()
    await expect(watches[0]?.reader?.read()).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => open).toBe(0)
  })

  it('waits for an API server that restarts', async () => {
    const first = await serve((_, response) => response.end('first'))
    const port = portOf(first)
    const client = connect(port)
    expect(await (await client.kubernetes(new Request('http://cluster/api'))).text()).toBe('first')
    first.closeAllConnections()
    await new Promise((resolve) => first.close(resolve))
    const request = client.kubernetes(new Request('http://cluster/api', { method: 'POST', body: 'x' }))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await serve((_, response) => response.end('second'), port)
    expect(await (await request).text()).toBe('second')
  })

  it('sends again what has no other effect a second time, and only that', async () => {
    const seen: (string | undefined)[] = []
    const server = await serve((request, response) => {
      seen.push(request.method)
      if (seen.filter((method) => method === request.method).length === 1) request.socket.destroy()
      else response.end('{}')
    })
    const client = connect(portOf(server))
    expect((await client.kubernetes(new Request('http://cluster/a'))).status).toBe(200)
    const post = client.kubernetes(new Request('http://cluster/a', { method: 'POST', body: '{}' }))
    await expect(post).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
    expect(seen).toEqual(['GET', 'GET', 'POST'])
  })

  it('says which API server does not answer, and stops waiting at an abort', async () => {
    const server = await serve(() => {})
    const port = portOf(server)
    await new Promise((resolve) => server.close(resolve))
    await expect(connect(port, 0).kubernetes(new Request('http://cluster/api'))).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: `The cluster's API server at https://127.0.0.1:${port} does not answer: connect ECONNREFUSED 127.0.0.1:${port}.`,
    })
    const signal = AbortSignal.timeout(50)
    await expect(
      connect(port).kubernetes(new Request('http://cluster/api', { signal })),
    ).rejects.toMatchObject({
      name: 'TimeoutError',
    })
  })
})
