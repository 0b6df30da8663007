// What stands below a resource and is no plain part of it: logs, scale, bindings, evictions, tokens, and the reviews that
// answer questions about the caller. One function each in subresources/.
import type { Call } from '../handler.ts'
import { bindPod, createBinding } from './subresources/binding.ts'
import { ephemeralContainers } from './subresources/ephemeral-containers.ts'
import { evictPod } from './subresources/eviction.ts'
import { podLog } from './subresources/log.ts'
import { answerReview } from './subresources/review.ts'
import { scaleResponse } from './subresources/scale.ts'
import { createToken } from './subresources/token.ts'
import { upgradeRequired } from './subresources/upgrade.ts'

type Answer = (call: Call) => Promise<Response> | Response | undefined

const answers: Readonly<Record<string, Answer>> = {
  'pods/log': podLog,
  'pods/binding': bindPod,
  'pods/eviction': evictPod,
  'pods/ephemeralcontainers': ephemeralContainers,
  'pods/exec': upgradeRequired,
  'pods/attach': upgradeRequired,
  'pods/portforward': upgradeRequired,
  bindings: createBinding,
  'serviceaccounts/token': createToken,
}

/** Undefined for a request that is a plain read or write of an object. */
export async function subresourceResponse(call: Call): Promise<Response | undefined> {
  const { type, subresource } = call.target
  if (subresource === 'scale') return scaleResponse(call)
  if (type.group === 'authorization.k8s.io' || type.group === 'authentication.k8s.io')
    return answerReview(call)
  const answer =
    type.group === '' ? answers[subresource ? `${type.plural}/${subresource}` : type.plural] : undefined
  return answer?.(call)
}
