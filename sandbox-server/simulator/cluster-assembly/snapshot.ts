// What a cluster is made of when it stands still, as plain JSON. Conntrack, sockets and processes are not in it: after a restore
// programs start again from their first instruction.
import type { ObjectStoreSnapshot } from '../api/object-store.ts'
import type { ClusterSnapshot } from '../cluster.ts'
import type { KubeletSnapshot } from '../node/kubelet/kubelet-parts.ts'
import type { VolumeChange } from '../node/volume.ts'

export interface ClusterState {
  /** Epoch milliseconds of the cluster's own clock. */
  readonly takenAt: number
  readonly random: number
  readonly objects: ObjectStoreSnapshot
  readonly kubelets: Readonly<Record<string, KubeletSnapshot>>
  /** By machine: what differs from the disk that its kind starts with. */
  readonly disks: Readonly<Record<string, readonly VolumeChange[]>>
}

/** Throws where the snapshot is of another version of this code. */
export function stateOf(snapshot: ClusterSnapshot): ClusterState {
  const parts = snapshot as unknown as Partial<ClusterState> & { version: number }
  if (parts.version !== 1 || !parts.objects || !parts.kubelets || !parts.disks) {
    throw new Error(`a cluster snapshot of version ${parts.version} cannot be read`)
  }
  const { takenAt = 0, random = 0, objects, kubelets, disks } = parts
  return { takenAt, random, objects, kubelets, disks }
}
