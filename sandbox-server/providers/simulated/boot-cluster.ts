// A cluster in an exercise's start state: booted once in simulated time, and brought back from that picture for everybody after.
import { createHash, randomInt } from 'node:crypto'
import type { Step } from '../../contract/sandbox.ts'
import type { Timers } from '../../platform/host-timers.ts'
import { namespaces } from '../../simulator/api/resources.ts'
import type { ClusterSnapshot, SimulatedCluster } from '../../simulator/cluster.ts'
import { createCluster } from '../../simulator/cluster-assembly/create-cluster.ts'
import { applyManifest } from '../manifest/apply-manifest.ts'
import type { ClusterSetup } from '../provider.ts'
import { createSteps } from '../steps.ts'
import { simulatedSpec } from './simulated-spec.ts'
import { createSpareClusters } from './spare-clusters.ts'
import { isThere } from './wait-for.ts'

/** Simulated time that a fresh cluster may take until all that its exercise waits for is there. */
const bootLimitMs = 180_000
/** A fresh cluster boots in simulated time; it begins a while ago, so that it is not ahead of the learner's clock when ready. */
const bootsAgoMs = 60_000
/** A picture's clusters are this much behind the host's clock at most. */
const pictureAgeMs = 10 * 60_000
const keptPictures = 40

interface Picture {
  readonly takenAt: number
  /** ClusterSnapshot as JSON: every cluster gets objects of its own. */
  readonly json: string
}

export interface BootCluster {
  boot(setup: ClusterSetup, progress: (steps: readonly Step[]) => void): Promise<SimulatedCluster>
  dispose(): void
}

export function createBootCluster(timers: Timers): BootCluster {
  const pictures = new Map<string, Picture>()
  const booting = new Map<string, Promise<void>>()
  const spares = createSpareClusters(timers, pictureAgeMs)

  /** Boots a cluster for the picture of it. */
  const take = async (key: string, setup: ClusterSetup, progress: (steps: readonly Step[]) => void) => {
    const simulated = await bootFresh(setup, progress, timers)
    pictures.delete(key)
    pictures.set(key, { takenAt: timers.now(), json: JSON.stringify(simulated.snapshot()) })
    for (const oldest of pictures.keys()) {
      if (pictures.size <= keptPictures) break
      pictures.delete(oldest)
    }
    simulated.dispose()
  }

  return {
    async boot(setup, progress) {
      const key = pictureKey(setup)
      const known = pictures.get(key)
      if (known === undefined || timers.now() - known.takenAt > pictureAgeMs) {
        const taking = booting.get(key) ?? take(key, setup, progress)
        booting.set(key, taking)
        await taking.finally(() => booting.delete(key))
      }
      const picture = pictures.get(key)
      if (!picture) throw new Error('the cluster was booted and is not there')
      const steps = createSteps(['Start your cluster'], progress, () => performance.now())
      const make = () => fromPicture(setup.exercise, picture)
      return await steps.run('Start your cluster', () => spares.take(key, make) ?? make())
    },
    dispose: () => spares.dispose(),
  }
}

/** The cluster's clock goes on where the picture was taken: a pod that was a minute old then is a minute old now. */
async function fromPicture(
  { cluster, namespace, waitFor }: ClusterSetup['exercise'],
  picture: Picture,
): Promise<SimulatedCluster> {
  const snapshot = JSON.parse(picture.json) as ClusterSnapshot
  const spec = simulatedSpec(cluster)
  const simulated = await createCluster({ spec, seed: randomInt(2 ** 32), startsAt: 0, snapshot })
  await becomeReady(simulated, waitFor, namespace)
  return simulated
}

/** Time stands still but for what is waited for, so that a minute of starting containers takes some milliseconds. */
async function bootFresh(
  setup: ClusterSetup,
  progress: (steps: readonly Step[]) => void,
  timers: Timers,
): Promise<SimulatedCluster> {
  const names = ['Start the nodes', 'Apply the exercise', 'Wait for its pods']
  const steps = createSteps(names, progress, () => performance.now())
  const { cluster, namespace, waitFor } = setup.exercise
  const spec = simulatedSpec(cluster)
  const simulated = await steps.run('Start the nodes', () =>
    createCluster({ spec, seed: seedOf(pictureKey(setup)), startsAt: timers.now() - bootsAgoMs }),
  )
  try {
    await steps.run('Apply the exercise', () => applyStart(simulated, setup))
    await steps.run('Wait for its pods', () => becomeReady(simulated, waitFor, namespace))
    return simulated
  } catch (error) {
    simulated.dispose()
    throw error
  }
}

async function applyStart(simulated: SimulatedCluster, setup: ClusterSetup): Promise<void> {
  const { namespace } = setup.exercise
  const kubernetes = (request: Request) => simulated.handle(request)
  const space = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await applyManifest(space, { kubernetes, namespace })
  await accountsThere(simulated)
  for (const { path, content } of setup.applied) {
    // Time stands still, and a pod needs the account of a namespace that comes before it in the file.
    const afterEach = () => accountsThere(simulated)
    const applied = await applyManifest(content, { kubernetes, namespace, afterEach })
    const failed = applied.find((document) => document.outcome === 'failed')
    if (failed) throw new Error(`${path}:${failed.line}: ${failed.object}: ${failed.message}`)
  }
}

/** Lets time pass until every namespace has its default account. */
async function accountsThere({ clock, objects }: SimulatedCluster): Promise<void> {
  const isComplete = () =>
    objects
      .list(namespaces)
      .every(({ metadata }) => isThere(objects, 'serviceaccount/default', metadata.name))
  await clock.runUntil(isComplete, 10_000)
}

async function becomeReady(
  simulated: SimulatedCluster,
  waitFor: readonly string[],
  namespace: string,
): Promise<void> {
  const missing = () => waitFor.filter((wanted) => !isThere(simulated.objects, wanted, namespace))
  const isReady = await simulated.clock.runUntil(() => missing().length === 0, bootLimitMs)
  if (!isReady) throw new Error(`${missing().join(', ')} did not become ready within ${bootLimitMs / 1000} s`)
}

function pictureKey({ exercise, applied }: ClusterSetup): string {
  const { cluster, namespace, waitFor } = exercise
  return createHash('sha256')
    .update(JSON.stringify({ cluster, namespace, waitFor, applied }))
    .digest('base64')
}

/** 32 bits of a hash. */
export function seedOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0)
}
