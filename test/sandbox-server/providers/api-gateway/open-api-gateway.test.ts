import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { connect } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import type { ApiEntry } from '../../../../sandbox-server/providers/api-gateway/api-gateway.ts'
import {
  type ApiGatewayOptions,
  openApiGateway,
} from '../../../../sandbox-server/providers/api-gateway/open-api-gateway.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(options?: ApiGatewayOptions) {
  const gateway = await openApiGateway(options)
  closers.push(() => gateway.close())
  return gateway
}

/** Says what reached it. */
const echo = (name: string): ApiEntry => ({
  async answer(received, response, path) {
    const token = received.headers.authorization ?? 'none'
    response.end(`${name} ${received.method} ${path} token ${token}`)
  },
  async upgrade(_, socket, head, path) {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n\r\n${name} ${path} ${head}`)
    socket.on('data', (data) => socket.write(data))
  },
})

interface Kubeconfig {
  readonly server: string
  readonly ca: string
  readonly token: string
}

async function read(registered: { kubeconfig(): Promise<string> }): Promise<Kubeconfig> {
  const { clusters, users } = JSON.parse(await registered.kubeconfig())
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  return { server, ca: Buffer.from(ca, 'base64').toString(), token: users[0].user.token }
}

async function get({ server, ca, token }: Kubeconfig, path: string): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    request(`${server}${path}`, { ca, headers }, resolve).on('error', reject).end()
  })
  let text = ''
  for await (const part of answer) text += part
  return `${answer.statusCode} ${text}`
}

/** Memory that outlives a gateway, as a data directory does. */
function keep() {
  const texts = new Map<string, string>()
  return {
    secret: () => new Uint8Array(32).fill(7),
    readText: (name: string) => texts.get(name),
    writeText: (name: string, text: string) => void texts.set(name, text),
  }
}

describe('the API gateway', () => {
  it('hands a request to its cluster without the prefix and without the token', async () => {
    const gateway = await open()
    const one = await read(gateway.register('one', echo('one'), 'demo'))
    const two = await read(gateway.register('two', echo('two'), 'demo'))
    expect(one.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/clusters\/one$/)
    expect(await get(one, '/api/v1/pods?limit=1')).toBe('200 one GET /api/v1/pods?limit=1 token none')
    expect(await get(two, '')).toBe('200 two GET / token none')
  })

  it('answers 401 to another cluster’s token, and the same for a cluster that is not there', async () => {
    const gateway = await open()
    const one = await read(gateway.register('one', echo('one'), 'demo'))
    const two = await read(gateway.register('two', echo('two'), 'demo'))
    const refused = await get({ ...one, token: two.token }, '/api')
    expect(refused).toMatch(/^401 .*"reason":"Unauthorized"/)
    expect(await get({ ...one, server: one.server.replace('one', 'gone') }, '/api')).toBe(refused)
  })

  it('hands over the socket of an upgrade, and ends it with the cluster', async () => {
    const gateway = await open()
    const registered = gateway.register('one', echo('one'), 'demo')
    const { server, ca, token } = await read(registered)
    const { hostname, port } = new URL(server)
    const upgrade = (bearer: string) => {
      const socket = connect({ host: hostname, port: Number(port), ca })
      socket.write(
        `GET /clusters/one/exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nAuthorization: Bearer ${bearer}\r\n\r\n`,
      )
      let text = ''
      socket.on('data', (data) => {
        text += data
      })
      const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
      return { socket, ended, text: () => text }
    }
    const refused = upgrade('wrong')
    await refused.ended
    expect(refused.text()).toMatch(/^HTTP\/1.1 401 /)
    const stream = upgrade(token)
    await expect.poll(stream.text).toContain('one /exec ')
    stream.socket.write('bytes')
    await expect.poll(stream.text).toContain('bytes')
    registered.close()
    await stream.ended
    expect(await get({ server, ca, token }, '/api')).toMatch(/^401 /)
  })

  it('keeps a cluster that was opened again before the old one closed', async () => {
    const gateway = await open()
    const old = gateway.register('one', echo('old'), 'demo')
    const kubeconfig = await read(gateway.register('one', echo('new'), 'demo'))
    old.close()
    expect(await get(kubeconfig, '/api')).toBe('200 new GET /api token none')
  })

  it('takes yesterday’s kubeconfig after a restart, on another address too', async () => {
    const secrets = keep()
    const first = await openApiGateway({ secrets })
    const yesterday = await read(first.register('one', echo('one'), 'demo'))
    await first.close()
    const { port } = new URL(yesterday.server)
    const gateway = await open({
      secrets,
      port: Number(port),
      host: '0.0.0.0',
      publicUrl: 'https://learn.example.com',
    })
    const today = await read(gateway.register('one', echo('one'), 'demo'))
    expect(today.server).toBe(`https://learn.example.com:${port}/clusters/one`)
    expect(await get(yesterday, '/api')).toBe('200 one GET /api token none')
  })

  it('makes a new authority where the kept one is damaged', async () => {
    const secrets = { ...keep(), readText: () => '{"certificate":"x","key":"y"}' }
    const gateway = await open({ secrets })
    expect(await get(await read(gateway.register('one', echo('one'), 'demo')), '/api')).toMatch(/^200 /)
  })

  it('serves the first cluster at the root where that is wanted', async () => {
    const gateway = await open({ atRoot: true })
    const one = await read(gateway.register('one', echo('one'), 'default'))
    expect(new URL(one.server).pathname).toBe('/')
    expect(await get(one, '/api')).toBe('200 one GET /api token none')
  })

  it('says which port is taken, or takes another one', async () => {
    const first = await open()
    const { server } = await read(first.register('one', echo('one'), 'demo'))
    const port = Number(new URL(server).port)
    await expect(openApiGateway({ port })).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: `Port ${port}, where kubectl would reach clusters, is in use.`,
    })
    const other = await open({ port, orAnyPort: true })
    expect((await read(other.register('one', echo('one'), 'demo'))).server).not.toBe(server)
  })
})
