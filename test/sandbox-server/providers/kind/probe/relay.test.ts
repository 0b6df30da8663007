// relay.pl on this machine, in its own network namespace; test/kind/probe.test.ts enters those of containers.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openRelay, type Relay } from '../../../../../sandbox-server/providers/kind/probe/relay.ts'
import { hasPerl, localEngine } from './local-relay-engine.ts'

const never = new AbortController().signal
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function open(options = {}) {
  const engine = localEngine()
  const relay = openRelay(engine, 'node', options)
  closers.push(() => relay.dispose())
  return { engine, relay }
}

async function listen(onConnection: (socket: Socket) => void, host = '127.0.0.1') {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    closers.push(() => socket.destroy())
    onConnection(socket)
  }).listen(0, host)
  await once(server, 'listening')
  closers.push(() => server.close())
  const { address, port } = server.address() as AddressInfo
  return { address, port, server }
}

async function closedPort() {
  const { port, server } = await listen(() => {})
  server.close()
  await once(server, 'close')
  return { address: '127.0.0.1', port }
}

const connectAndEnd = async (relay: Relay, to: { address: string; port: number }, data: string) => {
  const connection = await relay.connect(to, never)
  connection.end(data)
  return connection
}

describe.skipIf(!hasPerl)('relay', () => {
  it('is started once, however many ask, and its script is not on the command line', async () => {
    const { engine, relay } = open()
    const to = await listen((socket) => socket.end('hello'))
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => text(await relay.connect(to, never))),
    )
    expect(new Set(answers)).toEqual(new Set(['hello']))
    expect(engine.started).toEqual([['exec', '-i', 'node', 'perl', 'privileged']])
  })

  it('carries many connections at a time, and half of one after the other half was closed', async () => {
    const { relay } = open()
    const to = await listen(async (socket) => socket.end(`got ${(await text(socket)).length}`))
    const sizes = [0, 1, 70_000, 900_000]
    const answers = await Promise.all(
      sizes.map(async (size) => text(await connectAndEnd(relay, to, 'x'.repeat(size)))),
    )
    expect(answers).toEqual(sizes.map((size) => `got ${size}`))
  })

  it('does not read ahead of a slow reader, and loses nothing', async () => {
    const { relay } = open()
    let sent = 0
    const to = await listen((socket) => {
      const more = () => {
        while (sent < 20_000_000) {
          sent += 100_000
          if (!socket.write(Buffer.alloc(100_000, sent % 251))) return void socket.once('drain', more)
        }
        socket.end()
      }
      more()
    })
    const connection = await relay.connect(to, never)
    await relay.settle()
    // What the kernel's buffers hold is not the relay's.
    expect(sent).toBeLessThan(15_000_000)
    expect((await buffer(connection)).length).toBe(20_000_000)
  })

  it('names what the kernel says', async () => {
    const { relay } = open()
    const closed = await closedPort()
    await expect(relay.connect(closed, never)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: `connect 127.0.0.1:${closed.port}: connection refused`,
    })
    await expect(relay.connect({ ...closed, address: 'nonsense' }, never)).rejects.toMatchObject({
      code: 'EINVAL',
    })
    const resets = await listen((socket) => socket.resetAndDestroy())
    const connection = await relay.connect(resets, never)
    await expect(text(connection)).rejects.toMatchObject({
      code: 'ECONNRESET',
      message: 'read: connection reset by peer',
    })
    await expect(relay.connect({ ...closed, containerId: 'a'.repeat(64) }, never)).rejects.toMatchObject({
      code: 'NO_CONTAINER',
    })
  })

  it('exchanges datagrams, and tells that nobody listens', async () => {
    const { relay } = open()
    const echo = createSocket('udp4').on('message', (data, from) => echo.send(data, from.port, from.address))
    await once(echo.bind(0, '127.0.0.1'), 'listening')
    closers.push(() => echo.close())
    const socket = await relay.openDatagrams({ address: '127.0.0.1', port: echo.address().port }, never)
    socket.send(Buffer.from('one'))
    expect((await socket.next(never)).toString()).toBe('one')
    socket.send(Buffer.alloc(0))
    expect((await socket.next(never)).length).toBe(0)
    await expect(socket.next(AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' })
    socket.close()
    const nobody = await relay.openDatagrams(await closedPort(), never)
    nobody.send(Buffer.from('two'))
    await expect(nobody.next(never)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('reads the two files of a resolver and no other', async () => {
    const { relay } = open()
    expect(await relay.readFile('/etc/hosts', {}, never)).toBe(readFileSync('/etc/hosts', 'utf8'))
    const other = '/etc/passwd' as '/etc/hosts'
    expect(await relay.readFile(other, {}, never)).toBeUndefined()
  })

  it('leaves at an abort, and the next connection is a new one', async () => {
    const { relay } = open()
    const closed = vi.fn()
    const to = await listen((socket) => socket.on('end', closed).resume())
    await relay.ready(never)
    await expect(relay.connect(to, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
    const connection = await relay.connect(to, never)
    connection.destroy()
    await vi.waitFor(() => expect(closed).toHaveBeenCalled())
  })

  it('ends all that was open when it is killed, and is started again by the next', async () => {
    const { engine, relay } = open()
    const to = await listen((socket) => socket.write('hello'))
    const connection = await relay.connect(to, never)
    engine.killAll()
    await expect(text(connection)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'The program in node that sends probes ended with exit code 137.',
      hint: 'See whether the container runs: docker ps -a --filter name=node.',
    })
    const again = await relay.connect(to, never)
    again.destroy()
    expect(engine.started).toHaveLength(2)
  })

  it('tells what the engine said where it cannot start', async () => {
    const engine = localEngine(['sh', '-c', 'echo "container node is not running" >&2; exit 1'])
    const relay = openRelay(engine, 'node')
    closers.push(() => relay.dispose())
    const all = await Promise.allSettled(Array.from({ length: 9 }, () => relay.ready(never)))
    expect(all.every((one) => one.status === 'rejected')).toBe(true)
    await expect(relay.ready(never)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'The program in node that sends probes ended with exit code 1.',
      log: 'container node is not running',
    })
    expect(engine.started).toHaveLength(1)
    await vi.waitFor(async () => {
      await relay.ready(never).catch(() => {})
      expect(engine.started).toHaveLength(2)
    }, 5_000)
  })

  it('ends when nobody uses it', async () => {
    const { engine, relay } = open({ idleMs: 30 })
    const to = await listen((socket) => socket.write('hello'))
    const connection = await relay.connect(to, never)
    await new Promise((resolve) => setTimeout(resolve, 120))
    await relay.settle()
    expect(engine.started).toHaveLength(1)
    connection.destroy()
    await vi.waitFor(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      await relay.settle()
      expect(engine.started.length).toBeGreaterThan(1)
    }, 5_000)
  })

  it('runs as root before a learner’s processes where they share a container', async () => {
    const engine = localEngine(['false'])
    const relay = openRelay(engine, 'toolbox', { amongLearners: true })
    await expect(relay.ready(never)).rejects.toMatchObject({ code: 'PROVIDER_FAILED' })
    relay.dispose()
    expect(engine.started).toEqual([
      ['exec', '-i', '--user', '0', '--privileged', 'toolbox', 'perl', 'unprivileged'],
    ])
  })
})
