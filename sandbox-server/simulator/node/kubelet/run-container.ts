// Starts a container, watches it end, and starts it again as its restart policy and the back-off have it.

import type { AvailableImage } from '../images/catalogue.ts'
import { formatDuration } from './back-off.ts'
import { ContainerLog } from './container-log.ts'
import { ContainerConfigError } from './environment.ts'
import { formatPod } from './handlers.ts'
import { killContainer } from './kill-container.ts'
import { runHook } from './lifecycle.ts'
import type { ContainerInstance, PodContainer } from './pod-container.ts'
import type { PodRun } from './pod-run.ts'
import { aboutContainer } from './pod-run.ts'
import { shouldRestart } from './pod-status.ts'
import { startProbes } from './prober.ts'
import { StartError, startContainer } from './start-container.ts'

/** Simulated milliseconds: creating and starting a container; noticing that one ended; looking again at one that cannot start. */
const startMs = 100
const noticeMs = 500
const sidecarPollMs = 100
const resyncMs = 14_000
/** How soon the first ErrImagePull turns into ImagePullBackOff: the pod's own change of status makes the kubelet look again. */
const firstResyncMs = 2000

/** Ends once the container will not run again, or rejects with the reason when the pod is to end. */
export async function runContainer(run: PodRun, container: PodContainer): Promise<void> {
  for (;;) {
    const instance = await started(run, container)
    if (instance) await untilEnd(run, container, instance)
    const exit = container.terminated
    if (!exit || !shouldRestart(run.pod(), container, exit.exitCode)) return
    await run.parts.clock.sleep(noticeMs, run.stop)
    await waitOutBackOff(run, container)
    container.restartCount += 1
  }
}

/** For an init container that stays: resolves once it has started, while it goes on running and being restarted. */
export async function startSidecar(run: PodRun, container: PodContainer): Promise<void> {
  // It ends with the pod, which is when its promise rejects.
  runContainer(run, container).catch(() => undefined)
  while (!container.isStarted) await run.parts.clock.sleep(sidecarPollMs, run.stop)
}

/** Undefined where the runtime failed to start it; the state says why. */
async function started(run: PodRun, container: PodContainer): Promise<ContainerInstance | undefined> {
  const { parts } = run
  const about = () => aboutContainer(run, container)
  const begin = (available: AvailableImage) =>
    startContainer(parts, run.pod(), container, run.sandbox, available)
  if (container.resumes) return resumed(run, container, begin)
  for (;;) {
    const available = await imageOf(run, container)
    try {
      await parts.clock.sleep(startMs, run.stop)
      if (container.containerId !== '') {
        container.previousLog = container.log
        container.log = new ContainerLog(parts.clock)
      }
      const instance = begin(available)
      container.image = available.reference
      container.imageId = available.id
      container.running(instance)
      parts.events.record(about(), 'Normal', 'Created', 'Container created')
      parts.events.record(about(), 'Normal', 'Started', 'Container started')
      await postStarted(run, container, instance)
      return instance
    } catch (error) {
      if (error instanceof ContainerConfigError) {
        container.wait('CreateContainerConfigError', error.message)
        run.publish()
        parts.events.record(about(), 'Warning', 'Failed', `Error: ${error.message}`)
        await parts.clock.sleep(resyncMs, run.stop)
      } else if (error instanceof StartError) {
        parts.events.record(about(), 'Normal', 'Created', 'Container created')
        parts.events.record(about(), 'Warning', 'Failed', `Error: ${error.message}`)
        container.terminate(128, 'StartError', error.message, 0)
        run.publish()
        return undefined
      } else throw error
    }
  }
}

/** After a restart of the simulator: the container goes on under its id, and nothing is told of it. */
function resumed(
  run: PodRun,
  container: PodContainer,
  begin: (available: AvailableImage) => ContainerInstance,
): ContainerInstance | undefined {
  const lookup = run.parts.images.lookUp(container.spec.image ?? '')
  if (!lookup.found) return undefined
  const { isReady, isStarted, state } = container
  const instance = begin(lookup.available)
  container.running(instance)
  Object.assign(container, { isReady, isStarted, state, resumes: undefined })
  afterStart(run, container, instance)
  return instance
}

/** Carries out postStart, then begins to probe; a hook that fails ends the container. */
async function postStarted(run: PodRun, container: PodContainer, instance: ContainerInstance): Promise<void> {
  const { postStart } = container.spec.lifecycle ?? {}
  if (!postStart) {
    afterStart(run, container, instance)
    return
  }
  run.publish()
  const podIp = run.sandbox.addresses[0] ?? ''
  const hook = runHook(run.parts, container, instance, postStart, podIp, instance.ended.signal)
  const succeeded = await Promise.race([hook.catch(() => false), instance.process.exit.then(() => undefined)])
  if (succeeded === false) {
    run.parts.events.record(
      aboutContainer(run, container),
      'Warning',
      'FailedPostStartHook',
      'PostStartHook failed',
    )
    void killContainer(run, container, graceOf(run), 'FailedPostStartHook')
  } else if (succeeded) {
    afterStart(run, container, instance)
  }
}

function afterStart(run: PodRun, container: PodContainer, instance: ContainerInstance): void {
  startProbes(run.parts, {
    container,
    instance,
    pod: run.pod,
    podIp: run.sandbox.addresses[0] ?? '',
    about: aboutContainer(run, container),
    changed: run.publish,
    isTerminating: () => run.stop.aborted,
    failed(type, probe) {
      const what = container.kind === 'init' ? 'Init container' : 'Container'
      const message = `${what} ${container.spec.name} failed ${type.toLowerCase()} probe`
      const restarts = shouldRestart(run.pod(), container, 137)
      const grace = probe.terminationGracePeriodSeconds ?? graceOf(run)
      void killContainer(run, container, grace, restarts ? `${message}, will be restarted` : message)
    },
  })
  run.publish()
}

async function untilEnd(run: PodRun, container: PodContainer, instance: ContainerInstance): Promise<void> {
  const code = await instance.process.exit
  container.exited(code, terminationMessage(container, instance, code))
  run.publish()
}

/** What the process left in its termination log, or the end of its log (FallbackToLogsOnError). */
function terminationMessage(
  container: PodContainer,
  instance: ContainerInstance,
  code: number,
): string | undefined {
  const { files } = instance.machine
  const path = container.spec.terminationMessagePath ?? '/dev/termination-log'
  const written = files.stat(path)?.type === 'file' ? files.readText(path).slice(0, 4096) : ''
  if (written !== '' || code === 0) return written || undefined
  if (container.spec.terminationMessagePolicy !== 'FallbackToLogsOnError') return undefined
  return container.log
    .tail(80)
    .map((line) => line.text)
    .join('')
    .slice(-2048)
}

async function imageOf(run: PodRun, container: PodContainer): Promise<AvailableImage> {
  const { image = '' } = container.spec
  const policy =
    container.spec.imagePullPolicy ?? (/:(?!latest$)[^/]+$/.test(image) ? 'IfNotPresent' : 'Always')
  let failures = 0
  for (;;) {
    const about = aboutContainer(run, container)
    const request = { image, policy, podUid: run.pod().metadata.uid, about }
    const result = await run.puller.ensure(request, run.stop)
    if (result.pulled) return result.available
    container.wait(result.reason, result.message)
    run.publish()
    run.parts.events.record(about, 'Warning', 'Failed', `Error: ${result.reason}`)
    failures += 1
    await run.parts.clock.sleep(failures === 1 ? firstResyncMs : resyncMs, run.stop)
  }
}

/** doBackOff in kuberuntime_manager.go: the first restart comes at once, later ones after 10 s, 20 s, ... up to 5 minutes. */
async function waitOutBackOff(run: PodRun, container: PodContainer): Promise<void> {
  const { clock, events } = run.parts
  const pod = run.pod()
  const key = container.spec.name
  const { finishedAt } = container
  const until = run.restarts.waitsUntil(key, finishedAt)
  if (until !== undefined && until > clock.now()) {
    const name = container.spec.name
    const wait = formatDuration(run.restarts.get(key))
    container.wait(
      'CrashLoopBackOff',
      `back-off ${wait} restarting failed container=${name} pod=${formatPod(pod)}`,
    )
    run.publish()
    while (clock.now() < until) {
      const message = `Back-off restarting failed container ${name} in pod ${formatPod(pod)}`
      events.record(aboutContainer(run, container), 'Warning', 'BackOff', message)
      await clock.sleep(Math.min(resyncMs, until - clock.now()), run.stop)
    }
  }
  run.restarts.next(key, finishedAt)
}

export function graceOf(run: PodRun): number {
  return run.pod().spec?.terminationGracePeriodSeconds ?? 30
}
