import { describe, expect, test } from 'vitest'
import type { TcpConnection } from '../../../../sandbox-server/simulator/network/socket.ts'
import { bytes, outcome, text, twoMachines } from './machines.ts'

describe('TCP between two machines on a switch', () => {
  test('carries bytes both ways, and each side sees the end of the other', async () => {
    const { clock, a, b } = twoMachines()
    const heard: string[] = []
    b.sockets.listen({ port: 80 }, async (connection) => {
      for (let data = await connection.read(); data; data = await connection.read())
        heard.push(text(data) ?? '')
      await connection.write(bytes('bye'))
      connection.end()
    })
    const talk = async () => {
      const connection = await a.sockets.connect({ to: { address: '172.18.0.3', port: 80 } })
      await connection.write(bytes('hello'))
      await connection.write(bytes(' world'))
      connection.end()
      const answer = text(await connection.read())
      return [answer, await connection.read(), connection.remote]
    }
    const result = await outcome(clock, talk())
    expect(result).toEqual({ value: ['bye', undefined, { address: '172.18.0.3', port: 80 }], afterMs: 0 })
    expect(heard.join('')).toBe('hello world')
    expect([a.tcp.sockets(), b.tcp.sockets()]).toEqual([[], []])
  })

  test('is refused at once by a port nobody listens on', async () => {
    const { clock, a } = twoMachines()
    const refused = a.sockets.connect({ to: { address: '172.18.0.3', port: 81 } })
    expect(await outcome(clock, refused)).toEqual({ error: 'ECONNREFUSED', afterMs: 0 })
  })

  test('finds no host behind an address that nobody owns, after three ARP requests', async () => {
    const { clock, a } = twoMachines()
    const nobody = a.sockets.connect({ to: { address: '172.18.0.99', port: 80 } })
    expect(await outcome(clock, nobody)).toEqual({ error: 'EHOSTUNREACH', afterMs: 3000 })
  })

  test('is told by the gateway that nothing lies beyond', async () => {
    const { clock, a } = twoMachines()
    const beyond = a.sockets.connect({ to: { address: '8.8.8.8', port: 53 } })
    expect(await outcome(clock, beyond)).toEqual({ error: 'ENETUNREACH', afterMs: 0 })
  })

  test('holds the writer back until the reader reads', async () => {
    const { clock, a, b } = twoMachines()
    let server: TcpConnection | undefined
    b.sockets.listen({ port: 80 }, (connection) => {
      server = connection
    })
    const connection = await a.sockets.connect({ to: { address: '172.18.0.3', port: 80 } })
    const size = 1_000_000
    let written = false
    const writing = connection.write(new Uint8Array(size).fill(7)).then(() => {
      written = true
    })
    await clock.advance(1000)
    expect(written).toBe(false)
    let received = 0
    const reading = (async () => {
      while (received < size) received += (await server?.read())?.length ?? 0
    })()
    await outcome(clock, Promise.all([writing, reading]))
    expect([written, received]).toEqual([true, size])
  })

  test('opens 500 connections one after another, and leaves no socket behind', async () => {
    const { clock, a, b } = twoMachines()
    b.sockets.listen({ port: 80 }, async (connection) => {
      const data = await connection.read()
      if (data) await connection.write(data)
      connection.end()
    })
    let answered = 0
    const all = async () => {
      for (let index = 0; index < 500; index++) {
        const connection = await a.sockets.connect({ to: { address: '172.18.0.3', port: 80 } })
        await connection.write(bytes(`${index}`))
        if (text(await connection.read()) === `${index}`) answered++
        connection.end()
      }
    }
    await outcome(clock, all())
    expect(answered).toBe(500)
    expect([a.tcp.sockets(), b.tcp.sockets()]).toEqual([[], []])
  })
})

describe('UDP and ICMP', () => {
  test('a datagram is answered, and an unbound port is refused to a connected socket', async () => {
    const { clock, a, b } = twoMachines()
    const server = b.sockets.bindUdp({ port: 53 })
    server.receive().then(({ data, from }) => server.send(bytes(`got ${text(data)}`), from))
    const client = a.sockets.bindUdp({ connectedTo: { address: '172.18.0.3', port: 53 } })
    client.send(bytes('question'), { address: '172.18.0.3', port: 53 })
    const answer = await outcome(clock, client.receive())
    expect(text((answer as { value?: { data: Uint8Array } }).value?.data)).toBe('got question')

    const refused = a.sockets.bindUdp({ connectedTo: { address: '172.18.0.3', port: 54 } })
    refused.send(bytes('question'), { address: '172.18.0.3', port: 54 })
    expect(await outcome(clock, refused.receive())).toEqual({ error: 'ECONNREFUSED', afterMs: 0 })
  })

  test('an echo comes back, and a packet too large for the way out is refused at home', async () => {
    const { clock, a } = twoMachines()
    const { signal } = new AbortController()
    const ping = { to: '172.18.0.3', bytes: 56, sequence: 1, signal }
    expect(await outcome(clock, a.sockets.ping(ping))).toEqual({
      value: { type: 'echo', from: '172.18.0.3', ttl: 64, bytes: 56 },
      afterMs: 0,
    })
    const tooLarge = a.sockets.ping({ ...ping, bytes: 1473, dontFragment: true })
    expect(await outcome(clock, tooLarge)).toEqual({ error: 'EMSGSIZE', afterMs: 0 })
    expect(await outcome(clock, a.sockets.ping({ ...ping, bytes: 1472, dontFragment: true }))).toMatchObject({
      value: { type: 'echo', bytes: 1472 },
    })
  })
})
