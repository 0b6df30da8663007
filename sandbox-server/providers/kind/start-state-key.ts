// Which clusters can stand in for each other: at once, or after they were set back.
import { createHash } from 'node:crypto'
import type { Exercise } from '../../contract/lesson.ts'
import type { ClusterSetup } from '../provider.ts'
import type { ClusterRecord } from './cluster-record.ts'

/** The same for setups whose clusters a learner cannot tell apart. */
export function startStateKey({ exercise, applied }: ClusterSetup): string {
  const { cluster, access, namespace, waitFor } = exercise
  return digest({ cluster, access, namespace, waitFor, applied })
}

/** The same for setups whose clusters a reset can turn into each other. */
export function configurationKey({
  exercise,
}: {
  readonly exercise: Pick<Exercise, 'cluster' | 'access'>
}): string {
  return digest({ cluster: exercise.cluster, access: exercise.access })
}

/** Of a cluster that was made. */
export function configurationOf({ spec, access }: Pick<ClusterRecord, 'spec' | 'access'>): string {
  return configurationKey({ exercise: { cluster: spec, access } })
}

const digest = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 20)
