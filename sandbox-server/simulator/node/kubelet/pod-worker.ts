// The life of one pod on its node, as pod_workers.go and syncPod have it: sandbox, init containers, containers, and an orderly
// end. It reports through the pod's status and events.
import type { Container, Pod } from '../../../contract/kubernetes.ts'
import { ApiError } from '../../api/api-error.ts'
import type { Stored } from '../../api/objects.ts'
import { pods } from '../../api/resources.ts'
import { isEqual } from '../../controllers/runtime/equality.ts'
import { subjectOf } from '../../controllers/runtime/events.ts'
import { BackOff } from './back-off.ts'
import type { ImagePuller } from './image-puller.ts'
import { killContainer } from './kill-container.ts'
import type { KubeletContext, PodSnapshot } from './kubelet-parts.ts'
import { PodContainer } from './pod-container.ts'
import type { PodRun } from './pod-run.ts'
import { adoptPod, snapshotPod } from './pod-snapshot.ts'
import { podStatus } from './pod-status.ts'
import { runContainer, startSidecar } from './run-container.ts'
import { makeSandbox } from './sandbox.ts'
import type { Sandbox } from './start-container.ts'

export class PodWorker {
  pod: Stored<Pod>
  readonly init: readonly PodContainer[]
  readonly main: readonly PodContainer[]
  readonly ephemeral: PodContainer[] = []
  sandbox: Sandbox | undefined
  /** Kept after the sandbox is gone, as the status keeps them. */
  addresses: readonly string[] = []
  readonly #parts: KubeletContext
  readonly #puller: ImagePuller
  readonly #restarts = new BackOff(10_000, 300_000)
  readonly #stop = new AbortController()
  readonly #startedAt: number
  readonly #snapshot: PodSnapshot | undefined
  readonly #ephemeralRuns: Promise<void>[] = []
  #run: PodRun | undefined
  #killAt = Number.POSITIVE_INFINITY
  #failed: { reason: string; message: string } | undefined
  #isTerminal = false
  #isFinished = false
  #isForgotten = false
  #willWrite = false

  constructor(parts: KubeletContext, puller: ImagePuller, pod: Stored<Pod>, snapshot?: PodSnapshot) {
    this.#parts = parts
    this.#puller = puller
    this.pod = pod
    this.#snapshot = snapshot
    this.#startedAt = pod.status?.startTime ? Date.parse(pod.status.startTime) : parts.clock.now()
    const { clock } = parts
    this.init = (pod.spec?.initContainers ?? []).map((spec) => new PodContainer(spec, 'init', clock))
    this.main = (pod.spec?.containers ?? []).map((spec) => new PodContainer(spec, 'container', clock))
    for (const container of [...this.init, ...this.main]) {
      container.wait(this.init.length > 0 ? 'PodInitializing' : 'ContainerCreating')
    }
    if (snapshot) adoptPod(this, snapshot, parts)
  }

  containers(): readonly PodContainer[] {
    return [...this.main, ...this.init, ...this.ephemeral]
  }

  container(name?: string): PodContainer | undefined {
    const wanted = name ?? this.pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
    if (wanted === undefined) return this.main[0]
    return this.containers().find((container) => container.spec.name === wanted)
  }

  /** The pod as the API has it now: marked for deletion, with new ephemeral containers, with readiness gates met. */
  update(pod: Stored<Pod>): void {
    this.pod = pod
    if (this.#run) this.#startEphemeral(this.#run)
    if (!pod.metadata.deletionTimestamp) this.publish()
    else if (this.#isFinished) this.#delete()
    else this.terminate(pod.metadata.deletionGracePeriodSeconds ?? 30)
  }

  /** Ends the pod; a second call can only shorten the time that is left. */
  terminate(graceSeconds: number): void {
    this.#killAt = Math.min(this.#killAt, this.#parts.clock.now() + graceSeconds * 1000)
    if (!this.#stop.signal.aborted) this.#stop.abort(new Error('the pod is to end'))
  }

  /** The pod is gone from the API: what runs still is killed, and nothing is reported. */
  forget(): void {
    this.#isForgotten = true
    this.terminate(0)
  }

  publish(): void {
    if (this.#willWrite) return
    this.#willWrite = true
    queueMicrotask(() => {
      this.#willWrite = false
      try {
        this.#write()
      } catch (error) {
        this.#report(error)
      }
    })
  }

  snapshot(): PodSnapshot | undefined {
    return this.#isTerminal || this.#stop.signal.aborted ? undefined : snapshotPod(this)
  }

  /** From the first status to the last; resolves when nothing of the pod is left on the node. */
  async live(): Promise<void> {
    const stop = this.#stop.signal
    const phase = this.pod.status?.phase
    if (phase === 'Succeeded' || phase === 'Failed') {
      this.#isFinished = true
      this.#isTerminal = true
      if (this.pod.metadata.deletionTimestamp) this.#delete()
      return
    }
    if (this.pod.metadata.deletionTimestamp) this.update(this.pod)
    try {
      stop.throwIfAborted()
      if (!this.#snapshot) this.publish()
      this.#watchDeadline()
      this.sandbox = await makeSandbox(this.#parts, this, this.#snapshot, stop)
      this.addresses = this.sandbox.addresses
      const run = this.#beginRun(this.sandbox)
      this.publish()
      this.#startEphemeral(run)
      await Promise.race([this.#runAll(run), aborted(stop)])
    } catch (error) {
      if (!stop.aborted) throw error
    }
    await this.#end()
  }

  async #runAll(run: PodRun): Promise<void> {
    if (await this.#initialise(run)) await Promise.all(this.main.map((one) => runContainer(run, one)))
  }

  #beginRun(sandbox: Sandbox): PodRun {
    const run: PodRun = {
      parts: this.#parts,
      puller: this.#puller,
      restarts: this.#restarts,
      sandbox,
      stop: this.#stop.signal,
      pod: () => this.pod,
      killAt: () => this.#killAt,
      publish: () => this.publish(),
    }
    this.#run = run
    return run
  }

  /** Runs init containers one after another. Gives false where one failed for good. */
  async #initialise(run: PodRun): Promise<boolean> {
    // After a restart of the simulator, what was done is not done again.
    const hasBegun = this.main.some((container) => container.containerId !== '')
    for (const container of this.init) {
      if (container.isSidecar) await startSidecar(run, container)
      else if (!hasBegun && container.terminated?.exitCode !== 0) {
        await runContainer(run, container)
        if (container.terminated?.exitCode !== 0) return false
      }
    }
    return true
  }

  #startEphemeral(run: PodRun): void {
    for (const spec of this.pod.spec?.ephemeralContainers ?? []) {
      if (this.ephemeral.some((container) => container.spec.name === spec.name)) continue
      const container = new PodContainer(spec as Container, 'ephemeral', this.#parts.clock)
      container.wait('ContainerCreating')
      this.ephemeral.push(container)
      // Ends with the pod; its exit is in its state.
      this.#ephemeralRuns.push(runContainer(run, container).catch(() => undefined))
    }
  }

  async #end(): Promise<void> {
    this.#isTerminal = true
    if (this.#run) await this.#stopAll(this.#run)
    this.#tearDown()
    this.#puller.forget(this.pod.metadata.uid)
    this.#isFinished = true
    this.#write()
    if (this.pod.metadata.deletionTimestamp) this.#delete()
  }

  /** Containers first, all at once; then sidecars, the last started first. */
  async #stopAll(run: PodRun): Promise<void> {
    const grace = Math.max(0, Math.ceil((this.#killAt - run.parts.clock.now()) / 1000))
    const seconds = Number.isFinite(grace) ? grace : (this.pod.spec?.terminationGracePeriodSeconds ?? 30)
    const others = [...this.main, ...this.ephemeral, ...this.init.filter((one) => !one.isSidecar)]
    await Promise.all(others.map((container) => killContainer(run, container, seconds)))
    for (const container of [...this.init].reverse()) await killContainer(run, container, seconds)
  }

  #tearDown(): void {
    if (!this.sandbox) return
    const { metadata, spec } = this.pod
    this.sandbox.volumes.dispose()
    if (!spec?.hostNetwork) {
      const identity = { namespace: metadata.namespace ?? 'default', name: metadata.name, uid: metadata.uid }
      this.#parts.podNetwork.remove(identity, this.sandbox.network)
    }
    this.sandbox = undefined
  }

  #watchDeadline(): void {
    const seconds = this.pod.spec?.activeDeadlineSeconds
    if (seconds === undefined) return
    const { clock } = this.#parts
    const left = this.#startedAt + seconds * 1000 - clock.now()
    clock.sleep(left, this.#stop.signal).then(
      () => {
        const message = 'Pod was active on the node longer than the specified deadline'
        this.#failed = { reason: 'DeadlineExceeded', message }
        this.#parts.events.record(subjectOf(pods, this.pod), 'Normal', 'DeadlineExceeded', message)
        this.terminate(this.pod.spec?.terminationGracePeriodSeconds ?? 30)
      },
      // The pod ended in time.
      () => undefined,
    )
  }

  #write(): void {
    if (this.#isForgotten) return
    const key = { namespace: this.pod.metadata.namespace, name: this.pod.metadata.name }
    const current = this.#parts.objects.get(pods, key)
    if (current?.metadata.uid !== this.pod.metadata.uid) return
    const status = podStatus({
      pod: current,
      init: this.init,
      main: this.main,
      ephemeral: this.ephemeral,
      nodeAddress: this.#parts.nodeAddress,
      addresses: this.addresses,
      hasSandbox: this.sandbox !== undefined,
      startedAt: this.#startedAt,
      now: this.#parts.clock.now(),
      failed: this.#failed,
      isTerminal: this.#isTerminal,
    })
    // Most looks find nothing new, and a write is dear even where the store then sees that.
    if (isEqual(current.status, status)) {
      this.pod = current
      return
    }
    const written = this.#parts.objects.mutate(pods, key, (draft) => Object.assign(draft, { status }), {
      subresource: 'status',
      fieldManager: 'kubelet',
    })
    if (written?.metadata.uid === this.pod.metadata.uid) this.pod = written
    this.#parts.changed?.()
  }

  /** Nothing is left on the node: the API may forget the pod. */
  #delete(): void {
    if (this.#isForgotten) return
    this.#isForgotten = true
    const { namespace, name, uid } = this.pod.metadata
    try {
      this.#parts.objects.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } })
    } catch (error) {
      // Somebody forced the deletion meanwhile: then it is gone, or another pod has its name.
      if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 409)) throw error
    }
  }

  /** A status that the API refuses must not stop the pod; its events tell of it. */
  #report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    const message = `the pod's status was not written: ${text}`
    this.#parts.events.record(subjectOf(pods, this.pod), 'Warning', 'FailedSync', message)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
