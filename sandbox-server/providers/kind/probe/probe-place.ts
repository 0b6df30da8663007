// Where probes leave from, as the relay knows it.
import type { Relay } from './relay.ts'

export interface ProbePlace {
  readonly relay: Relay
  /** A container of Kubernetes on the relay's node; left out, the network namespace of the relay's own container. */
  readonly containerId?: string | undefined
}
