// What the API server does to one resource beside storing it: the hooks that api/defaults and api/validation fill in.
// The counterpart of upstream's RESTCreateStrategy and RESTUpdateStrategy (apiserver/pkg/registry/rest).
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { FieldError } from './field-error.ts'
import type { Objects, ResourceType } from './objects.ts'

export interface StrategyContext {
  readonly objects: Objects
  readonly clock: Clock
  readonly random: Random
  readonly type: ResourceType
  readonly dryRun: boolean
  readonly subresource: string | undefined
  readonly warn: (message: string) => void
}

/** All hooks may change `object`; none may change `old`. They run in the order in which they are listed. */
export interface Strategy<T extends KubernetesObject = KubernetesObject> {
  /** Defaulting of the versioned type (pkg/apis/<group>/v1/defaults.go). Also runs on update. */
  readonly defaultObject?: (object: T) => void
  /** Mutating and refusing admission plugins. Throws ApiError. */
  readonly admit?: (object: T, old: T | undefined, context: StrategyContext) => void
  readonly prepareForCreate?: (object: T, context: StrategyContext) => void
  readonly prepareForUpdate?: (object: T, old: T, context: StrategyContext) => void
  readonly validateObject?: (object: T) => FieldError[]
  readonly validateUpdate?: (object: T, old: T) => FieldError[]
  readonly validateStatus?: (object: T, old: T) => FieldError[]
  readonly warnings?: (object: T, old: T | undefined) => string[]
  /** Hands out what is scarce (addresses, node ports) once the object was found valid. Throws ApiError. */
  readonly allocate?: (object: T, old: T | undefined, context: StrategyContext) => void
  /** metadata.generation counts changes of the spec. */
  readonly generation?: boolean
  /** Which fields `/status` keeps from a write beside the status; `metadata` stands for labels and annotations. */
  readonly statusKeepsMetadata?: boolean
  /** Field selectors beside metadata.name and metadata.namespace. */
  readonly selectableFields?: readonly string[]
}
