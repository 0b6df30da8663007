// Probes of one running container (pkg/kubelet/prober): startup first, then liveness and readiness, each in its own rhythm.
import type { Container, Pod } from '../../../contract/kubernetes.ts'
import type { EventSubject } from '../../controllers/runtime/events.ts'
import type { HandlerResult } from './handlers.ts'
import { execHandler, httpHandler, tcpHandler } from './handlers.ts'
import type { KubeletContext } from './kubelet-parts.ts'
import type { ContainerInstance, PodContainer } from './pod-container.ts'

type Probe = NonNullable<Container['livenessProbe']>
type ProbeType = 'Startup' | 'Liveness' | 'Readiness'

export interface ProberOptions {
  readonly container: PodContainer
  readonly instance: ContainerInstance
  readonly pod: () => Pod
  readonly podIp: string
  readonly about: EventSubject
  /** Readiness or the state of having started changed. */
  readonly changed: () => void
  /** A liveness or startup probe failed for good; `probe` may carry a grace period of its own. */
  readonly failed: (type: 'Liveness' | 'Startup', probe: Probe) => void
  /** Readiness goes on being probed while the pod terminates; the other probes stop. */
  readonly isTerminating: () => boolean
}

/** maxProbeRetries of prober.go: a probe that cannot be carried out is tried so often. */
const retries = 3

/** Begins probing; ends by itself with the container. */
export function startProbes(parts: KubeletContext, options: ProberOptions): void {
  const { container, instance, changed } = options
  const { startupProbe, livenessProbe, readinessProbe } = container.spec
  const { signal } = instance.ended
  const readyWithoutProbe = () => {
    container.isStarted = true
    if (!readinessProbe) container.isReady = true
    changed()
    if (livenessProbe) run(parts, options, 'Liveness', livenessProbe, signal)
    if (readinessProbe) run(parts, options, 'Readiness', readinessProbe, signal)
  }
  if (startupProbe) run(parts, options, 'Startup', startupProbe, signal, readyWithoutProbe)
  else readyWithoutProbe()
}

function run(
  parts: KubeletContext,
  options: ProberOptions,
  type: ProbeType,
  probe: Probe,
  signal: AbortSignal,
  started?: () => void,
): void {
  probeLoop(parts, options, type, probe, signal, started).catch((error: unknown) => {
    // With the container gone nothing is left to probe; anything else is a defect, which the pod's events show.
    if (signal.aborted) return
    const text = error instanceof Error ? error.message : String(error)
    parts.events.record(options.about, 'Warning', 'FailedSync', `simulator error in a probe: ${text}`)
  })
}

async function probeLoop(
  parts: KubeletContext,
  options: ProberOptions,
  type: ProbeType,
  probe: Probe,
  signal: AbortSignal,
  started?: () => void,
): Promise<void> {
  const { clock } = parts
  const { container, instance } = options
  const initial = (probe.initialDelaySeconds ?? 0) * 1000 - (clock.now() - instance.startedAt)
  if (initial > 0) await clock.sleep(initial, signal)
  let run = 0
  let last: boolean | undefined
  for (;;) {
    const begun = clock.now()
    if (type !== 'Readiness' && options.isTerminating()) return
    const outcome = await attempt(parts, options, type, probe, signal)
    signal.throwIfAborted()
    if (outcome !== undefined) {
      run = outcome === last ? run + 1 : 1
      last = outcome
      const enough = run >= (outcome ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))
      if (enough && type === 'Readiness' && container.isReady !== outcome) {
        container.isReady = outcome
        options.changed()
      } else if (enough && type === 'Startup' && outcome) {
        started?.()
        return
      } else if (enough && type !== 'Readiness' && !outcome) {
        options.failed(type, probe)
        return
      }
    }
    const period = (probe.periodSeconds ?? 10) * 1000
    await clock.sleep(Math.max(0, period - (clock.now() - begun)), signal)
  }
}

/** Gives undefined where the probe could not be carried out. */
async function attempt(
  parts: KubeletContext,
  options: ProberOptions,
  type: ProbeType,
  probe: Probe,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  let result: HandlerResult = { result: 'error', output: '' }
  for (let tries = 0; tries < retries && result.result === 'error'; tries++) {
    result = await once(parts, options, probe, signal)
  }
  if (signal.aborted) return undefined
  const { events } = parts
  const { about } = options
  const { output } = result
  if (result.result === 'error') {
    events.record(
      about,
      'Warning',
      'Unhealthy',
      `${type} probe errored and resulted in unknown state: ${output}`,
    )
    return undefined
  }
  if (result.result === 'failure')
    events.record(about, 'Warning', 'Unhealthy', `${type} probe failed: ${output}`)
  if (result.result === 'warning')
    events.record(about, 'Warning', 'ProbeWarning', `${type} probe warning: ${output}`)
  return result.result !== 'failure'
}

async function once(
  parts: KubeletContext,
  { container, instance, podIp }: ProberOptions,
  probe: Probe,
  signal: AbortSignal,
): Promise<HandlerResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
  const where = { container: container.spec, podIp, timeoutMs, userAgent: 'kube-probe/1.37' }
  if (probe.exec) return await execHandler(parts, instance, probe.exec.command ?? [], timeoutMs, signal)
  if (probe.httpGet) return await httpHandler(parts, probe.httpGet, where, signal)
  if (probe.tcpSocket) return await tcpHandler(parts, probe.tcpSocket, where, signal)
  return {
    result: 'failure',
    output: 'gRPC probes are not simulated: nothing in the simulated cluster speaks gRPC',
  }
}
