// One kind cluster behind the provider's interface: it only joins what the rooms beside it can do.
import { applyManifest } from '../manifest/apply-manifest.ts'
import type { Cluster, ClusterSetup } from '../provider.ts'
import { learnerKubeconfig } from './access/learner-kubeconfig.ts'
import { createKubernetesClient } from './api/kubernetes-client.ts'
import { proxyEntry } from './api/proxy-entry.ts'
import type { Health } from './bring-up/health.ts'
import { nodeShellFolderIn, writeHomeArchive } from './cluster-files.ts'
import type { ClusterRecord } from './cluster-record.ts'
import { changeRecord, type KindContext } from './context.ts'
import { serveNodeShell } from './node-shell/serve-node-shell.ts'
import { createProbes } from './probe/create-probes.ts'
import { setBack } from './set-back.ts'
import { startStateKey } from './start-state-key.ts'
import { readHome } from './toolbox/home-archive.ts'
import { openToolboxTerminal, type ToolboxTerminal } from './toolbox/terminal.ts'
import { openToolboxWorkspace } from './toolbox/workspace.ts'

export interface KindClusterOptions {
  readonly record: ClusterRecord
  readonly setup: ClusterSetup
  /** Whether its workspace is still as the learner left it; otherwise the exercise's files go there. */
  readonly isAsLeft: boolean
  readonly signal: AbortSignal
  readonly health: Health
  /** Everything of this process is closed by then. */
  readonly onSuspend: () => Promise<void>
  readonly onDispose: () => Promise<void>
}

export async function openKindCluster(context: KindContext, options: KindClusterOptions): Promise<Cluster> {
  const { engine, timers, gateway, records } = context
  const { setup, isAsLeft, signal } = options
  const { record } = options
  const { namespace } = setup.exercise
  const { api, learner } = withCredentials(record)
  const admin = createKubernetesClient(api)
  const asLearner = createKubernetesClient({ ...api, ...learner })
  const probes = createProbes({ engine, record, kubernetes: admin.kubernetes })
  const server = `https://${record.nodes[0]?.address}:6443`
  const kubeconfig = learnerKubeconfig({ server, authority: api.authority, ...learner, namespace })
  const closers: (() => Promise<void> | void)[] = [() => probes.dispose(), admin.dispose, asLearner.dispose]
  const terminals = new Set<ToolboxTerminal>()
  const close = async () => {
    const open = [...terminals]
    for (const terminal of open) terminal.dispose()
    await Promise.all(open.map(({ ended }) => ended))
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const workspace = await openToolboxWorkspace(engine, record.toolbox.container, {
      files: setup.files,
      kubeconfig,
      timers,
      // Greater than any that a page knows from an earlier process.
      lastRevision: timers.now(),
    })
    closers.push(() => workspace.dispose())
    if (!isAsLeft) await workspace.replaceAll(setup.files)
    if (record.access.nodeShell) {
      const socketFolder = nodeShellFolderIn(records.folderOf(record.name))
      const onEntered = () => void changeRecord(context, record.name, { nodesEntered: true })
      const nodeShell = await serveNodeShell(engine, record, { socketFolder, onEntered, signal })
      closers.push(() => nodeShell.close())
    }
    /** A toolbox that was killed has none; the files that editors know are in the store. */
    const keepHome = async () => {
      await workspace.flushed()
      writeHomeArchive(records.folderOf(record.name), await readHome(engine, record.toolbox.container))
    }
    const lostListeners = new Set<(parts: readonly string[]) => void>()
    let isHomeLost = false
    closers.push(
      options.health.watch(record, ({ parts }) => {
        isHomeLost = parts.includes('terminal')
        for (const listener of lostListeners) listener(parts)
      }),
    )
    const registered = gateway.register(setup.id, proxyEntry({ ...api, ...learner }), namespace)
    closers.push(() => registered.close())
    return {
      id: setup.id,
      nodes: record.nodes.map(({ name }) => name),
      isAsLeft,
      workspace,
      kubernetes: admin.kubernetes,
      probe: probes.probe,
      resolve: probes.resolve,
      // As the learner, so that the page's Apply may do no more than kubectl in the terminal.
      apply: (manifest) => applyManifest(manifest, { kubernetes: asLearner.kubernetes, namespace }),
      async openTerminal(size) {
        const terminal = openToolboxTerminal(engine, record.toolbox.container, size, {
          timers,
          beforeCommand: () => workspace.flushed(),
          afterCommand: () => workspace.refresh(),
        })
        terminals.add(terminal)
        void terminal.ended.then(() => terminals.delete(terminal))
        return terminal
      },
      kubeconfig: () => registered.kubeconfig(),
      // It outlives this process, and its files are told at every change.
      checkpoint: async () => undefined,
      onDirty: () => () => {},
      onLost(listener) {
        lostListeners.add(listener)
        return () => lostListeners.delete(listener)
      },
      async reset(next, resetSignal) {
        const now = records.read(record.name) ?? record
        if (!(await setBack(context, now, admin.kubernetes, next, resetSignal))) return false
        await workspace.replaceAll(next.files)
        changeRecord(context, record.name, { startState: startStateKey(next) })
        return true
      },
      async suspend() {
        // A terminal that started anew has nothing of the learner's; the files that editors know are in the store.
        if (!isHomeLost) {
          await keepHome().catch((error: unknown) =>
            context.log.warn(
              { err: error, cluster: record.name },
              'the home of a terminal could not be kept',
            ),
          )
        }
        await close()
        await options.onSuspend()
      },
      async dispose() {
        await close()
        await options.onDispose()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

function withCredentials({ name, api, learner }: ClusterRecord) {
  if (api && learner) return { api, learner }
  throw new Error(`the record of ${name} lacks credentials`)
}
