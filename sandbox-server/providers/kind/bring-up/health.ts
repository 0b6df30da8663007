// Notices containers of open clusters that end or start anew behind our back: a kill, an engine that was restarted, a full memory.
import type { Timers } from '../../../platform/host-timers.ts'
import type { Log } from '../../../platform/log.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { serverLabel } from '../labels.ts'
import { type ContainerState, readContainers, readContainersOf } from './cluster-state.ts'

export interface Lost {
  /** Nodes by their names in Kubernetes, and `terminal`. */
  readonly parts: readonly string[]
}

export interface Health {
  /** Tells once, and looks no more at this cluster then. */
  watch(record: ClusterRecord, onLost: (lost: Lost) => void): () => void
  dispose(): void
}

export interface HealthOptions {
  readonly engine: ContainerEngine
  readonly server: string
  readonly timers: Timers
  readonly log: Log
}

/** One look for all clusters costs two short commands, some 100 ms of one core. */
const betweenLooksMs = 10_000

interface Watched {
  readonly record: ClusterRecord
  readonly onLost: (lost: Lost) => void
  /** As it was taken under watch: when each container's life began. */
  startedAt: ReadonlyMap<string, number> | undefined
}

export function createHealth({ engine, server, timers, log }: HealthOptions): Health {
  const watched = new Set<Watched>()
  let handle: unknown
  let isDisposed = false

  async function look(): Promise<void> {
    // Those that come while the engine answers are looked at the next time.
    const now = [...watched]
    try {
      const containers = await readContainersOf(engine, `${serverLabel}=${server}`)
      for (const one of now) if (watched.has(one)) judge(one, containers)
    } catch (error) {
      // An engine that is being restarted; its clusters are looked at once it answers.
      log.warn({ err: error }, 'the container engine does not say how clusters are')
    }
    handle = undefined
    schedule()
  }

  function judge(one: Watched, containers: ReadonlyMap<string, ContainerState>): void {
    const { record, onLost } = one
    const { startedAt } = one
    const hasEnded = (container: string) => !containers.get(container)?.isRunning
    const isAnew = (container: string) =>
      startedAt !== undefined && containers.get(container)?.startedAt !== startedAt.get(container)
    const parts = record.nodes
      .filter(({ container }) => hasEnded(container) || isAnew(container))
      .map(({ name }) => name)
    const { container: toolbox } = record.toolbox
    // Terminal and workspace mend a toolbox that runs again by themselves.
    if (hasEnded(toolbox) || (parts.length > 0 && isAnew(toolbox))) parts.push('terminal')
    if (parts.length === 0) return
    watched.delete(one)
    log.warn({ cluster: record.name, parts }, 'containers of a cluster ended')
    onLost({ parts })
  }

  async function remember(one: Watched): Promise<void> {
    try {
      const containers = await readContainers(engine, one.record.name)
      one.startedAt = new Map([...containers].map(([name, { startedAt }]) => [name, startedAt]))
    } catch (error) {
      log.warn({ err: error }, 'the container engine does not say since when a cluster runs')
    }
  }

  function schedule(): void {
    if (handle !== undefined || isDisposed || watched.size === 0) return
    handle = timers.setTimeout(() => void look(), betweenLooksMs)
  }

  return {
    watch(record, onLost) {
      const one: Watched = { record, onLost, startedAt: undefined }
      watched.add(one)
      void remember(one)
      schedule()
      return () => watched.delete(one)
    },
    dispose() {
      isDisposed = true
      timers.clearTimeout(handle as never)
    },
  }
}
