// Stops a container (killContainer in kuberuntime_container.go): preStop hook, SIGTERM, the rest of the grace period, SIGKILL.
import { runHook } from './lifecycle.ts'
import type { ContainerInstance, PodContainer } from './pod-container.ts'
import type { PodRun } from './pod-run.ts'
import { aboutContainer } from './pod-run.ts'

/** minimumGracePeriodInSeconds */
const leastGraceMs = 2000

/** Resolves once the process has ended. `message` is that of the Killing event. */
export async function killContainer(
  run: PodRun,
  container: PodContainer,
  graceSeconds: number,
  message = `Stopping container ${container.spec.name}`,
): Promise<void> {
  const { instance } = container
  if (!instance || container.killing) return await ended(instance)
  container.killing = true
  const { clock, events } = run.parts
  events.record(aboutContainer(run, container), 'Normal', 'Killing', message)
  const begun = clock.now()
  const isOver = () => Math.min(begun + graceSeconds * 1000, run.killAt())
  const { preStop } = container.spec.lifecycle ?? {}
  if (preStop && isOver() > clock.now()) {
    const hook = runHook(
      run.parts,
      container,
      instance,
      preStop,
      run.sandbox.addresses[0] ?? '',
      instance.ended.signal,
    )
    const done = hook.then(
      (succeeded) => {
        if (!succeeded)
          events.record(aboutContainer(run, container), 'Warning', 'FailedPreStopHook', 'PreStopHook failed')
      },
      // The container ended before its hook did.
      () => undefined,
    )
    await Promise.race([done, waitUntil(run, instance, isOver)])
  }
  if (instance.ended.signal.aborted) return
  instance.process.kill('SIGTERM')
  const least = clock.now() + leastGraceMs
  await waitUntil(run, instance, () => Math.max(least, isOver()))
  if (!instance.ended.signal.aborted) instance.process.kill('SIGKILL')
  await ended(instance)
}

/** Resolves when the time has come, which may be moved nearer, or the process has ended. */
async function waitUntil(run: PodRun, instance: ContainerInstance, time: () => number): Promise<void> {
  const { clock } = run.parts
  while (clock.now() < time() && !instance.ended.signal.aborted) {
    const step = Math.min(time() - clock.now(), 1000)
    await clock.sleep(step, instance.ended.signal).catch(() => undefined)
  }
}

async function ended(instance: ContainerInstance | undefined): Promise<void> {
  await instance?.process.exit
  // The container's own loop notes the end first.
  await Promise.resolve()
}
