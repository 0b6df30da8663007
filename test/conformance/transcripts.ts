// Plays transcripts that were recorded on a real cluster through the simulator's own shell and kubectl, and tells the differences.
// A transcript is prose with indented commands: `  $ ` begins one, `  > ` continues it, other indented lines are what it prints,
// and `[N]` is its exit code where that is not 0. Every transcript runs in a fresh namespace `demo`.
import type { SimulatedCluster } from '../../sandbox-server/simulator/cluster.ts'
import { createCluster } from '../../sandbox-server/simulator/cluster-assembly/create-cluster.ts'
import { collector, inputOf } from '../../sandbox-server/simulator/node/streams.ts'
import { VirtualHost } from './virtual-host.ts'

export interface Step {
  readonly command: string
  readonly expected: readonly string[]
}

export interface PlayedStep extends Step {
  readonly got: readonly string[]
  readonly agrees: boolean
}

export function parseTranscript(text: string): Step[] {
  const steps: { command: string; expected: string[] }[] = []
  let step: { command: string; expected: string[] } | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('  $ ')) {
      step = { command: line.slice(4), expected: [] }
      steps.push(step)
    } else if (line.startsWith('  > ') && step && step.expected.length === 0)
      step.command += `\n${line.slice(4)}`
    else if (line === '  >' && step && step.expected.length === 0) step.command += '\n'
    else if (line.startsWith('  ') && step) step.expected.push(line.slice(2))
    else step = undefined
  }
  return steps
}

const safe = 'bcdfghjklmnpqrstvwxz2456789'

/** What two runs on the same cluster may differ in: addresses, ages, uids, suffixes, widths of columns. */
const replacements: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d{4}( \w+)?)?/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/(resourceVersion|ResourceVersion|observedGeneration|generation)("?: *)"?\d+"?/g, '$1$2<n>'],
  [new RegExp(`-[${safe}]{8,10}-[${safe}]{5}\\b`, 'g'), '-<hash>-<id>'],
  [new RegExp(`\\bpod-template-hash=[${safe}]{8,10}\\b`, 'g'), 'pod-template-hash=<hash>'],
  [new RegExp(`(?<=[a-z0-9])-[${safe}]{9,10}\\b`, 'g'), '-<hash>'],
  [new RegExp(`(?<=[a-z0-9])-(?=[${safe}]{0,4}\\d|[${safe}]{5}\\b)[${safe}]{5}\\b`, 'g'), '-<id>'],
  [/\b[0-9a-f]{64}\b/g, '<id>'],
  [/\b10\.244\.\d+\.\d+\b(?!\/\d)|\b10\.244\.\d+\.[1-9]\d*(?=\/24\b)/g, '<pod-ip>'],
  [/\b10\.96\.\d+\.\d+\b(?!\/)/g, '<service-ip>'],
  [/\b172\.\d+\.0\.\d+\b(?!\/)/g, '<node-ip>'],
  [/\b3[0-2]\d{3}(?=\/|\b)/g, '<node-port>'],
  [/(?<![\w=.:-])(\d+(?:d|h|m|s|ms))+(?=\s|\)|$)/g, '<age>'],
  [/\(x\d+ over <age>\)/g, '(x<n> over <age>)'],
  [/sha256:[0-9a-f]{64}/g, 'sha256:<digest>'],
  [/containerd:\/\/[0-9a-f]{64}/g, 'containerd://<id>'],
  [/[ \t]+$/g, ''],
  [/(?<=\S)[ \t]{2,}/g, '  '],
]

export function normalise(text: string, recordings: string): string[] {
  const whole = text.replaceAll(recordings, '$RECORDINGS').replace(/\n+$/, '')
  if (whole === '') return []
  return whole
    .split('\n')
    .map((line) => replacements.reduce((current, [pattern, by]) => current.replace(pattern, by), line))
}

// Commands that only read are tried again for ten seconds before they count as different.
const reads =
  /\bkubectl (get|describe|exec|logs|top|auth|explain|events|diff|version|api-)|^(curl|dig)\b|\bbash (ask|matrix)\b/
const writes =
  /\bkubectl (apply|annotate|autoscale|cordon|cp|create|debug|delete|drain|edit|expose|label|patch|replace|rollout|run|scale|set|taint|uncordon)\b/

/** Where the terminal has the manifests. */
const recordings = '/root/recordings'

export interface PlayOptions {
  /** By file name. */
  readonly manifests: Readonly<Record<string, string>>
  readonly cni?: 'kindnet' | 'flannel' | 'none'
  /** Simulated seconds for one command. */
  readonly limitSeconds?: number
}

export async function playTranscript(text: string, options: PlayOptions): Promise<PlayedStep[]> {
  const cluster = await createCluster({
    spec: { nodes: 3, cni: options.cni ?? 'kindnet' },
    seed: 7,
    startsAt: Date.UTC(2026, 10, 24, 12),
  })
  const host = new VirtualHost(cluster.clock)
  try {
    const { files } = cluster.host('terminal')
    files.makeDirectory(`${recordings}/manifests`, { recursive: true })
    files.makeDirectory('/root/play', { recursive: true })
    for (const [name, content] of Object.entries(options.manifests))
      files.write(`${recordings}/manifests/${name}`, content)
    const limit = (options.limitSeconds ?? 120) * 1000
    for (const command of [
      'kubectl create namespace demo',
      'kubectl config set-context --current --namespace=demo',
      'for i in $(seq 50); do kubectl get serviceaccount default >/dev/null 2>&1 && break; sleep .2; done',
    ])
      await runCommand(cluster, host, command, limit)
    const played: PlayedStep[] = []
    for (const step of parseTranscript(text)) {
      let got = await runCommand(cluster, host, step.command, limit)
      const same = () => JSON.stringify(got) === JSON.stringify(step.expected)
      const again = reads.test(step.command) && !writes.test(step.command)
      for (let tries = 0; again && !same() && tries < 20; tries++) {
        await host.runUntil(() => false, 500)
        got = await runCommand(cluster, host, step.command, limit)
      }
      played.push({ ...step, got, agrees: same() })
    }
    return played
  } finally {
    cluster.dispose()
  }
}

async function runCommand(
  cluster: SimulatedCluster,
  host: VirtualHost,
  command: string,
  limitMs: number,
): Promise<string[]> {
  const output = collector()
  const stop = new AbortController()
  let code: number | undefined
  cluster
    .host('terminal')
    .spawn(['bash', '-c', command], {
      stdin: inputOf(''),
      stdout: output,
      stderr: output,
      cwd: '/root/play',
      signal: stop.signal,
      env: {
        HOME: '/root',
        PATH: '/usr/local/bin:/usr/bin:/bin',
        TERM: 'dumb',
        LANG: 'C.UTF-8',
        RECORDINGS: recordings,
      },
    })
    .then(
      (status) => {
        code = status
      },
      () => {
        code = 255
      },
    )
  const done = await host.runUntil(() => code !== undefined, limitMs)
  if (!done) stop.abort(new Error('no answer in time'))
  const lines = normalise(output.text(), recordings)
  if (!done) return [...lines, '(no answer in time)', '[124]']
  return code ? [...lines, `[${code}]`] : lines
}

/** `-` what the recording has, `+` what the simulator printed. */
export function differences(played: readonly PlayedStep[]): string {
  return played
    .filter(({ agrees }) => !agrees)
    .map(({ command, expected, got }) =>
      [`$ ${command}`, ...expected.map((line) => `- ${line}`), ...got.map((line) => `+ ${line}`)].join('\n'),
    )
    .join('\n\n')
}
