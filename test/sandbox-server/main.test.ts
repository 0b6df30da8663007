import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { healthSchema } from '../../sandbox-server/contract/rest.ts'
import { type RunningServer, startServer } from '../../sandbox-server/main.ts'
import { type ConfigInput, readConfig } from '../../sandbox-server/platform/config.ts'
import type { ProviderOptions } from '../../sandbox-server/providers/provider-options.ts'
import { SocketPage } from '../drivers/socket-page.ts'
import { FakeProvider, fakeMachine } from '../fakes/fake-provider.ts'
import { silentLog } from '../fakes/silent-log.ts'

const lesson = 'pod-to-service/selectors'

let folder: string
let machine = fakeMachine()
let kind: FakeProvider
let said: string[]
let options: ProviderOptions | undefined
const running: RunningServer[] = []

/** `look` is what the kind provider says of this machine. */
async function start(flags: ConfigInput, look?: FakeProvider['look']): Promise<RunningServer> {
  const config = readConfig(
    { port: '0', apiPort: '0', data: join(folder, 'data'), site: join(folder, 'site'), ...flags },
    {},
  )
  kind = new FakeProvider({ name: 'kind', outlives: true, machine })
  if (look) kind.look = look
  const server = await startServer(config, silentLog(), {
    say: (line) => said.push(line),
    open: async (name, given) => {
      if (name === 'kind') options = given
      return name === 'kind' ? kind : new FakeProvider()
    },
  })
  running.push(server)
  return server
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-main-'))
  await mkdir(join(folder, 'site'))
  await writeFile(join(folder, 'site/index.html'), 'hello')
  machine = fakeMachine()
  said = []
  return async () => {
    for (const server of running.splice(0)) await server.close()
    await rm(folder, { recursive: true })
  }
})

const health = async ({ url }: RunningServer) => {
  const response = await fetch(`${url}/healthz`)
  return healthSchema.parse(await response.json()).clusters
}

const missing = async () => ({
  available: false,
  missing: [
    { what: 'Docker was not found.', mend: 'sudo apt install docker.io' },
    { what: 'The program kind is not installed.', mend: 'go install sigs.k8s.io/kind' },
  ],
})

describe('fairlead serve --clusters', () => {
  it('auto offers kind beside simulated clusters where it works, and says so', async () => {
    const server = await start({})
    expect((await health(server)).map(({ provider, state }) => `${provider} ${state}`)).toEqual([
      'simulated available',
      'kind available',
    ])
    expect(said).toEqual(['Real clusters (kind) are offered beside simulated ones.'])
  })

  it('auto is up at once where the engine hangs', async () => {
    const server = await start({}, () => new Promise(() => {}))
    expect((await health(server)).map(({ state }) => state)).toEqual(['available', 'checking'])
    const page = await SocketPage.open({ url: server.url, lesson })
    await page.ready()
    await page.close()
  })

  it('auto says the first thing that is missing and how to look', async () => {
    const server = await start({}, missing)
    expect((await health(server)).map(({ state }) => state)).toEqual(['available', 'missing'])
    expect(said).toEqual([
      'Real clusters (kind) are not offered: Docker was not found. See: fairlead cluster check',
    ])
  })

  it('kind starts nothing where something is missing, and says all of it with what mends it', async () => {
    await expect(start({ clusters: 'kind' }, missing)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: [
        'There can be no kind clusters on this machine:',
        '  Docker was not found.',
        '    sudo apt install docker.io',
        '  The program kind is not installed.',
        '    go install sigs.k8s.io/kind',
      ].join('\n'),
    })
    const server = await start({ clusters: 'simulated' })
    expect((await health(server)).map(({ provider }) => provider)).toEqual(['simulated'])
    expect(said).toEqual([])
  })

  it('gives the kind provider its settings and folder', async () => {
    await start({ kindNodeImage: 'node:1', maxKindClusters: '2', warm: '0', defaultClusters: 'kind' })
    expect(options?.environment).toMatchObject({
      FAIRLEAD_KIND_NODE_IMAGE: 'node:1',
      FAIRLEAD_KIND_MAX_CLUSTERS: '2',
      FAIRLEAD_KIND_WARM: '0',
    })
    expect(options?.data).toBe(join(folder, 'data'))
    expect(options?.images).toContain('registry.k8s.io/e2e-test-images/agnhost:2.66.1')
  })
})

describe('a server with kind clusters', () => {
  it('keeps them for the next one, where the page goes on with the same', { timeout: 30_000 }, async () => {
    const first = await start({ defaultClusters: 'kind' })
    const page = await SocketPage.open({ url: first.url, lesson })
    await page.ready()
    await page.ask({ type: 'file-write', path: 'mine.yaml', content: 'mine\n', baseRevision: 0 }, 'done')
    await page.close()
    const { last } = kind
    await first.close()
    expect(last.suspended).toBe(true)

    const second = await start({ defaultClusters: 'kind' })
    expect(await health(second)).toMatchObject([{ provider: 'kind', suspended: 1 }, {}])
    const again = await SocketPage.open({ url: second.url, lesson, cookie: page.cookie })
    await again.ready()
    expect(
      again
        .of('files')
        .at(-1)
        ?.files.map(({ path }) => path),
    ).toContain('mine.yaml')
    expect(kind.last).toBe(last)
    await again.close()
  })
})
