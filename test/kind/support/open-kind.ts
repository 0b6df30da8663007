// The kind provider on a data directory of its own, with the images that the environment names (FAIRLEAD_KIND_*).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostTimers } from '../../../sandbox-server/platform/host-timers.ts'
import { openApiGateway } from '../../../sandbox-server/providers/api-gateway/open-api-gateway.ts'
import type { ClusterProvider } from '../../../sandbox-server/providers/provider.ts'
import { openProvider } from '../../../sandbox-server/providers/registry.ts'
import { silentLog } from '../../fakes/silent-log.ts'

export interface KindOptions {
  /** Left out: one that is removed with the provider. */
  readonly data?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Images that nodes hold besides those of the node image. */
  readonly images?: readonly string[]
}

/** Keeps no warm clusters: a test makes those that it wants. */
export async function openKind({
  data,
  environment,
  images = [],
}: KindOptions = {}): Promise<ClusterProvider> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'fairlead-test-'))
  const gateway = await openApiGateway()
  const provider = await openProvider('kind', {
    timers: hostTimers,
    log: silentLog(),
    gateway,
    data: folder,
    images,
    environment: { FAIRLEAD_KIND_WARM: '0', ...process.env, ...environment },
  })
  const { available, missing } = await provider.availability()
  if (!available) throw new Error(missing.map(({ what, mend }) => `${what} ${mend}`).join('; '))
  const end = provider.dispose
  const dispose = async () => {
    await end()
    if (data === undefined) {
      // Suspended clusters would outlive a test as they outlive a server.
      for (const { id } of await provider.adopt()) await provider.discard(id)
      rmSync(folder, { recursive: true, force: true })
    }
    await gateway.close()
  }
  return Object.assign(provider, { dispose })
}
