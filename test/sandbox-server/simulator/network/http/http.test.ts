import { describe, expect, test } from 'vitest'
import { readText } from '../../../../../sandbox-server/simulator/network/http/body.ts'
import { HttpClientConnection } from '../../../../../sandbox-server/simulator/network/http/client.ts'
import { httpGet } from '../../../../../sandbox-server/simulator/network/http/get.ts'
import { type HttpHandler, serveHttp } from '../../../../../sandbox-server/simulator/network/http/server.ts'
import { bytes, outcome, text, twoMachines } from '../machines.ts'

function serving(handler: HttpHandler, maxBodyBytes?: number) {
  const machines = twoMachines()
  serveHttp(machines.b.sockets, { port: 80, ...(maxBodyBytes !== undefined && { maxBodyBytes }) }, handler)
  const { signal } = new AbortController()
  const get = (path: string) => httpGet(machines.a.sockets, { address: '172.18.0.3', port: 80, path, signal })
  const raw = async (request: string) => {
    const connection = await machines.a.sockets.connect({ to: { address: '172.18.0.3', port: 80 } })
    await connection.write(bytes(request))
    connection.end()
    let answer = ''
    for (let data = await connection.read(); data; data = await connection.read()) answer += text(data)
    return answer
  }
  return { ...machines, get, raw }
}

async function* pieces(...parts: string[]) {
  for (const part of parts) yield bytes(part)
}

describe('HTTP over simulated TCP', () => {
  test('a GET is answered with status, fields and body', async () => {
    const { clock, get } = serving((request) => ({
      status: 200,
      headers: { 'Content-Type': 'text/plain' },
      body: `${request.path} ${request.query.get('x')} ${request.headers.get('host')} ${request.remote.address}`,
    }))
    expect(await outcome(clock, get('/a?x=1'))).toEqual({
      value: {
        status: 200,
        reason: 'OK',
        headers: { 'content-type': 'text/plain', 'content-length': '26', connection: 'close' },
        body: '/a 1 172.18.0.3 172.18.0.2',
      },
      afterMs: 0,
    })
  })

  test('two requests share a connection, a streamed body comes in chunks, an upload is read', async () => {
    const { clock, a } = serving(async (request) =>
      request.method === 'POST'
        ? { status: 201, body: `got ${await readText(request.body)}` }
        : { status: 200, body: pieces('one ', 'two') },
    )
    const talk = async () => {
      const connection = await a.sockets.connect({ to: { address: '172.18.0.3', port: 80 } })
      const client = new HttpClientConnection(connection)
      const first = await client.request({ method: 'GET', target: '/', headers: { Host: 'b' } })
      const body = await readText(first.body)
      const upload = { method: 'POST', target: '/', headers: { Host: 'b' }, body: pieces('x', 'y') }
      const second = await client.request(upload)
      return [first.headers.get('transfer-encoding'), body, second.status, await readText(second.body)]
    }
    expect(await outcome(clock, talk())).toEqual({ value: ['chunked', 'one two', 201, 'got xy'], afterMs: 0 })
  })

  test('what is no HTTP is a 400, a body above the limit a 413, a handler that throws a 500', async () => {
    const { clock, raw } = serving(async (request) => {
      if (request.path === '/throw') throw new Error('broken')
      return { status: 200, body: await readText(request.body) }
    }, 4)
    const statuses = []
    for (const request of [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\n\r\n12345',
      'GET /throw HTTP/1.1\r\nHost: b\r\n\r\n',
      'GET / HTTP/1.0\r\n\r\n',
    ]) {
      const result = await outcome(clock, raw(request))
      statuses.push('value' in result ? String(result.value).split('\r\n')[0] : result)
    }
    expect(statuses).toEqual([
      'HTTP/1.1 400 Bad Request',
      'HTTP/1.1 400 Bad Request',
      'HTTP/1.1 413 Request Entity Too Large',
      'HTTP/1.1 500 Internal Server Error',
      'HTTP/1.1 200 OK',
    ])
  })
})
