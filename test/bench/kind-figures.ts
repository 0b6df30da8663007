// What needs a container engine: real clusters against bare kind, what a learner waits for on them, and what they cost.
import { startServerProcess } from '../drivers/server-process.ts'
import { SocketPage } from '../drivers/socket-page.ts'
import { type Figure, figure } from './figures.ts'
import {
  type KindBench,
  lesson,
  mean,
  seconds,
  setupOf,
  timeBareKind,
  timed,
  withKind,
} from './kind-clusters.ts'
import { figureFit, measureCost } from './kind-cost.ts'
import { echo, measureUse } from './kind-use.ts'

export interface KindFigureOptions {
  readonly site: string
  /** Of bare kind and the provider, one after the other, per number of nodes. */
  readonly pairs: number
}

/** Removes what it made, also when interrupted. */
export async function measureKind({ site, pairs }: KindFigureOptions): Promise<Figure[]> {
  return await withKind(async (bench) => {
    // The node image is prepared and read from disk once; nobody is measured by it.
    await createAndDispose(bench, setupOf(1, { isEmpty: true }))
    const figures: Figure[] = []
    for (const nodes of [1, 3]) figures.push(...(await bringUp(bench, nodes, pairs)))
    for (const nodes of [1, 3]) figures.push(...(await untilExercise(bench, nodes)))
    return [...figures, ...(await measureUse(bench)), ...(await throughServer(bench, site))]
  })
}

async function createAndDispose({ provider, signal }: KindBench, setup: ReturnType<typeof setupOf>) {
  const { ms, made } = await timed(() => provider.create(setup, () => {}, signal))
  await made.dispose()
  return ms
}

async function bringUp(bench: KindBench, nodes: number, pairs: number): Promise<Figure[]> {
  const bare: number[] = []
  const ours: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    bare.push(await timeBareKind(bench, nodes))
    ours.push(await createAndDispose(bench, setupOf(nodes, { isEmpty: true })))
  }
  const ratio = mean(ours) / mean(bare)
  const all = (times: readonly number[]) =>
    `${seconds(mean(times))}  (${times.map((ms) => seconds(ms)).join(', ')})`
  return [
    figure(`kind create cluster --wait 120s, ${nodes} node(s)`, all(bare)),
    figure(`create(), ${nodes} node(s), without exercise`, all(ours)),
    figure(`  ratio, ${nodes} node(s)`, ratio.toFixed(2), 'at most 1.10', ratio <= 1.1),
  ]
}

async function untilExercise(bench: KindBench, nodes: number): Promise<Figure[]> {
  const { provider, signal } = bench
  const { ms, made } = await timed(() => provider.create(setupOf(nodes), () => {}, signal))
  const cost = await measureCost(bench, nodes)
  await made.dispose()
  return [
    figure(`create() until the exercise is ready, ${nodes} node(s)`, seconds(ms)),
    ...cost.figures,
    ...(nodes === 3 ? [figureFit(cost.memory)] : []),
  ]
}

/** As a learner's browser meets it; the sandbox is removed with the bench's other clusters. */
async function throughServer({ data, signal }: KindBench, site: string): Promise<Figure[]> {
  signal.throwIfAborted()
  // No warm one is made while keys are timed.
  process.env['FAIRLEAD_KIND_WARM'] = '0'
  const server = await startServerProcess(['--clusters', 'kind', '--data', data, '--site', site])
  try {
    const { ms, made: page } = await timed(async () => {
      const opened = await SocketPage.open({ url: server.url, lesson })
      await opened.ready(300_000)
      return opened
    })
    await page.ask({ type: 'terminal-run', command: 'true' }, 'terminal-ran')
    const keys = await echo('keystroke echo over the socket', async (key) => {
      const before = page.offset
      page.type(key)
      await page.until(() => page.offset > before)
    })
    await page.close()
    return [figure('socket opened to ready, no warm cluster, 3 nodes', seconds(ms)), ...keys]
  } finally {
    await server.kill('SIGTERM')
  }
}
