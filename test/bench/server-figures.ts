// What needs no browser: how fast sandboxes are ready, echo, apply, check and stream, and what an idle one costs.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerProcess, startServerProcess } from '../drivers/server-process.ts'
import { SocketPage } from '../drivers/socket-page.ts'
import { type Figure, figure, mebibytes, ms, percentile } from './figures.ts'

const lesson = 'pod-to-service/selectors'
const alive = 200

export async function measureServer(site: string): Promise<Figure[]> {
  const data = await mkdtemp(join(tmpdir(), 'fairlead-bench-'))
  const limits = ['--max-sandboxes', '400', '--idle-minutes', '600']
  const server = await startServerProcess(['--data', data, '--site', site, ...limits])
  try {
    const figures = await withOne(server)
    return [...figures, ...(await withMany(server))]
  } finally {
    await server.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
}

/** Learners come one after the other, not all in the same instant. */
const apart = () => new Promise((resolve) => setTimeout(resolve, 400))

/** Milliseconds from opening the page's socket, as a new learner, to `ready`. */
async function timeToReady(server: ServerProcess): Promise<{ ms: number; page: SocketPage }> {
  const begin = performance.now()
  const page = await SocketPage.open({ url: server.url, lesson, keepTerminal: false })
  await page.ready()
  return { ms: performance.now() - begin, page }
}

async function withOne(server: ServerProcess): Promise<Figure[]> {
  // Code that was never run is slow; nobody is measured by it.
  for (let warm = 0; warm < 3; warm++) await (await timeToReady(server)).page.close()
  const times: number[] = []
  for (let run = 0; run < 20; run++) {
    await apart()
    const { ms: took, page } = await timeToReady(server)
    times.push(took)
    await page.close()
  }
  const p95 = percentile(times, 0.95)
  const page = await SocketPage.open({ url: server.url, lesson })
  await page.ready()
  await page.ask({ type: 'terminal-run', command: 'true' }, 'terminal-ran')
  return [
    figure('sandbox ready, alone: p50', ms(percentile(times, 0.5))),
    figure('sandbox ready, alone: p95', ms(p95), 'under 50 ms', p95 < 50),
    ...(await echo(page)),
    ...(await applyToReady(page)),
    ...(await check(page)),
    ...(await stream(server, page)),
  ]
}

async function echo(page: SocketPage): Promise<Figure[]> {
  const times: number[] = []
  for (let key = 0; key < 200; key++) {
    const before = page.offset
    const begin = performance.now()
    page.type('a')
    await page.until(() => page.offset > before)
    times.push(performance.now() - begin)
  }
  page.type('\x15')
  const p95 = percentile(times, 0.95)
  return [
    figure('keystroke echo over the socket: p50', ms(percentile(times, 0.5))),
    figure('keystroke echo over the socket: p95', ms(p95), 'under 10 ms', p95 < 10),
  ]
}

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: bench
spec:
  replicas: 3
  selector:
    matchLabels:
      app: bench
  template:
    metadata:
      labels:
        app: bench
    spec:
      containers:
        - name: bench
          image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
          args: [netexec, --http-port=8080]
---
apiVersion: v1
kind: Service
metadata:
  name: bench
spec:
  selector:
    app: bench
  ports:
    - port: 80
      targetPort: 8080
`

/** Until the three pods are ready and a connection through the Service's rules is answered. */
async function applyToReady(page: SocketPage): Promise<Figure[]> {
  await page.ask({ type: 'file-write', path: 'bench.yaml', content: manifest, baseRevision: 0 }, 'done')
  const begin = performance.now()
  await page.ask({ type: 'apply', path: 'bench.yaml' }, 'applied')
  const endpoints = () =>
    page
      .of('cluster')
      .flatMap(({ changed }) => changed)
      .some(
        ({ kind, fields }) =>
          kind === 'EndpointSlice' && fields.service === 'bench' && fields.addresses?.split(',').length === 3,
      )
  await page.until(endpoints, 60_000)
  const ready = performance.now() - begin
  const curl = 'until kubectl exec client -- curl -sf -m2 http://bench/hostname >/dev/null; do :; done'
  await page.ask({ type: 'terminal-run', command: curl }, 'terminal-ran')
  const programmed = performance.now() - begin
  return [
    figure('Apply to 3 pods ready in the EndpointSlice', ms(ready)),
    figure('Apply to the Service answered (kube-proxy programmed)', ms(programmed)),
  ]
}

async function check(page: SocketPage): Promise<Figure[]> {
  const times: number[] = []
  for (let run = 0; run < 5; run++) {
    const begin = performance.now()
    await page.ask({ type: 'check', quiz: {} }, 'attempt')
    times.push(performance.now() - begin)
  }
  const p50 = percentile(times, 0.5)
  const results = page.of('attempt').at(-1)?.attempt.results.length ?? 0
  return [figure(`Check with ${results} checks: p50`, ms(p50), 'under 300 ms', p50 < 300)]
}

async function stream(server: ServerProcess, page: SocketPage): Promise<Figure[]> {
  const before = server.memory()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, server.memory())
  }, 50)
  const begin = performance.now()
  const from = page.offset
  await page.ask({ type: 'terminal-run', command: 'yes | head -c 50M' }, 'terminal-ran')
  const seconds = (performance.now() - begin) / 1000
  clearInterval(watch)
  const bytes = page.offset - from
  // While it streams, a key must still get through: Ctrl-C ends an endless one.
  page.type('yes\r')
  await page.until(() => page.offset - from > bytes + 1024 * 1024, 20_000)
  const pressed = performance.now()
  page.type('\x03')
  await page.ask({ type: 'terminal-run', command: 'true' }, 'terminal-ran')
  return [
    figure(
      'yes | head -c 50M through the terminal',
      `${seconds.toFixed(1)} s, ${mebibytes(bytes / seconds)}/s`,
    ),
    figure('  memory of the server grew by', mebibytes(most - before)),
    figure('Ctrl-C under `yes` to the next prompt', ms(performance.now() - pressed)),
  ]
}

async function withMany(server: ServerProcess): Promise<Figure[]> {
  const before = server.memory()
  const pages: SocketPage[] = []
  for (let count = 0; count < alive; count++) pages.push((await timeToReady(server)).page)
  // Their start's garbage is not what they cost at rest.
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const each = (server.memory() - before) / alive
  const times: number[] = []
  for (let run = 0; run < 20; run++) {
    await apart()
    const { ms: took, page } = await timeToReady(server)
    times.push(took)
    await page.close()
  }
  for (const page of pages) await page.close()
  const p95 = percentile(times, 0.95)
  return [
    figure(
      `memory of an idle sandbox (${alive} alive)`,
      mebibytes(each),
      'under 10 MiB',
      each < 10 * 1024 * 1024,
    ),
    figure(`sandbox ready, ${alive} alive: p50`, ms(percentile(times, 0.5))),
    figure(`sandbox ready, ${alive} alive: p95`, ms(p95), 'under 150 ms', p95 < 150),
  ]
}
