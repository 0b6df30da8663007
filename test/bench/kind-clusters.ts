// What the figures of real clusters are measured on: the clusterip exercise's setup, a provider that leaves nothing behind, bare kind.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { openLessonCatalog } from '../../sandbox-server/lessons-catalog/lesson-catalog.ts'
import { runCommand } from '../../sandbox-server/platform/commands.ts'
import type { ContainerEngine } from '../../sandbox-server/providers/kind/engine/engine.ts'
import { listOwned, removeCluster } from '../../sandbox-server/providers/kind/engine/inventory.ts'
import { requireEngine } from '../../sandbox-server/providers/kind/engine/open-engine.ts'
import { readKindSettings } from '../../sandbox-server/providers/kind/settings.ts'
import type { ClusterProvider, ClusterSetup } from '../../sandbox-server/providers/provider.ts'
import { openKind } from '../kind/support/open-kind.ts'

export const lesson = 'pod-to-service/clusterip'
const { exercise, start } = openLessonCatalog(fileURLToPath(new URL('../../lessons', import.meta.url))).get(
  lesson,
)
const filesOf = (paths: readonly string[]) => start.filter(({ path }) => paths.includes(path))
export const { namespace } = exercise

/** The exercise's cluster; without its manifests where `isEmpty`. */
export function setupOf(nodes: number, { isEmpty = false } = {}): ClusterSetup {
  return {
    id: `bench-${randomBytes(4).toString('hex')}`,
    exercise: {
      ...exercise,
      cluster: { ...exercise.cluster, nodes },
      ...(isEmpty ? { waitFor: [] } : {}),
    },
    applied: isEmpty ? [] : filesOf(exercise.applied),
    files: filesOf(exercise.files),
  }
}

export interface KindBench {
  readonly engine: ContainerEngine
  readonly provider: ClusterProvider
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  readonly data: string
  /** Of all that the provider and a server on `data` make, see labels.ts. */
  server(): string
}

/** Runs `measure` and removes every cluster of it, also where it was interrupted or has failed. */
export async function withKind<T>(measure: (bench: KindBench) => Promise<T>): Promise<T> {
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort(new Error('interrupted; removing the clusters'))
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  const engine = await requireEngine()
  const data = mkdtempSync(join(tmpdir(), 'fairlead-bench-'))
  const server = () => readFileSync(join(data, 'kind', 'server'), 'utf8').trim()
  let provider: ClusterProvider | undefined
  try {
    provider = await openKind({ data })
    return await measure({ engine, provider, signal: interrupted.signal, data, server })
  } finally {
    await provider?.dispose()
    const left = provider ? await listOwned(engine, server()) : []
    for (const name of new Set(left.map(({ cluster }) => cluster))) await removeCluster(engine, name)
    rmSync(data, { recursive: true, force: true })
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

/** Milliseconds of a bare `kind create cluster --wait 120s`, on the node image that the provider's are made from. */
export async function timeBareKind({ data, signal }: KindBench, nodes: number): Promise<number> {
  const name = `fairlead-bench-${randomBytes(3).toString('hex')}`
  const kubeconfig = ['--kubeconfig', join(data, name)]
  const roles = Array.from({ length: nodes }, (_, place) => (place === 0 ? 'control-plane' : 'worker'))
  const config = {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: roles.map((role) => ({ role })),
  }
  const image = ['--image', readKindSettings(process.env).nodeImage]
  try {
    const begin = performance.now()
    const made = await runCommand(
      'kind',
      ['create', 'cluster', '--name', name, ...image, '--wait', '120s', ...kubeconfig, '--config', '-'],
      { input: stringify(config), signal },
    )
    if (made.exitCode !== 0) throw new Error(`kind create cluster: ${made.stderr}`)
    return performance.now() - begin
  } finally {
    await runCommand('kind', ['delete', 'cluster', '--name', name, ...kubeconfig])
  }
}

/** Milliseconds, and what came of it. */
export async function timed<T>(act: () => Promise<T>): Promise<{ ms: number; made: T }> {
  const begin = performance.now()
  const made = await act()
  return { ms: performance.now() - begin, made }
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
export const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
export const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
