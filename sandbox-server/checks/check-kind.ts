// What a check kind is: one file a kind under kinds/, registered in registry.ts.
import type { CheckKind, CheckOf, Observation, QuizAnswers } from '../contract/check.ts'
import type { ClusterClient } from '../contract/cluster.ts'
import type { KubernetesReader } from './kubernetes-reader.ts'

export type FailingHop =
  | 'name'
  | 'service'
  | 'endpoints'
  | 'kube-proxy'
  | 'policy'
  | 'pod-port'
  | 'ingress'
  | 'node'
  | 'network'

export interface CheckContext {
  readonly client: ClusterClient
  readonly api: KubernetesReader
  /** The exercise's namespace. */
  readonly namespace: string
  readonly quiz: QuizAnswers
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  readonly signal: AbortSignal
}

/** What a kind found. `score` is the share of the weight that was earned, 0 to 1. */
export interface Finding {
  readonly score: number
  readonly unanswered?: boolean
  readonly message: string
  readonly failingHop?: FailingHop | undefined
  readonly observations: readonly Observation[]
  /** What `mistakes[].when` and `{path}` in messages look at. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface CheckKindDefinition<K extends CheckKind> {
  readonly kind: K
  /** Whether running it changes the cluster; such checks run alone, after the others. */
  changesCluster(check: CheckOf<K>): boolean
  /** Rejects only where the cluster cannot be asked at all. */
  run(check: CheckOf<K>, context: CheckContext): Promise<Finding>
}
