// Stops a cluster's containers and starts them again, until all that was there is really there again.
import { AppError } from '../../../contract/errors.ts'
import type { Step } from '../../../contract/sandbox.ts'
import { createSteps } from '../../steps.ts'
import { createKubernetesClient } from '../api/kubernetes-client.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { type ContainerState, readContainers, stateOf } from './cluster-state.ts'
import { waitForCluster } from './first-contact.ts'
import { waitForTraffic } from './first-traffic.ts'

export { inspectCluster } from './cluster-state.ts'

/**
 * All containers at once, by SIGKILL: a node's systemd needs ten seconds and more to stop its pods one by one, and etcd keeps
 * in its log what it acknowledged, as on a machine that loses power.
 */
export async function suspendCluster(
  engine: ContainerEngine,
  record: Pick<ClusterRecord, 'name' | 'nodes' | 'toolbox'>,
): Promise<void> {
  const containers = await readContainers(engine, record.name)
  const alive = [...containers].filter(([, { isRunning, isPaused }]) => isRunning || isPaused)
  await Promise.all(
    alive.map(([name]) => engine.run(['kill', name]).catch(onlyIfAlive(engine, record, name))),
  )
}

/** It may have ended by itself between the look and the kill. */
function onlyIfAlive(engine: ContainerEngine, record: Pick<ClusterRecord, 'name'>, container: string) {
  return async (error: unknown) => {
    const containers = await readContainers(engine, record.name)
    if (containers.get(container)?.isRunning) throw error
  }
}

export interface WakeOptions {
  readonly signal: AbortSignal
  readonly progress: (steps: readonly Step[]) => void
  /** Makes the learner's container anew where it is no more. */
  readonly toolbox?: (record: ClusterRecord, signal: AbortSignal) => Promise<void>
  /** Default 120 s. */
  readonly deadlineMs?: number
}

const step = { start: 'Start the containers', contact: 'Nodes, DNS and proxies come back' } as const

/**
 * Brings back a cluster that was suspended, whose engine was restarted or of which containers were killed. Does nothing but
 * look where all runs. Throws AppError PROVIDER_FAILED where a node is gone for good, or with what did not come back.
 */
export async function wakeCluster(
  engine: ContainerEngine,
  record: ClusterRecord,
  { signal, progress, toolbox, deadlineMs }: WakeOptions,
): Promise<void> {
  const { api } = record
  if (!api)
    throw new AppError('PROVIDER_FAILED', `Cluster ${record.name} was never ready.`, { hint: goneHint })
  const steps = createSteps(Object.values(step), progress, () => performance.now())
  const containers = await steps.run(step.start, async () => {
    const before = await readContainers(engine, record.name, signal)
    if (stateOf(record, before) === 'gone') {
      throw new AppError('PROVIDER_FAILED', `A node of cluster ${record.name} is gone.`, { hint: goneHint })
    }
    await Promise.all([
      ...[...before].map(([name, state]) => startContainer(engine, name, state, signal)),
      ...(toolbox && !before.has(record.toolbox.container) ? [toolbox(record, signal)] : []),
    ])
    return await readContainers(engine, record.name, signal)
  })
  const startedAt = new Map(
    record.nodes.map(({ name, container }) => [name, containers.get(container)?.startedAt ?? 0]),
  )
  await steps.run(step.contact, async () => {
    const client = createKubernetesClient(api, { retryForMs: 0 })
    try {
      const { kubernetes } = client
      const now = () => performance.now()
      await waitForCluster({ kubernetes, record, signal, startedAt, now, ...(deadlineMs && { deadlineMs }) })
    } finally {
      await client.dispose()
    }
    await waitForTraffic(engine, record, { signal, deadlineMs })
  })
}

const goneHint = 'Start the lesson again with a new cluster.'

async function startContainer(
  engine: ContainerEngine,
  name: string,
  { isRunning, isPaused }: ContainerState,
  signal: AbortSignal,
): Promise<void> {
  if (isRunning) return
  try {
    await engine.run([isPaused ? 'unpause' : 'start', name], { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (
      !(error instanceof AppError) ||
      !/port is already allocated|address already in use/i.test(error.log ?? '')
    )
      throw error
    throw new AppError('PROVIDER_FAILED', `${name} cannot start: another program listens on its port now.`, {
      hint: 'Stop that program, or start the lesson again with a new cluster.',
      log: error.log,
      cause: error,
    })
  }
}
