// What every part of the kind provider works with.
import type { ClusterSpec } from '../../contract/lesson.ts'
import type { Timers } from '../../platform/host-timers.ts'
import type { Log } from '../../platform/log.ts'
import type { ApiGateway } from '../api-gateway/api-gateway.ts'
import type { Timings } from './bring-up/timings.ts'
import type { ClusterRecord } from './cluster-record.ts'
import type { ClusterRecords } from './cluster-records.ts'
import type { ContainerEngine } from './engine/engine.ts'
import type { KindSettings } from './settings.ts'

export interface KindContext {
  readonly engine: ContainerEngine
  /** Path of the kind program. */
  readonly kind: string
  readonly settings: KindSettings
  readonly records: ClusterRecords
  readonly timings: Timings
  readonly gateway: ApiGateway
  readonly timers: Timers
  readonly log: Log
  /** A name of this data directory, in labels of all that it makes. */
  readonly server: string
  /** The node image that holds what such clusters run. */
  nodeImage(spec: ClusterSpec): Promise<string>
}

/** Changes a record on disk. Throws where there is none: the cluster was removed meanwhile. */
export function changeRecord(
  { records }: Pick<KindContext, 'records'>,
  name: string,
  change: Partial<ClusterRecord>,
): ClusterRecord {
  const known = records.read(name)
  if (!known) throw new Error(`cluster ${name} has no record`)
  const changed = { ...known, ...change }
  records.write(changed)
  return changed
}
