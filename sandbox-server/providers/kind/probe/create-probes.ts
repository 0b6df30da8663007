// Probes and DNS questions of one cluster: from a pod, a node or the toolbox, over one relay in each container.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterClient, Vantage } from '../../../contract/cluster.ts'
import { AppError } from '../../../contract/errors.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { abortable } from './abortable.ts'
import { createPace } from './pace.ts'
import { probeFrom } from './probe.ts'
import type { ProbePlace } from './probe-place.ts'
import { openRelay, type Relay } from './relay.ts'
import { RelayError } from './relay-error.ts'
import { resolveAt } from './resolver.ts'
import { createVantageFinder, notRunning } from './vantage.ts'

export interface Probes extends Pick<ClusterClient, 'probe' | 'resolve'> {
  dispose(): void
}

export interface ProbesOptions {
  readonly engine: ContainerEngine
  readonly record: Pick<ClusterRecord, 'nodes' | 'toolbox'>
  /** The API as an administrator. */
  readonly kubernetes: (request: Request) => Promise<Response>
}

/** Milliseconds for which a container that ended may still run as the API has it: the kubelet reports once a second. */
const kubeletMs = 3_000
const beginPerTurn = 8

export function createProbes({ engine, record, kubernetes }: ProbesOptions): Probes {
  const relays = new Map<string, Relay>()
  let isDisposed = false
  const findVantage = createVantageFinder(record, kubernetes)
  const mayBegin = createPace(beginPerTurn)
  const relayIn = (container: string): Relay => {
    const known = relays.get(container)
    if (known) return known
    if (isDisposed) throw new AppError('PROVIDER_FAILED', 'The cluster was closed.')
    const relay = openRelay(engine, container, {
      amongLearners: container === record.toolbox.container,
    })
    relays.set(container, relay)
    return relay
  }

  async function from<Result>(
    vantage: Vantage,
    signal: AbortSignal,
    ask: (place: ProbePlace) => Promise<Result>,
  ): Promise<Result> {
    const giveUpAt = Date.now() + kubeletMs
    for (;;) {
      signal.throwIfAborted()
      const { container, containerId } = await abortable(findVantage(vantage), signal)
      const relay = relayIn(container)
      await relay.ready(signal)
      await mayBegin()
      try {
        return await ask({ relay, containerId })
      } catch (error) {
        if (!(error instanceof RelayError) || error.code !== 'NO_CONTAINER') throw error
        // It ended since the API was asked: another has taken its place, or will.
        if (vantage === 'outside' || 'node' in vantage) throw error
        if (Date.now() > giveUpAt) throw notRunning(vantage)
        await sleep(100, undefined, { signal })
      }
    }
  }

  return {
    probe: (vantage, target, signal) => from(vantage, signal, (place) => probeFrom(place, target, signal)),
    resolve: (vantage, question, signal) =>
      from(vantage, signal, (place) => resolveAt(place, question, signal)),
    dispose() {
      isDisposed = true
      for (const relay of relays.values()) relay.dispose()
      relays.clear()
    },
  }
}
