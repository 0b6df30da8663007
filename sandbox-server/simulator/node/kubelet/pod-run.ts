// What the parts of a pod's worker share while its containers run.
import type { Pod } from '../../../contract/kubernetes.ts'
import type { Stored } from '../../api/objects.ts'
import { pods } from '../../api/resources.ts'
import type { EventSubject } from '../../controllers/runtime/events.ts'
import { subjectOf } from '../../controllers/runtime/events.ts'
import type { BackOff } from './back-off.ts'
import type { ImagePuller } from './image-puller.ts'
import type { KubeletContext } from './kubelet-parts.ts'
import type { PodContainer } from './pod-container.ts'
import type { Sandbox } from './start-container.ts'

export interface PodRun {
  readonly parts: KubeletContext
  readonly puller: ImagePuller
  readonly restarts: BackOff
  readonly sandbox: Sandbox
  /** Aborts when the pod is to end. */
  readonly stop: AbortSignal
  pod(): Stored<Pod>
  /** When the grace period is over: epoch milliseconds, infinite while the pod lives. */
  killAt(): number
  /** Writes the pod's status soon. */
  publish(): void
}

/** The subject of events about a container. */
export function aboutContainer(run: PodRun, container: PodContainer): EventSubject {
  return subjectOf(pods, run.pod(), container.fieldPath)
}
