// Opens the kind provider: nothing is asked of this machine before somebody wants to know whether clusters can be made here.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { clusterSpecSchema } from '../../contract/lesson.ts'
import { replaceFileSafely } from '../../platform/atomic-file.ts'
import { findProgram } from '../../platform/commands.ts'
import { openDataDirectory } from '../../platform/data-directory.ts'
import { readText, temporaryFolder } from '../../platform/files.ts'
import type { Availability, ClusterProvider } from '../provider.ts'
import type { ProviderOptions } from '../provider-options.ts'
import { unsupportedByKind } from './add-ons/unsupported.ts'
import { checkKindAvailability } from './availability/check-kind-availability.ts'
import { createTimings } from './bring-up/timings.ts'
import { openClusterRecords } from './cluster-records.ts'
import { type EngineFacts, readEngineFacts } from './engine/engine-facts.ts'
import { requireEngine } from './engine/open-engine.ts'
import { createNodeImages } from './images/node-images.ts'
import { manifestFolder } from './images/open-images.ts'
import { KindProvider } from './kind-provider.ts'
import { temporaryPrefix } from './labels.ts'
import { type KindSettings, readKindSettings } from './settings.ts'

/** Throws ConfigError for settings that do not parse. */
export async function openKindProvider(options: ProviderOptions): Promise<ClusterProvider> {
  const settings = readKindSettings(options.environment ?? {})
  const folder =
    options.data === undefined
      ? openDataDirectory(temporaryFolder(temporaryPrefix)).path
      : join(options.data, 'kind')
  let opened: Promise<KindProvider> | undefined
  let provider: KindProvider | undefined
  const open = () => {
    opened ??= openProvider(options, settings, folder).then(
      (made) => {
        provider = made
        return made
      },
      (error: unknown) => {
        opened = undefined
        throw error
      },
    )
    return opened
  }
  return {
    name: 'kind',
    async availability(): Promise<Availability> {
      const found = await checkKindAvailability(settings)
      if (found.available) await open()
      return found
    },
    unsupported: (spec) => (provider ? provider.unsupported(spec) : unsupportedByKind(spec)),
    capacity: () => provider?.capacity() ?? 0,
    expectedMs: (setup) => provider?.expectedMs(setup) ?? Number.POSITIVE_INFINITY,
    prepare: (setup, count) => provider?.prepare(setup, count),
    create: async (setup, progress, signal) => await (await open()).create(setup, progress, signal),
    adopt: async () => await (await open()).adopt(),
    discard: async (id) => await (await open()).discard(id),
    dispose: async () => await provider?.dispose(),
  }
}

async function openProvider(
  { timers, log, gateway, data, images = [] }: ProviderOptions,
  settings: KindSettings,
  folder: string,
): Promise<KindProvider> {
  const engine = await requireEngine(settings.engine === 'auto' ? undefined : settings.engine)
  const facts = await readEngineFacts(engine, engineMs)
  const timingsFile = join(folder, 'timings.json')
  const manifests = settings.manifests ?? (data === undefined ? undefined : manifestFolder(data))
  const nodeImages = createNodeImages({
    engine,
    settings,
    lessonImages: images,
    manifests,
    onMissing: (image) =>
      log.warn({ image }, 'an image of lessons is not on this machine: fairlead images pull'),
  })
  // Begun at once, so that the first learner does not wait for it; what goes wrong is told to whoever needs it.
  nodeImages
    .imageFor(clusterSpecSchema.parse({}))
    .catch((error: unknown) => log.warn({ err: error }, 'the node image could not be prepared'))
  return new KindProvider({
    capacity: settings.maxClusters ?? capacityOf(facts),
    unsupported: (spec) => unsupportedByKind(spec, { manifests, missingImages: nodeImages.missing }),
    context: {
      engine,
      kind: findProgram('kind') ?? 'kind',
      settings: { ...settings, manifests },
      records: openClusterRecords(folder),
      timings: createTimings({
        read: () => readText(timingsFile),
        write: (text) => {
          try {
            replaceFileSafely(timingsFile, text)
          } catch (error) {
            // Only an estimate is lost, and the cluster that was timed is whole.
            log.warn({ err: error }, 'how long a cluster took could not be kept')
          }
        },
      }),
      gateway,
      timers,
      log,
      server: serverName(folder),
      nodeImage: nodeImages.imageFor,
    },
  })
}

const engineMs = 5_000

/** Of a cluster of three nodes with an exercise in it: measured 870 MiB, see `npm run bench -- kind`. */
const clusterBytes = 1024 ** 3
/** For the machine itself and this server. */
const restBytes = 2 * 1024 ** 3

function capacityOf({ memoryBytes }: EngineFacts): number {
  return Math.max(1, Math.floor((memoryBytes - restBytes) / clusterBytes))
}

/** The same at every start on this data directory. */
function serverName(folder: string): string {
  const path = join(folder, 'server')
  const known = readText(path)?.trim()
  if (known) return known
  const made = randomBytes(3).toString('hex')
  replaceFileSafely(path, made)
  return made
}
