// One container of a pod across its restarts: what runs now, what it logged, and the status that tells of it.
import type { Container, ContainerStatus, Pod } from '../../../contract/kubernetes.ts'
import type { Clock } from '../../clock.ts'
import { timestamp } from '../../controllers/runtime/conditions.ts'
import type { MachineRuntime } from '../machine.ts'
import type { RunningProcess } from '../run-process.ts'
import type { Pipe } from '../streams.ts'
import type { Volume } from '../volume.ts'
import { ContainerLog } from './container-log.ts'

export type ContainerKind = 'init' | 'container' | 'ephemeral'
type ContainerState = NonNullable<ContainerStatus['state']>

/** Fields that kubernetes-types 1.30 does not know yet. */
interface NewerStatusFields {
  volumeMounts?: readonly unknown[]
  user?: unknown
}

/** A container that was started. */
export interface ContainerInstance {
  /** 64 hex digits. */
  readonly id: string
  readonly machine: MachineRuntime
  readonly volume: Volume
  readonly process: RunningProcess
  readonly startedAt: number
  readonly stdin: Pipe | undefined
  /** Hears what the process writes, for `kubectl attach`. */
  readonly listeners: Set<(data: Uint8Array, stream: 'stdout' | 'stderr') => void>
  /** Aborts once the process has ended. */
  readonly ended: AbortController
}

export class PodContainer {
  readonly spec: Container
  readonly kind: ContainerKind
  readonly #clock: Clock
  state: ContainerState = {}
  lastState: ContainerState = {}
  restartCount = 0
  /** When the last run ended, in milliseconds, which a status does not tell. */
  finishedAt = 0
  isReady = false
  isStarted = false
  image: string
  imageId = ''
  containerId = ''
  instance: ContainerInstance | undefined
  log: ContainerLog
  previousLog: ContainerLog | undefined
  /** Restored from a snapshot: runs on under its old id, without events. */
  resumes: { id: string; startedAt: number; changes: Parameters<Volume['restore']>[0] } | undefined
  /** Says why the kubelet stops the container, for a restart by a probe. */
  killing = false

  constructor(spec: Container, kind: ContainerKind, clock: Clock) {
    this.spec = spec
    this.kind = kind
    this.#clock = clock
    this.image = spec.image ?? ''
    this.log = new ContainerLog(clock)
  }

  /** An init container that stays (a sidecar). */
  get isSidecar(): boolean {
    return this.kind === 'init' && (this.spec as { restartPolicy?: string }).restartPolicy === 'Always'
  }

  /** How events name it. */
  get fieldPath(): string {
    const list = { init: 'initContainers', container: 'containers', ephemeral: 'ephemeralContainers' }[
      this.kind
    ]
    return `spec.${list}{${this.spec.name}}`
  }

  get isRunning(): boolean {
    return this.state.running !== undefined
  }

  get terminated() {
    return this.state.terminated
  }

  wait(reason: string, message?: string): void {
    if (this.state.terminated) this.lastState = this.state
    this.state = { waiting: message === undefined ? { reason } : { reason, message } }
    this.isReady = false
    this.isStarted = false
  }

  running(instance: ContainerInstance): void {
    if (this.state.terminated) this.lastState = this.state
    this.instance = instance
    this.containerId = `containerd://${instance.id}`
    this.state = { running: { startedAt: timestamp(instance.startedAt) } }
    this.isReady = false
    this.isStarted = false
    this.killing = false
  }

  exited(exitCode: number, message: string | undefined): void {
    const startedAt = this.instance?.startedAt ?? this.#clock.now()
    this.log.end()
    this.instance?.ended.abort()
    this.instance = undefined
    this.isReady = this.kind === 'init' && exitCode === 0
    this.isStarted = false
    this.terminate(exitCode, exitCode === 0 ? 'Completed' : 'Error', message, startedAt)
  }

  terminate(exitCode: number, reason: string, message: string | undefined, startedAt: number): void {
    this.finishedAt = this.#clock.now()
    this.state = {
      terminated: {
        exitCode,
        reason,
        ...(message ? { message } : {}),
        startedAt: timestamp(startedAt),
        finishedAt: timestamp(this.#clock.now()),
        containerID: this.containerId,
      },
    }
  }

  /** Takes over what an earlier kubelet wrote into the pod's status. */
  adopt(status: ContainerStatus): void {
    this.state = status.state ?? {}
    this.lastState = status.lastState ?? {}
    this.restartCount = status.restartCount
    this.isReady = status.ready
    this.isStarted = status.started ?? false
    this.imageId = status.imageID
    this.containerId = status.containerID ?? ''
  }

  status(pod: Pod): ContainerStatus {
    const mounts = (this.spec.volumeMounts ?? []).map((mount) => ({
      name: mount.name,
      mountPath: mount.mountPath,
      ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
    }))
    const user = pod.spec?.securityContext
    const status: ContainerStatus & NewerStatusFields = {
      name: this.spec.name,
      state: this.state,
      lastState: this.lastState,
      ready: this.isReady,
      restartCount: this.restartCount,
      image: this.image,
      imageID: this.imageId,
      ...(this.containerId === '' ? {} : { containerID: this.containerId }),
      started: this.isStarted,
      ...(this.isRunning ? { resources: this.spec.resources ?? {} } : {}),
      ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
      ...(this.isRunning
        ? {
            user: {
              linux: {
                uid: user?.runAsUser ?? 0,
                gid: user?.runAsGroup ?? 0,
                supplementalGroups: [user?.runAsGroup ?? 0, ...(user?.supplementalGroups ?? [])],
              },
            },
          }
        : {}),
    }
    return status
  }
}
