// What was found on this machine, from which availability is judged.
import type { InotifyLimits } from '../../../platform/host-facts.ts'
import type { EngineName } from '../engine/engine.ts'
import type { EngineFacts } from '../engine/engine-facts.ts'
import type { Trouble } from '../engine/engine-trouble.ts'

export interface Findings {
  readonly engine: EngineFindings | undefined
  /** Where no engine answers: why. */
  readonly troubles: readonly Trouble[]
  /** What `kind version` printed; undefined where there is no such program. */
  readonly kindVersion: string | undefined
  readonly nodeImage: string
  /** Of this machine. */
  readonly availableMemory: number
  readonly inotify: InotifyLimits | undefined
}

export interface EngineFindings {
  readonly name: EngineName
  readonly facts: EngineFacts
  /** Free where the engine keeps its containers; undefined where that is on another machine, a virtual one as a rule. */
  readonly freeDisk: number | undefined
  /** Those of the node and the learner's terminal that it does not have. */
  readonly missingImages: readonly string[]
  /** Whether clusters of ours run already: then it is proven that they can, and they are what uses the memory. */
  readonly hasClusters: boolean
}
