// A pod's row: its containers' states boiled down to one word, as upstream's printPod does.
import type { ContainerStatus, Pod } from '../../../contract/kubernetes.ts'
import { humanDuration } from './age.ts'
import { age, none, type Printer } from './printer.ts'

interface Summary {
  reason: string
  ready: number
  total: number
  restarts: number
  lastRestart: number
}

export const printPod: Printer<Pod> = (pod, context) => {
  const summary = summarise(pod)
  const { spec, status } = pod
  const restarts =
    summary.restarts > 0 && summary.lastRestart > 0
      ? `${summary.restarts} (${humanDuration(context.now - summary.lastRestart)} ago)`
      : String(summary.restarts)
  return [
    pod.metadata?.name,
    `${summary.ready}/${summary.total}`,
    summary.reason,
    restarts,
    age(pod, context),
    status?.podIPs?.[0]?.ip || none,
    spec?.nodeName || none,
    status?.nominatedNodeName || none,
    readinessGates(pod),
  ]
}

function summarise(pod: Pod): Summary {
  const { spec, status } = pod
  const phase = status?.phase ?? ''
  const gated = status?.conditions?.some(
    (one) => one.type === 'PodScheduled' && one.reason === 'SchedulingGated',
  )
  const summary: Summary = {
    reason: gated ? 'SchedulingGated' : status?.reason || phase,
    ready: 0,
    total: spec?.containers.length ?? 0,
    restarts: 0,
    lastRestart: 0,
  }
  const sidecars = new Set(
    (spec?.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map((one) => one.name),
  )
  summary.total += sidecars.size
  const sidecarRestarts = { count: 0, last: 0 }
  const initializing = summariseInit(pod, summary, sidecars, sidecarRestarts)
  const initialized = status?.conditions?.some((one) => one.type === 'Initialized' && one.status === 'True')
  if (!initializing || initialized) {
    summary.restarts = sidecarRestarts.count
    summary.lastRestart = sidecarRestarts.last
    summariseContainers(pod, summary)
  }
  if (pod.metadata?.deletionTimestamp) {
    if (status?.reason === 'NodeLost') summary.reason = 'Unknown'
    else if (phase !== 'Failed' && phase !== 'Succeeded') summary.reason = 'Terminating'
  }
  return summary
}

/** True while an init container keeps the pod from starting. */
function summariseInit(
  pod: Pod,
  summary: Summary,
  sidecars: ReadonlySet<string>,
  sidecarRestarts: { count: number; last: number },
): boolean {
  for (const [index, one] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const isSidecar = sidecars.has(one.name)
    summary.restarts += one.restartCount
    summary.lastRestart = Math.max(summary.lastRestart, finishedAt(one))
    if (isSidecar) {
      sidecarRestarts.count += one.restartCount
      sidecarRestarts.last = Math.max(sidecarRestarts.last, finishedAt(one))
    }
    const { terminated, waiting } = one.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (isSidecar && one.started) {
      if (one.ready) summary.ready++
      continue
    }
    if (terminated) summary.reason = `Init:${endedBecause(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing')
      summary.reason = `Init:${waiting.reason}`
    else summary.reason = `Init:${index}/${pod.spec?.initContainers?.length ?? 0}`
    return true
  }
  return false
}

function summariseContainers(pod: Pod, summary: Summary): void {
  let hasRunning = false
  let error = ''
  for (const one of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    summary.restarts += one.restartCount
    summary.lastRestart = Math.max(summary.lastRestart, finishedAt(one))
    const { terminated, waiting, running } = one.state ?? {}
    if (waiting?.reason) summary.reason = waiting.reason
    else if (terminated) {
      summary.reason = endedBecause(terminated)
      if (terminated.exitCode !== 0) error = summary.reason
    } else if (one.ready && running) {
      hasRunning = true
      summary.ready++
    }
  }
  if (summary.reason !== 'Completed') return
  const ready = pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True')
  if (hasRunning && ready) summary.reason = 'Running'
  else if (error !== '') summary.reason = error
  else if (hasRunning) summary.reason = 'NotReady'
}

function finishedAt(status: ContainerStatus): number {
  const time = status.lastState?.terminated?.finishedAt
  return time ? Date.parse(time) : 0
}

function endedBecause(state: { reason?: string; signal?: number; exitCode: number }): string {
  if (state.reason) return state.reason
  return state.signal ? `Signal:${state.signal}` : `ExitCode:${state.exitCode}`
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? []
  if (gates.length === 0) return none
  const met = gates.filter((gate) =>
    pod.status?.conditions?.some((one) => one.type === gate.conditionType && one.status === 'True'),
  )
  return `${met.length}/${gates.length}`
}
