// A pod's status out of its containers' (pkg/kubelet/status/generate.go and getPhase in kubelet_pods.go). Pure: the worker of the
// pod writes it.
import type { Pod, PodCondition } from '../../../contract/kubernetes.ts'
import { timestamp } from '../../controllers/runtime/conditions.ts'
import type { PodContainer } from './pod-container.ts'

export interface PodStatusInputs {
  readonly pod: Pod
  readonly init: readonly PodContainer[]
  readonly main: readonly PodContainer[]
  readonly ephemeral: readonly PodContainer[]
  readonly nodeAddress: string
  /** Of the sandbox, or of the node for pods on the host network; empty before there is a sandbox. */
  readonly addresses: readonly string[]
  readonly hasSandbox: boolean
  readonly startedAt: number
  readonly now: number
  /** Overrules what the containers say (Evicted, DeadlineExceeded). */
  readonly failed?: { readonly reason: string; readonly message: string } | undefined
  /** The kubelet will start nothing any more. */
  readonly isTerminal: boolean
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'
type PodStatus = NonNullable<Pod['status']>

export function podStatus(inputs: PodStatusInputs): PodStatus {
  const { pod } = inputs
  const before: PodStatus = pod.status ?? {}
  const phase = inputs.failed ? 'Failed' : phaseOf(inputs)
  const generation = (pod.metadata as { generation?: number } | undefined)?.generation
  const ready = containersReady(inputs, phase)
  const wanted: PodCondition[] = [
    inputs.hasSandbox
      ? { type: 'PodReadyToStartContainers', status: 'True' }
      : {
          type: 'PodReadyToStartContainers',
          status: 'False',
          reason: 'PodSandboxNotReady',
          // PodSandboxChanged in kuberuntime/util: none ever, or one that is down.
          message: before.podIP ? 'no ready pod sandbox exists' : 'no pod sandbox exists',
        },
    initialized(inputs, phase),
    podReady(inputs, ready),
    { ...ready, type: 'ContainersReady' },
    { type: 'PodScheduled', status: 'True' },
  ]
  const owned = new Set(wanted.map((condition) => condition.type))
  const conditions = [
    ...wanted.map((condition) => dated(condition, before.conditions, inputs.now, generation)),
    ...(before.conditions ?? []).filter((condition) => !owned.has(condition.type)),
  ]
  const status: PodStatus & { observedGeneration?: number | undefined; resources?: unknown } = {
    ...before,
    phase,
    conditions,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    hostIP: inputs.nodeAddress,
    startTime: timestamp(inputs.startedAt),
    containerStatuses: inputs.main.map((container) => container.status(pod)),
    ...(inputs.failed ?? {}),
  }
  Object.assign(status, { hostIPs: [{ ip: inputs.nodeAddress }], resources: {} })
  if (inputs.init.length > 0) {
    status.initContainerStatuses = inputs.init.map((container) => container.status(pod))
  }
  if (inputs.ephemeral.length > 0) {
    status.ephemeralContainerStatuses = inputs.ephemeral.map((container) => container.status(pod))
  }
  const [podIp] = inputs.addresses
  if (podIp !== undefined) {
    status.podIP = podIp
    status.podIPs = inputs.addresses.map((ip) => ({ ip }))
  }
  return status
}

/** Whether a container that ended with the code is started again (ContainerShouldRestart). */
export function shouldRestart(pod: Pod, container: PodContainer, exitCode: number): boolean {
  if (container.kind === 'ephemeral') return false
  if (container.isSidecar) return true
  const policy = pod.spec?.restartPolicy ?? 'Always'
  if (container.kind === 'init') return exitCode !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

function phaseOf({ pod, init, main, isTerminal }: PodStatusInputs): Phase {
  const lastExit = (container: PodContainer) =>
    container.terminated ?? (container.state.waiting ? container.lastState.terminated : undefined)
  const regular = init.filter((container) => !container.isSidecar)
  const failedForGood = regular.some((container) => {
    const exit = lastExit(container)
    return exit !== undefined && exit.exitCode !== 0 && !shouldRestart(pod, container, exit.exitCode)
  })
  if (failedForGood) return 'Failed'
  const hasBegun = main.some((container) => container.isRunning || lastExit(container))
  const sidecarsPending = init.some(
    (container) => container.isSidecar && !container.isStarted && !lastExit(container),
  )
  if (regular.some((container) => !lastExit(container)) || (sidecarsPending && !hasBegun)) return 'Pending'
  const waiting = main.some((container) => !container.isRunning && !lastExit(container))
  if (waiting && !isTerminal) return 'Pending'
  if (main.some((container) => container.isRunning)) return 'Running'
  const exits = main.map(lastExit)
  if (isTerminal) {
    return exits.every((exit) => exit?.exitCode === 0) ? 'Succeeded' : 'Failed'
  }
  if (main.some((container, index) => shouldRestart(pod, container, exits[index]?.exitCode ?? 0)))
    return 'Running'
  return exits.every((exit) => exit?.exitCode === 0) ? 'Succeeded' : 'Failed'
}

function containersReady({ init, main }: PodStatusInputs, phase: Phase): PodCondition {
  const type = 'ContainersReady'
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' }
  const unready = [...init.filter((container) => container.isSidecar), ...main].filter(
    (container) => !container.isReady,
  )
  if (unready.length === 0) return { type, status: 'True' }
  return {
    type,
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names(unready)}]`,
  }
}

function podReady({ pod }: PodStatusInputs, ready: PodCondition): PodCondition {
  if (ready.status !== 'True') return { ...ready, type: 'Ready' }
  const messages: string[] = []
  for (const gate of pod.spec?.readinessGates ?? []) {
    const condition = pod.status?.conditions?.find((one) => one.type === gate.conditionType)
    if (!condition) {
      messages.push(`corresponding condition of pod readiness gate "${gate.conditionType}" does not exist.`)
    } else if (condition.status !== 'True') {
      messages.push(
        `the status of pod readiness gate "${gate.conditionType}" is not "True", but ${condition.status}`,
      )
    }
  }
  if (messages.length === 0) return { type: 'Ready', status: 'True' }
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') }
}

function initialized({ init, main }: PodStatusInputs, phase: Phase): PodCondition {
  const type = 'Initialized'
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' }
  if (main.some((container) => container.containerId !== '')) return { type, status: 'True' }
  const incomplete = init.filter((container) =>
    container.isSidecar ? !container.isStarted : !container.isReady,
  )
  if (incomplete.length === 0) return { type, status: 'True' }
  return {
    type,
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names(incomplete)}]`,
  }
}

/** Keeps the time of the last transition where the status is what it was. */
function dated(
  condition: PodCondition,
  before: readonly PodCondition[] | undefined,
  now: number,
  generation: number | undefined,
): PodCondition {
  const old = before?.find((candidate) => candidate.type === condition.type)
  const unchanged = old?.status === condition.status
  const written: PodCondition = {
    ...(condition.type === 'PodScheduled' ? old : undefined),
    ...condition,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: (unchanged ? old.lastTransitionTime : undefined) ?? timestamp(now),
  }
  // On the wire it is never left out (metav1.Time without omitempty).
  return Object.assign(written, { lastProbeTime: null })
}

function names(containers: readonly PodContainer[]): string {
  return containers.map((container) => container.spec.name).join(' ')
}
