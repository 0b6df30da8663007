// The kinds of cluster in a learner's words: their names, what they are, and how long one takes.
import type { ClusterChoice, ProviderName } from '../../../sandbox-server/contract/sandbox.ts'
import { aboutWait } from './cluster-words.ts'

export interface ClusterKind {
  readonly name: string
  /** For a bar with little room. */
  readonly short: string
  /** In the middle of a sentence. */
  readonly inText: string
  readonly what: string
}

export const clusterKinds: Readonly<Record<ProviderName, ClusterKind>> = {
  simulated: {
    name: 'Simulated',
    short: 'Simulated',
    inText: 'a simulated cluster',
    what: 'The server imitates Kubernetes and its network, rule by rule. Containers are small models of programs.',
  },
  kind: {
    name: 'Real cluster (kind)',
    short: 'Real (kind)',
    inText: 'a real cluster (kind)',
    what: 'Kubernetes itself, made by kind: every node is a container on the machine of the server.',
  },
  kubernetes: {
    name: 'Real cluster (hosted)',
    short: 'Real (hosted)',
    inText: 'a real cluster (hosted)',
    what: 'Kubernetes itself, in a pod of a larger cluster that the server uses.',
  },
}

/** Below this nobody waits, milliseconds. */
const atOnceMs = 3_000

/** How long until it is ready, to stand alone or after a comma. */
export function waitOf({ provider, expectedMs }: ClusterChoice): string {
  if (expectedMs === undefined) return 'ready in a while'
  if (expectedMs >= atOnceMs) return `ready in about ${aboutWait(expectedMs)}`
  return provider === 'simulated' ? 'ready at once' : 'ready at once, one waits for you'
}
