// A pod's sandbox: its volumes, and its network namespace with what the CNI plugins put into it. Tried until it works, with the
// events that say why it does not (syncPod in kubelet.go).
import type { Pod } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { pods } from '../../api/resources.ts'
import { subjectOf } from '../../controllers/runtime/events.ts'
import type { HostPort, KubeletContext, PodSnapshot } from './kubelet-parts.ts'
import { podFiles } from './pod-files.ts'
import type { Sandbox } from './start-container.ts'
import { MountError, makeVolumes, type PodVolumeMounts } from './volumes.ts'

/** Simulated milliseconds: making a sandbox; looking again for a network or a working plugin. */
const sandboxMs = 120
const retryMs = 1000
const mountRetryMs = { first: 500, longest: 122_000 }

/** Rejects with the signal's reason when the pod is to end first. */
export async function makeSandbox(
  parts: KubeletContext,
  owner: { readonly pod: Stored<Pod>; readonly addresses: readonly string[] },
  snapshot: PodSnapshot | undefined,
  signal: AbortSignal,
): Promise<Sandbox> {
  const { clock, events } = parts
  const about = () => subjectOf(pods, owner.pod)
  const isHostNetwork = owner.pod.spec?.hostNetwork ?? false
  while (!isHostNetwork) {
    const why = parts.podNetwork.notReady()
    if (why === undefined) break
    events.record(about(), 'Warning', 'NetworkNotReady', `network is not ready: ${why}`)
    await clock.sleep(retryMs, signal)
  }
  const volumes = await mountVolumes(parts, owner, signal)
  for (const [name, changes] of Object.entries(snapshot?.volumes ?? {}))
    volumes.ephemeral.get(name)?.restore(changes)
  if (!snapshot) await clock.sleep(sandboxMs, signal)
  const { metadata } = owner.pod
  const identity = { namespace: metadata.namespace ?? 'default', name: metadata.name, uid: metadata.uid }
  for (;;) {
    try {
      const { network, addresses } = isHostNetwork
        ? { network: parts.node.machine.network, addresses: [parts.nodeAddress] }
        : parts.podNetwork.add(identity, snapshot?.addresses, hostPorts(owner.pod))
      return { network, addresses, volumes, files: podFiles(parts, owner.pod, addresses) }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const message =
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox ' +
        `"${metadata.uid}": ${why}`
      events.record(about(), 'Warning', 'FailedCreatePodSandBox', message)
      await clock.sleep(retryMs * 10, signal)
    }
  }
}

async function mountVolumes(
  parts: KubeletContext,
  owner: { readonly pod: Stored<Pod>; readonly addresses: readonly string[] },
  signal: AbortSignal,
): Promise<PodVolumeMounts> {
  for (let pause = mountRetryMs.first; ; pause = Math.min(pause * 2, mountRetryMs.longest)) {
    try {
      return makeVolumes(parts, owner.pod, () => owner.addresses)
    } catch (error) {
      if (!(error instanceof MountError)) throw error
      parts.events.record(subjectOf(pods, owner.pod), 'Warning', 'FailedMount', error.message)
      await parts.clock.sleep(pause, signal)
    }
  }
}

function hostPorts(pod: Pod): HostPort[] {
  return (pod.spec?.containers ?? []).flatMap((container) =>
    (container.ports ?? []).flatMap((port) =>
      port.hostPort
        ? [
            {
              hostPort: port.hostPort,
              hostIp: port.hostIP,
              containerPort: port.containerPort,
              protocol: port.protocol ?? 'TCP',
            },
          ]
        : [],
    ),
  )
}
