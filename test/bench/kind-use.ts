// What a learner meets on a real cluster that is there: claim, reset, Check, echo, a matrix of probes, suspend and wake.
import { runChecks } from '../../sandbox-server/checks/run-checks.ts'
import { type Check, checkSchema } from '../../sandbox-server/contract/check.ts'
import { targetSchema } from '../../sandbox-server/contract/cluster.ts'
import { createMarkReader } from '../../sandbox-server/providers/kind/toolbox/shell-marks.ts'
import { waitUntilReady } from '../../sandbox-server/providers/kind/wait-for.ts'
import type { Cluster, TerminalStream } from '../../sandbox-server/providers/provider.ts'
import { type Figure, figure, ms, percentile } from './figures.ts'
import { type KindBench, namespace, pause, seconds, setupOf, timed } from './kind-clusters.ts'

const size = { columns: 100, rows: 30 }
const service = `{apiVersion: v1, kind: Service, metadata: {name: my-service}, spec: {selector: {app: myapp}, ports: [{port: 80, targetPort: 8080}]}}`

/** On one claimed cluster of the exercise, which is removed afterwards. */
export async function measureUse(bench: KindBench): Promise<Figure[]> {
  const { provider, signal } = bench
  const setup = setupOf(3)
  provider.prepare(setup, 1)
  // A claim of one in the start state is the shortest that a provider expects.
  while (provider.expectedMs(setup) > 1_000) {
    signal.throwIfAborted()
    await pause(200)
  }
  provider.prepare(setup, 0)
  await pause(5_000)
  const claim = await timed(async () => {
    const cluster = await provider.create(setup, () => {}, signal)
    const terminal = await cluster.openTerminal(size)
    await firstPrompt(terminal)
    return { cluster, terminal }
  })
  const { cluster, terminal } = claim.made
  return [
    figure('claim from the warm pool to the first prompt', seconds(claim.ms), 'under 2 s', claim.ms < 2_000),
    ...(await echo('keystroke echo of the terminal', (key) => nextOutput(terminal, key))),
    ...(await reset(cluster, bench)),
    ...(await check(cluster, bench)),
    ...(await matrix(cluster, bench)),
    ...(await suspendAndWake(cluster, bench, setup.id)),
  ]
}

/** Resolves with the mark that the shell sends at its prompt. */
async function firstPrompt(terminal: TerminalStream): Promise<void> {
  const readMarks = createMarkReader()
  await new Promise<void>((resolve) => {
    const off = terminal.onOutput((data) => {
      if (!readMarks(data).some(({ type }) => type === 'prompt')) return
      off()
      resolve()
    })
  })
}

function nextOutput(terminal: TerminalStream, key: string): Promise<void> {
  return new Promise((resolve) => {
    const off = terminal.onOutput(() => {
      off()
      resolve()
    })
    terminal.write(key)
  })
}

/** `press` resolves once the key is on the screen. */
export async function echo(what: string, press: (key: string) => Promise<unknown>): Promise<Figure[]> {
  const times: number[] = []
  for (let key = 0; key < 200; key++) times.push((await timed(() => press(key % 80 < 79 ? 'a' : '\x15'))).ms)
  const p95 = percentile(times, 0.95)
  return [
    figure(`${what}: p50`, ms(percentile(times, 0.5))),
    figure(`${what}: p95`, ms(p95), 'under 25 ms', p95 < 25),
  ]
}

async function reset(cluster: Cluster, { signal }: KindBench): Promise<Figure[]> {
  const times: number[] = []
  for (let run = 0; run < 5; run++) {
    await cluster.apply(service)
    await pause(2_000)
    const { ms: took, made } = await timed(() => cluster.reset(setupOf(3), signal))
    if (!made) throw new Error('the exercise could not be reset')
    times.push(took)
  }
  const [p50, most] = [percentile(times, 0.5), Math.max(...times)]
  return [
    figure('reset of the exercise, 5 times: p50', seconds(p50)),
    figure('reset of the exercise: slowest', seconds(most), 'under 5 s', most < 5_000),
  ]
}

const client = { pod: 'client' }
const other = { pod: 'other', namespace: 'elsewhere' }

function trafficChecks(): Check[] {
  const asked = [
    [client, 'my-service'],
    [client, `my-service.${namespace}`],
    [client, `my-service.${namespace}.svc.cluster.local`],
    [other, `my-service.${namespace}`],
    [other, 'service/my-service'],
  ] as const
  return asked.map(([from, host], place) =>
    checkSchema.parse({
      id: `traffic-${place}`,
      kind: 'traffic',
      title: `30 connections to ${host}`,
      weight: 20,
      from,
      to: { host, port: 80, path: '/hostname' },
      connections: 30,
      expect: { backends: 3, everyBody: '^myapp-' },
    }),
  )
}

async function check(cluster: Cluster, { signal }: KindBench): Promise<Figure[]> {
  await cluster.apply(service)
  await pause(3_000)
  const clock = { now: Date.now, sleep: async (wait: number) => void (await pause(wait)) }
  const exercise = { namespace, checks: trafficChecks() }
  const times: number[] = []
  for (let run = 0; run < 5; run++) {
    const { ms: took, made } = await timed(() =>
      runChecks({ exercise, client: cluster, quiz: {}, clock, signal }),
    )
    const failed = made.find(({ outcome }) => outcome !== 'passed')
    if (failed) throw new Error(`${failed.title}: ${failed.message}`)
    times.push(took)
  }
  const most = Math.max(...times)
  return [
    figure('Check with 5 traffic checks of 30 connections: p50', seconds(percentile(times, 0.5))),
    figure('Check with 5 traffic checks: slowest', seconds(most), 'under 2 s', most < 2_000),
  ]
}

async function matrix(cluster: Cluster, { signal }: KindBench): Promise<Figure[]> {
  const names = Array.from({ length: 30 }, (_, place) => `probed-${place}`)
  const image = 'registry.k8s.io/e2e-test-images/agnhost:2.66.1'
  const pods = names.map((name) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'c', image, args: ['netexec', '--http-port=8080'] }],
      },
    }),
  )
  const failed = (await cluster.apply(pods.join('\n---\n'))).find(({ outcome }) => outcome === 'failed')
  if (failed) throw new Error(`${failed.object}: ${failed.message}`)
  const waitFor = names.map((name) => `pod/${name}`)
  await waitUntilReady(cluster.kubernetes, waitFor, namespace, signal)
  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const))
  const hosts = new Map(await Promise.all(names.map(async (name) => [name, await addressOf(name)] as const)))
  async function addressOf(name: string): Promise<string> {
    const path = `http://cluster/api/v1/namespaces/${namespace}/pods/${name}`
    return (await (await cluster.kubernetes(new Request(path))).json()).status.podIP
  }
  const { ms: took, made } = await timed(() =>
    Promise.all(
      pairs.map(([from, to]) => {
        const target = targetSchema.parse({ host: hosts.get(to), port: 8080, path: '/hostname' })
        return cluster.probe({ pod: from, namespace }, target, signal)
      }),
    ),
  )
  const answered = made.filter(({ body }, place) => body === pairs[place]?.[1]).length
  return [figure(`matrix of ${pairs.length} probes between 30 pods (${answered} answered)`, seconds(took))]
}

async function suspendAndWake(cluster: Cluster, bench: KindBench, id: string): Promise<Figure[]> {
  const suspend = await timed(() => cluster.suspend())
  const setup = { ...setupOf(3), id }
  const wake = await timed(() => bench.provider.create(setup, () => {}, bench.signal))
  await wake.made.dispose()
  return [
    figure('suspend, with 35 pods on it', seconds(suspend.ms)),
    figure('wake until all is back', seconds(wake.ms)),
  ]
}
