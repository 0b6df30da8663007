// What of a pod survives a restart of the simulator beside its object: addresses, container files, logs. Running containers start
// again from their first instruction, under their old id and with the status they had.
import { ContainerLog } from './container-log.ts'
import type { KubeletContext, PodSnapshot } from './kubelet-parts.ts'
import type { PodWorker } from './pod-worker.ts'

const keptLines = 200

export function snapshotPod(worker: PodWorker): PodSnapshot | undefined {
  if (!worker.sandbox) return undefined
  return {
    uid: worker.pod.metadata.uid,
    addresses: worker.addresses,
    containers: worker.containers().map((container) => ({
      name: container.spec.name,
      id: container.instance?.id ?? '',
      startedAt: container.instance?.startedAt ?? 0,
      changes: container.instance?.volume.changes() ?? [],
      log: container.log.tail(keptLines),
      previousLog: container.previousLog?.tail(keptLines) ?? [],
    })),
    volumes: Object.fromEntries(
      [...worker.sandbox.volumes.ephemeral].map(([name, volume]) => [name, volume.changes()]),
    ),
  }
}

export function adoptPod(worker: PodWorker, snapshot: PodSnapshot, parts: KubeletContext): void {
  const { status } = worker.pod
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  worker.addresses = snapshot.addresses
  for (const container of worker.containers()) {
    const known = snapshot.containers.find((one) => one.name === container.spec.name)
    const told = statuses.find((one) => one.name === container.spec.name)
    if (told) container.adopt(told)
    if (!known) continue
    container.log = new ContainerLog(parts.clock, known.log, known.id !== '')
    if (known.previousLog.length > 0) container.previousLog = new ContainerLog(parts.clock, known.previousLog)
    if (known.id !== '') {
      container.resumes = { id: known.id, startedAt: known.startedAt, changes: known.changes }
    }
  }
}
