// Makes sure of a container's image (pkg/kubelet/images/image_manager.go): pull policy, events, back-off. Every image that the
// catalogue knows lies on every node, as kind's loaded images do; an unknown one cannot be pulled.

import type { EventSubject } from '../../controllers/runtime/events.ts'
import type { AvailableImage } from '../images/catalogue.ts'
import { BackOff, formatDuration } from './back-off.ts'
import type { KubeletContext } from './kubelet-parts.ts'

export type PullResult =
  | { readonly pulled: true; readonly available: AvailableImage }
  | {
      readonly pulled: false
      readonly reason: 'ErrImagePull' | 'ImagePullBackOff' | 'InvalidImageName' | 'ErrImageNeverPull'
      readonly message: string
    }

const pullMs = 300
const failingPullMs = 600

export class ImagePuller {
  readonly #parts: KubeletContext
  readonly #backOff = new BackOff(10_000, 300_000)
  readonly #failures = new Map<string, { message: string; at: number }>()

  constructor(parts: KubeletContext) {
    this.#parts = parts
  }

  /** `key` names pod and image for the back-off. */
  async ensure(
    request: { image: string; policy: string; podUid: string; about: EventSubject },
    signal: AbortSignal,
  ): Promise<PullResult> {
    const { image, policy, podUid, about } = request
    const { clock, events, images } = this.#parts
    const lookup = images.lookUp(image)
    if (!lookup.found && lookup.reason === 'InvalidImageName') {
      events.record(about, 'Warning', 'InspectFailed', lookup.message)
      return { pulled: false, reason: 'InvalidImageName', message: lookup.message }
    }
    if (lookup.found && policy !== 'Always') {
      const present = `Container image "${image}" already present on machine and can be accessed by the pod`
      events.record(about, 'Normal', 'Pulled', present)
      return { pulled: true, available: lookup.available }
    }
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`
      events.record(about, 'Warning', 'ErrImageNeverPull', message)
      return { pulled: false, reason: 'ErrImageNeverPull', message }
    }
    const key = `${podUid}_${image}`
    const failure = this.#failures.get(key)
    const until = failure && this.#backOff.waitsUntil(key, failure.at)
    if (failure && until !== undefined && clock.now() < until) {
      const message = `Back-off pulling image "${image}"`
      events.record(about, 'Normal', 'BackOff', message)
      return {
        pulled: false,
        reason: 'ImagePullBackOff',
        message: `${message}: ErrImagePull: ${failure.message}`,
      }
    }
    events.record(about, 'Normal', 'Pulling', `Pulling image "${image}"`)
    await clock.sleep(lookup.found ? pullMs : failingPullMs, signal)
    if (lookup.found) {
      const took = formatDuration(pullMs)
      const size = lookup.available.image.sizeBytes
      events.record(
        about,
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${size} bytes.`,
      )
      return { pulled: true, available: lookup.available }
    }
    const message = `rpc error: code = NotFound desc = ${lookup.message}`
    events.record(about, 'Warning', 'Failed', `Failed to pull image "${image}": ${message}`)
    this.#failures.set(key, { message, at: clock.now() })
    this.#backOff.next(key, clock.now())
    return { pulled: false, reason: 'ErrImagePull', message }
  }

  forget(podUid: string): void {
    this.#backOff.forget(podUid)
    for (const key of this.#failures.keys()) if (key.startsWith(podUid)) this.#failures.delete(key)
  }
}
