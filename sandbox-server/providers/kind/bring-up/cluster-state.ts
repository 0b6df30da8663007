// What the container engine says of one cluster's containers.
import { z } from 'zod'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { inspectAll } from '../engine/inspect-all.ts'
import { clusterLabel } from '../labels.ts'

export interface ContainerState {
  readonly isRunning: boolean
  readonly isPaused: boolean
  /** Epoch milliseconds at which its present or last life began. */
  readonly startedAt: number
}

/** By the container's name; those that do not exist are missing. */
export async function readContainers(
  engine: ContainerEngine,
  name: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ContainerState>> {
  return await readContainersOf(engine, `${clusterLabel}=${name}`, signal)
}

/** Of all containers with a label. */
export async function readContainersOf(
  engine: ContainerEngine,
  label: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ContainerState>> {
  const containers = await inspectAll(engine, 'container', [`label=${label}`], schema, signal)
  return new Map(
    containers.map(({ Name, State }) => [
      Name.replace(/^\//, ''),
      {
        isRunning: State.Status === 'running',
        isPaused: State.Status === 'paused',
        startedAt: Date.parse(State.StartedAt),
      },
    ]),
  )
}

const schema = z.object({
  Name: z.string(),
  State: z.object({ Status: z.string(), StartedAt: z.string() }),
})

/**
 * `running`: every container runs. `suspended`: none does. `broken`: some do not, as after a kill of one or a restart of the
 * engine; wakeCluster repairs it. `gone`: a node's container is no more, and nothing brings it back.
 */
export type ClusterState = 'running' | 'suspended' | 'broken' | 'gone'

export async function inspectCluster(
  engine: ContainerEngine,
  record: Pick<ClusterRecord, 'name' | 'nodes' | 'toolbox'>,
): Promise<ClusterState> {
  return stateOf(record, await readContainers(engine, record.name))
}

export function stateOf(
  { nodes, toolbox }: Pick<ClusterRecord, 'nodes' | 'toolbox'>,
  containers: ReadonlyMap<string, ContainerState>,
): ClusterState {
  if (!nodes.every(({ container }) => containers.has(container))) return 'gone'
  const running = [...nodes, toolbox].filter(({ container }) => containers.get(container)?.isRunning)
  if (running.length === nodes.length + 1) return 'running'
  const isAnyAlive = [...containers.values()].some(({ isRunning, isPaused }) => isRunning || isPaused)
  return isAnyAlive ? 'broken' : 'suspended'
}
