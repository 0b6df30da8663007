import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServerProcess, startServerProcess } from '../drivers/server-process.ts'
import { SocketPage } from '../drivers/socket-page.ts'

const lesson = 'pod-to-service/selectors'

let folder: string
let server: ServerProcess
const start = () => startServerProcess(['--data', join(folder, 'data'), '--site', join(folder, 'site')])

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-serve-'))
  await mkdir(join(folder, 'site'))
  await writeFile(join(folder, 'site/index.html'), 'hello')
  server = await start()
}, 30_000)

afterAll(async () => {
  await server.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

describe('a server that is killed while a learner works', () => {
  it('has everything when it starts again: files, cluster, scroll-back, history, progress', {
    timeout: 60_000,
  }, async () => {
    const page = await SocketPage.open({ url: server.url, lesson })
    await page.ready()
    await page.ask(
      { type: 'terminal-run', command: 'kubectl create configmap seen --from-literal=a=b' },
      'terminal-ran',
    )
    await page.ask({ type: 'terminal-run', command: 'echo kept > from-terminal.txt' }, 'terminal-ran')
    const { attempt } = await page.ask({ type: 'check', quiz: {} }, 'attempt')
    await page.until(() => page.of('file-changed').some(({ file }) => file.path === 'from-terminal.txt'))
    // A second for what is kept a moment later.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await page.ask({ type: 'file-write', path: 'last.yaml', content: 'saved\n', baseRevision: 0 }, 'done')
    await server.kill('SIGKILL')

    server = await start()
    const again = await SocketPage.open({
      url: server.url,
      lesson,
      cookie: page.cookie,
      terminalOffset: page.offset,
    })
    await again.ready()
    expect(
      again
        .of('files')
        .at(-1)
        ?.files.map(({ path, content }) => [path, content]),
    ).toEqual(
      [
        ['from-terminal.txt', 'kept\n'],
        ['last.yaml', 'saved\n'],
        ['services.yaml', expect.stringContaining('three Services')],
      ].map(([path, content]) => [path, path === 'services.yaml' ? expect.any(String) : content]),
    )
    await again.until(() => again.of('terminal-reset').length === 1)
    await again.until(() => again.terminal.includes('echo kept > from-terminal.txt'))
    const { exitCode } = await again.ask(
      {
        type: 'terminal-run',
        command: 'kubectl get configmap seen -o name && history | grep -q "create configmap"',
      },
      'terminal-ran',
    )
    expect(exitCode).toBe(0)
    const response = await fetch(`${server.url}/api/v1/lessons/${lesson}/attempts`, {
      headers: { cookie: page.cookie ?? '' },
    })
    expect(await response.json()).toEqual({ attempts: [attempt] })
    await again.close()
  })
})

describe('two tabs', () => {
  it('see the same terminal and the same files', { timeout: 30_000 }, async () => {
    const one = await SocketPage.open({ url: server.url, lesson, tab: 'one' })
    await one.ready()
    const two = await SocketPage.open({ url: server.url, lesson, tab: 'two', cookie: one.cookie })
    await two.ready()
    await one.ask(
      { type: 'terminal-run', command: 'echo $((6 * 7)) > answer.txt; cat answer.txt' },
      'terminal-ran',
    )
    await two.until(() => two.terminal.includes('\r\n42\r\n') || two.terminal.includes('42\r\n'))
    await two.until(() => two.of('file-changed').some(({ file }) => file.content === '42\n'))
    await one.close()
    await two.close()
  })
})

describe('a flood of output', () => {
  it('does not grow the memory, and a key still gets through', { timeout: 60_000 }, async () => {
    const page = await SocketPage.open({ url: server.url, lesson, keepTerminal: false })
    await page.ready()
    const from = page.offset
    page.type('yes\r')
    await page.until(() => page.offset - from > 4 * 1024 * 1024, 30_000)
    const before = server.memory()
    await page.until(() => page.offset - from > 20 * 1024 * 1024, 30_000)
    expect(server.memory() - before).toBeLessThan(100 * 1024 * 1024)
    page.type('\x03')
    const { exitCode } = await page.ask({ type: 'terminal-run', command: 'true' }, 'terminal-ran')
    expect(exitCode).toBe(0)
    await page.close()
  })
})

describe('bad input', () => {
  it('a paste of 200 kB arrives whole', { timeout: 30_000 }, async () => {
    const page = await SocketPage.open({ url: server.url, lesson, keepTerminal: false })
    await page.ready()
    const line = `${'x'.repeat(99)}\n`
    page.type('cat > paste.txt\r')
    for (let piece = 0; piece < 20; piece++) page.type(line.repeat(100).replaceAll('\n', '\r'))
    page.type('\x04')
    const { exitCode } = await page.ask(
      { type: 'terminal-run', command: 'test $(wc -c < paste.txt) = 200000' },
      'terminal-ran',
    )
    expect(exitCode).toBe(0)
    await page.close()
  })

  it('a foreign origin and an unknown lesson are refused before the socket opens', async () => {
    const foreign = SocketPage.open({ url: server.url, lesson, origin: 'https://evil.example' })
    await expect(foreign).rejects.toThrow('Unexpected server response: 403')
    const unknown = SocketPage.open({ url: server.url, lesson: 'no/lesson' })
    await expect(unknown).rejects.toThrow('Unexpected server response: 404')
  })

  it('a forged cookie opens a sandbox of a new learner, and the server stays up', async () => {
    const page = await SocketPage.open({
      url: server.url,
      lesson,
      cookie: 'fairlead-learner=00000000-0000-4000-8000-000000000000.AAAA',
    })
    await page.ready()
    expect(page.cookie).toMatch(/^fairlead-learner=(?!00000000)/)
    await page.close()
  })
})
