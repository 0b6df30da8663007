// Whether what an exercise waits for is there: `pod/client`, `deployment/web`, `traefik/deployment/traefik`, `node/fairlead-worker`.
import type { Objects } from '../../simulator/api/objects.ts'
import { resourceTypes } from '../../simulator/api/resources.ts'
import { parseWaitFor, whyNotReady } from '../readiness.ts'

/** Throws where `wanted` names a kind that no cluster has. */
export function isThere(objects: Objects, wanted: string, defaultNamespace: string): boolean {
  const { namespace, kind, name } = parseWaitFor(wanted, defaultNamespace)
  const type = resourceTypes.find((candidate) => candidate.singular === kind || candidate.plural === kind)
  if (!type) throw new Error(`waitFor: ${wanted}: there is no kind ${kind}`)
  const object = objects.get(type, { name, ...(type.namespaced ? { namespace } : {}) })
  return whyNotReady(type.kind, object) === undefined
}
