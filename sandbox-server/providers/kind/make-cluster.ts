// Makes a cluster from nothing to an exercise's start state, and removes all of it where that fails.
import type { Step } from '../../contract/sandbox.ts'
import type { ClusterSetup } from '../provider.ts'
import { createSteps } from '../steps.ts'
import { grantAccess } from './access/grant-access.ts'
import { createLearnerIdentity } from './access/learner-identity.ts'
import { removeBootstrapTokens } from './access/remove-bootstrap-tokens.ts'
import { installAddOns } from './add-ons/install-add-ons.ts'
import { createKubernetesClient, type KubernetesClient } from './api/kubernetes-client.ts'
import { type BringUpHooks, bringUp } from './bring-up/bring-up.ts'
import { nodeShellFolderIn, writeBaseline } from './cluster-files.ts'
import type { ClusterRecord } from './cluster-record.ts'
import { changeRecord, type KindContext } from './context.ts'
import { removeCluster } from './engine/inventory.ts'
import { takeBaseline } from './reset/baseline.ts'
import { applyStartState } from './start-state.ts'
import { startStateKey } from './start-state-key.ts'
import { startToolbox } from './toolbox/start-toolbox.ts'

export interface MakeClusterOptions {
  readonly name: string
  /** The sandbox that it is for; undefined for one that is kept warm. */
  readonly owner: string | undefined
  readonly setup: ClusterSetup
  readonly progress: (steps: readonly Step[]) => void
  readonly signal: AbortSignal
}

const startStep = 'Start state of the exercise'

/** Throws what `bringUp` and `applyStartState` throw; by then nothing of it is left. */
export async function makeCluster(context: KindContext, options: MakeClusterOptions): Promise<ClusterRecord> {
  const { engine, records, settings, timings, timers } = context
  const { name, owner, setup, progress, signal } = options
  const { cluster: spec, access } = setup.exercise
  const nodeImage = await context.nodeImage(spec)
  signal.throwIfAborted()
  const startedAt = timers.now()
  let made: readonly Step[] = []
  const steps = createSteps(
    [startStep],
    (last) => progress([...made, ...last]),
    () => performance.now(),
  )
  const record = await bringUp({
    engine,
    kind: context.kind,
    server: context.server,
    nodeImage,
    limits: { memoryMb: settings.nodeMemoryMb, cpus: settings.nodeCpus, pids: settings.nodePids },
    subnets: settings.subnets,
    cluster: { name, spec, access, owner },
    records: { folder: records.folderOf, save: records.write, remove: records.remove },
    hooks: hooksOf(context),
    progress: (reported) => {
      made = reported
      progress([...reported, { name: startStep, state: 'waiting' }])
    },
    signal,
  })
  try {
    await withClient(record, async ({ kubernetes }) => {
      await steps.run(startStep, async () => {
        // All nodes have joined; and no reset must bring them back, so before the baseline.
        await removeBootstrapTokens(kubernetes)
        writeBaseline(records.folderOf(name), await takeBaseline(kubernetes))
        await applyStartState(kubernetes, setup, signal)
      })
    })
    timings.measured(spec, timers.now() - startedAt)
    return changeRecord(context, name, { startState: startStateKey(setup) })
  } catch (error) {
    await removeCluster(engine, name)
    records.remove(name)
    throw error
  }
}

function hooksOf(context: KindContext): BringUpHooks {
  return {
    addOns: (record, spec, signal) =>
      withClient(record, ({ kubernetes }) =>
        installAddOns(kubernetes, spec, { ...record, manifests: context.settings.manifests }, signal),
      ),
    toolbox: (record, signal) => makeToolbox(context, record, signal),
    access: (record, signal) =>
      withClient(record, async ({ kubernetes }) => {
        const [learner] = await Promise.all([
          createLearnerIdentity(kubernetes, signal, record.access.clusterAdmin ? administrator : undefined),
          grantAccess(kubernetes, { access: record.access, namespace: 'default' }),
        ])
        return { ...record, learner }
      }),
  }
}

/** The name that kind's own kubeconfig gives to whoever may do everything. */
const administrator = 'kubernetes-admin'

/** The learner's own container. */
export async function makeToolbox(
  { engine, server, settings, records }: KindContext,
  record: ClusterRecord,
  signal: AbortSignal,
): Promise<void> {
  const { toolboxMemoryMb: memoryMb, toolboxCpus: cpus, toolboxPids: pids } = settings
  const nodeShellFolder = record.access.nodeShell
    ? nodeShellFolderIn(records.folderOf(record.name))
    : undefined
  const limits = { memoryMb, cpus, pids }
  await startToolbox(
    engine,
    { record, server, image: settings.toolboxImage, limits, nodeShellFolder },
    signal,
  )
}

/** The API as an administrator, for as long as `act` takes. */
export async function withClient<T>(
  record: ClusterRecord,
  act: (client: KubernetesClient) => Promise<T>,
): Promise<T> {
  if (!record.api) throw new Error(`the record of ${record.name} holds no way to its API server`)
  const client = createKubernetesClient(record.api)
  try {
    return await act(client)
  } finally {
    await client.dispose()
  }
}
