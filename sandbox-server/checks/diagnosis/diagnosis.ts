// What a diagnosis says: the first hop that is wrong, and why.
import type { FailingHop } from '../check-kind.ts'

export interface Diagnosis {
  readonly hop: FailingHop
  /** What was found and where to look next, one or two sentences. */
  readonly message: string
  /** For `mistakes`: what the hops looked like. */
  readonly data: Readonly<Record<string, unknown>>
}
