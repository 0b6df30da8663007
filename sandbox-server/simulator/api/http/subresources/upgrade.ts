// exec, attach and port-forward need an upgraded connection, which plain requests do not have.
import { badRequest, notFound } from '../../api-error.ts'
import type { Call } from '../../handler.ts'
import { pods } from '../../resources.ts'

export function upgradeRequired({ store, target }: Call): never {
  const { namespace, name = '' } = target
  if (!store.get(pods, { namespace, name })) throw notFound(pods, name)
  throw badRequest('Upgrade request required')
}
