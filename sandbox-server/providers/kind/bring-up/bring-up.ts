// Makes a kind cluster from nothing to `ready`, as steps that its learner sees; what fails or is called off leaves nothing.
import { AppError } from '../../../contract/errors.ts'
import type { ClusterSpec } from '../../../contract/lesson.ts'
import type { Step } from '../../../contract/sandbox.ts'
import { createSteps, type Steps } from '../../steps.ts'
import { createKubernetesClient } from '../api/kubernetes-client.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { removeCluster } from '../engine/inventory.ts'
import { createClusterNetwork } from '../engine/networks.ts'
import { clusterLabel, folderLabel, roleLabel, serverLabel } from '../labels.ts'
import { readAdminAccess } from './admin-access.ts'
import { type ClusterPlanOptions, nodeVolume, planCluster } from './cluster-plan.ts'
import type { NodeLimits } from './engine-shim.ts'
import { waitForCluster } from './first-contact.ts'
import { waitForTraffic } from './first-traffic.ts'
import { isPassing, kindFailure } from './kind-failure.ts'
import type { KindEvent, KindPart } from './kind-progress.ts'
import { readNodeLog } from './node-log.ts'
import { runKind } from './run-kind.ts'

/** What others add to a cluster. Each rejects at an abort of its signal, and is waited for before anything is removed. */
export interface BringUpHooks {
  /** Network plugin, Ingress controller, load balancer: applied once the API answers, and waited for. */
  addOns(record: ClusterRecord, spec: ClusterSpec, signal: AbortSignal): Promise<void>
  /** Makes and starts the learner's container on the network; the API is not there yet. */
  toolbox(record: ClusterRecord, signal: AbortSignal): Promise<void>
  /** The learner's identity and what it may do; gives the record with it. */
  access(record: ClusterRecord, signal: AbortSignal): Promise<ClusterRecord>
}

/** Keeps records on disk, each in a folder of its own. */
export interface RecordStore {
  folder(name: string): string
  save(record: ClusterRecord): void
  /** With its folder. */
  remove(name: string): void
}

export interface BringUpOptions {
  readonly engine: ContainerEngine
  readonly kind: string
  readonly server: string
  readonly nodeImage: string
  readonly limits: NodeLimits
  /** Every cluster's network is a /24 of it. */
  readonly subnets: string
  readonly cluster: Omit<ClusterPlanOptions, 'subnet' | 'now'>
  readonly records: RecordStore
  readonly hooks: BringUpHooks
  readonly progress: (steps: readonly Step[]) => void
  readonly signal: AbortSignal
}

/**
 * Throws AppError PROVIDER_FAILED whose `log` is the end of what kind printed, or the signal's reason; by then all that was
 * made has been removed again, the record too.
 */
export async function bringUp(options: BringUpOptions): Promise<ClusterRecord> {
  try {
    return await bringUpOnce(options)
  } catch (error) {
    options.signal.throwIfAborted()
    if (!isPassing(error)) throw error
    return await bringUpOnce(options)
  }
}

async function bringUpOnce(options: BringUpOptions): Promise<ClusterRecord> {
  const { engine, records, cluster, signal } = options
  const steps = createSteps(stepNames(cluster.spec), options.progress, () => performance.now())
  try {
    return await make(options, steps)
  } catch (error) {
    steps.fail(error instanceof Error ? error.message : String(error))
    try {
      await removeCluster(engine, cluster.name)
      records.remove(cluster.name)
    } catch (cause) {
      // Its record says `starting`: it is removed with all that it made by the next look at what was left behind.
      signal.throwIfAborted()
      throw withHint(error, `Parts of it could not be removed (${String(cause)}). Run fairlead sandbox gc.`)
    }
    signal.throwIfAborted()
    throw error
  }
}

async function make(options: BringUpOptions, steps: Steps): Promise<ClusterRecord> {
  const { engine, records, hooks, cluster } = options
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const running: Promise<unknown>[] = []
  /** Whatever fails first ends the others, and nothing of them runs on while their work is removed. */
  const beside = <T>(work: Promise<T>): Promise<T> => {
    running.push(work)
    work.catch((error: unknown) => failed.abort(error))
    return work
  }
  try {
    let record = await beside(prepare(options, steps, signal))
    beside(steps.run(step.toolbox, () => hooks.toolbox(record, signal)))
    let onControlPlane = () => {}
    const controlPlane = new Promise<void>((resolve) => {
      onControlPlane = resolve
    })
    const kind = beside(
      runKind({
        ...options,
        record,
        folder: records.folder(record.name),
        onEvent: (event) => {
          showEvent(event, record.spec, steps)
          if (event.part === 'controlPlane' && event.state === 'done') onControlPlane()
        },
        nodeLog: () => readNodeLog(engine, record.nodes),
        signal,
      }),
    )
    await Promise.race([controlPlane, kind])
    record = { ...record, ...(await beside(readAdminAccess(engine, controlPlaneOf(record), signal))) }
    records.save(record)
    const access = beside(hooks.access(record, signal))
    const addOns = beside(
      hooks.addOns(record, cluster.spec, signal).then(() => {
        if (record.spec.cni !== 'kindnet') steps.end(step.cni)
      }),
    )
    await kind
    steps.begin(step.firstContact)
    await beside(makeFirstContact(record, signal))
    await beside(waitForTraffic(engine, record, { signal }))
    await addOns
    steps.end(step.extras)
    record = { ...record, learner: (await access).learner }
    await Promise.all(running)
    record = { ...record, phase: 'ready', usedAt: Date.now() }
    records.save(record)
    steps.end(step.firstContact)
    return record
  } catch (error) {
    failed.abort(error)
    await Promise.allSettled(running)
    // The first reason: what was ended by it only says so.
    throw failed.signal.reason ?? error
  }
}

const step = {
  image: 'Node image',
  network: 'Container network',
  nodes: 'Node containers',
  controlPlane: 'Control plane',
  cni: 'Network plugin',
  extras: 'Storage and extras',
  workers: 'Workers join',
  toolbox: 'Your terminal',
  firstContact: 'First contact',
} as const

function stepNames(spec: ClusterSpec): string[] {
  return Object.values(step).filter(
    (name) => (name !== step.workers || spec.nodes > 1) && (name !== step.cni || spec.cni !== 'none'),
  )
}

const begins: Partial<Record<KindPart, string>> = {
  nodes: step.nodes,
  configuration: step.controlPlane,
  cni: step.cni,
  storage: step.extras,
  workers: step.workers,
}
const ends: Partial<Record<KindPart, string>> = {
  nodes: step.nodes,
  controlPlane: step.controlPlane,
  cni: step.cni,
  workers: step.workers,
}

function showEvent({ part, state }: KindEvent, spec: ClusterSpec, steps: Steps): void {
  const name = state === 'running' ? begins[part] : state === 'done' ? ends[part] : undefined
  if (name !== undefined) state === 'running' ? steps.begin(name) : steps.end(name)
  // Another plugin than kind's own is applied once the control plane is there.
  const isOwnPlugin = spec.cni !== 'kindnet' && spec.cni !== 'none'
  if (isOwnPlugin && part === 'controlPlane' && state === 'done') steps.begin(step.cni)
}

/** The record on disk, then everything that kind finds there: image, network, volumes. */
async function prepare(options: BringUpOptions, steps: Steps, signal: AbortSignal): Promise<ClusterRecord> {
  const planned = planCluster({ ...options.cluster, subnet: unknownSubnet, now: Date.now() })
  options.records.save(planned)
  const [record] = await Promise.all([
    steps.run(step.network, () => makeNetwork(options, planned, signal)),
    steps.run(step.image, () => findImage(options, signal)),
  ])
  return record
}

/** In a record before its network is there. */
const unknownSubnet = '0.0.0.0/24'

async function makeNetwork(
  options: BringUpOptions,
  planned: ClusterRecord,
  signal: AbortSignal,
): Promise<ClusterRecord> {
  const { engine, records, server, cluster, subnets } = options
  const { name, spec } = cluster
  const labels = (role: string) => ({ [serverLabel]: server, [clusterLabel]: name, [roleLabel]: role })
  const networkLabels = { ...labels('network'), [folderLabel]: records.folder(name) }
  const network = { name, labels: networkLabels, pool: subnets, isDual: spec.ipFamily === 'dual', signal }
  const [{ subnet }] = await Promise.all([
    createClusterNetwork(engine, network),
    ...planned.nodes.map(({ container }) =>
      engine.run(['volume', 'create', ...labelArgs(labels('volume')), nodeVolume(container)], { signal }),
    ),
  ])
  const record = planCluster({ ...cluster, subnet, now: planned.createdAt })
  records.save(record)
  return record
}

function labelArgs(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`])
}

/** kind would pull it; nothing is pulled while a learner waits. */
async function findImage({ engine, nodeImage }: BringUpOptions, signal: AbortSignal): Promise<void> {
  try {
    await engine.run(['image', 'inspect', '--format', '{{.Id}}', nodeImage], { signal })
  } catch (error) {
    signal.throwIfAborted()
    const { log = '' } = error instanceof AppError ? error : {}
    if (!/no such|not found|not known/i.test(log)) throw error
    throw new AppError('PROVIDER_FAILED', `The node image ${nodeImage} is not on this machine.`, {
      hint: 'Run fairlead images pull, or fairlead images load with a bundle.',
      log,
    })
  }
}

/**
 * What kind leaves behind that nobody may use any more: its bootstrap token is the same in every cluster of the world, and
 * whoever holds it may join as a node.
 */
async function makeFirstContact(record: ClusterRecord, signal: AbortSignal): Promise<void> {
  if (!record.api)
    throw new AppError('INTERNAL', `The record of ${record.name} holds no way to its API server.`)
  const client = createKubernetesClient(record.api)
  try {
    const token = 'http://cluster/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef'
    const removed = await client.kubernetes(new Request(token, { method: 'DELETE', signal }))
    await removed.body?.cancel()
    await waitForCluster({ kubernetes: client.kubernetes, record, signal, now: () => performance.now() })
  } finally {
    await client.dispose()
  }
}

function controlPlaneOf({ name, nodes: [controlPlane] }: ClusterRecord): string {
  if (!controlPlane) throw new AppError('INTERNAL', `The record of ${name} holds no node.`)
  return controlPlane.container
}

function withHint(error: unknown, hint: string): AppError {
  const known = error instanceof AppError ? error : kindFailure(String(error))
  return new AppError(known.code, known.message, {
    hint: [known.hint, hint].join(' '),
    log: known.log,
    cause: error,
  })
}
