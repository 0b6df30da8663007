// Real clusters by kind, one a learner, that outlive this process: made, claimed from the warm ones, woken, suspended, removed.
import { randomBytes } from 'node:crypto'
import type { ClusterSpec } from '../../contract/lesson.ts'
import type { Step } from '../../contract/sandbox.ts'
import type { Cluster, ClusterProvider, ClusterSetup, LeftCluster } from '../provider.ts'
import { createSteps } from '../steps.ts'
import { createHealth, type Health } from './bring-up/health.ts'
import { inspectCluster, suspendCluster, wakeCluster } from './bring-up/suspend.ts'
import { readHomeArchive, removeHomeArchive } from './cluster-files.ts'
import type { ClusterRecord } from './cluster-record.ts'
import { changeRecord, type KindContext } from './context.ts'
import { endLeftExecs } from './engine/exec-mark.ts'
import { listOwned, removeCluster } from './engine/inventory.ts'
import { openKindCluster } from './kind-cluster.ts'
import { makeCluster, makeToolbox, withClient } from './make-cluster.ts'
import { type Claim, WarmPool } from './pool/warm-pool.ts'
import { setBack } from './set-back.ts'
import { configurationKey, configurationOf, startStateKey } from './start-state-key.ts'
import { writeHome } from './toolbox/home-archive.ts'

export interface KindProviderOptions {
  readonly context: KindContext
  /** Clusters that fit on this machine at the same time. */
  readonly capacity: number
  readonly unsupported: (spec: ClusterSpec) => string | undefined
}

type Progress = (steps: readonly Step[]) => void

/** What a claimed cluster needs until its terminal answers, and what setting it to another exercise takes. */
const claimMs = 1_000
const resetMs = 5_000

export class KindProvider implements Omit<ClusterProvider, 'availability'> {
  readonly name = 'kind'
  readonly unsupported: (spec: ClusterSpec) => string | undefined
  readonly #context: KindContext
  readonly #capacity: number
  readonly #pool: WarmPool
  readonly #health: Health
  readonly #open = new Map<string, Cluster>()
  /** kind's names of all clusters that exist or are being made. */
  readonly #names = new Set<string>()

  constructor({ context, capacity, unsupported }: KindProviderOptions) {
    this.#context = context
    this.#capacity = capacity
    this.unsupported = unsupported
    this.#health = createHealth(context)
    this.#pool = new WarmPool({
      log: context.log,
      perExercise: context.settings.warm,
      hasRoom: () => this.#names.size < capacity,
      make: (setup, signal) => this.#make(setup, undefined, () => {}, signal),
      remove: (record) => this.#remove(record),
    })
  }

  capacity(): number {
    return this.#capacity
  }

  expectedMs(setup: ClusterSetup): number {
    const { timings } = this.#context
    const left = this.#left(setup.id)
    if (left) return left.phase === 'suspended' ? timings.expected(left.spec, 'wake') : claimMs
    const offer = this.#pool.offer(setup)
    if (offer === 'exact') return claimMs
    if (offer === 'same configuration') return resetMs
    return timings.expected(setup.exercise.cluster)
  }

  prepare(setup: ClusterSetup, count: number): void {
    this.#pool.prepare(setup, count)
  }

  async create(setup: ClusterSetup, progress: Progress, signal: AbortSignal): Promise<Cluster> {
    signal.throwIfAborted()
    const left = this.#left(setup.id)
    if (left) {
      const again = await this.#comeBack(left, setup, progress, signal)
      if (again) return again
    }
    const record = await this.#obtain(setup, progress, signal)
    try {
      return await this.#enter(record, setup, false, signal)
    } catch (error) {
      await this.#remove(record)
      throw error
    }
  }

  async adopt(): Promise<readonly LeftCluster[]> {
    const { records, engine, server, log } = this.#context
    // Before the records: what is made meanwhile has its record first.
    const labelled = (await listOwned(engine, server)).map(({ cluster }) => cluster)
    const known = records.list()
    const leftOver = records.leftOver()
    for (const one of leftOver) log.warn(one, 'a cluster without a record that can be read is removed')
    const names = new Set(known.map(({ name }) => name))
    const nameless = new Set([...labelled, ...leftOver.map(({ name }) => name)])
    await Promise.all(
      [...nameless]
        .filter((name) => name !== '' && !names.has(name))
        .map(async (name) => {
          await removeCluster(engine, name)
          records.remove(name)
        }),
    )
    const left = await Promise.all(known.map((record) => this.#adoptOne(record)))
    return left.flatMap((one) => (one ? [one] : []))
  }

  async discard(id: string): Promise<void> {
    const record = this.#left(id)
    if (record) await this.#remove(record)
  }

  async dispose(): Promise<void> {
    this.#health.dispose()
    await this.#pool.dispose()
    await Promise.all([...this.#open.values()].map((cluster) => cluster.suspend()))
  }

  #left(id: string): ClusterRecord | undefined {
    return this.#context.records.list().find(({ owner }) => owner === id)
  }

  async #adoptOne(record: ClusterRecord): Promise<LeftCluster | undefined> {
    const { engine, settings } = this.#context
    const state = record.phase === 'starting' ? 'gone' : await inspectCluster(engine, record)
    const isSpare = record.owner === undefined
    if (state === 'gone' || (isSpare && (state !== 'running' || settings.warm === 0))) {
      await this.#remove(record)
      return undefined
    }
    this.#names.add(record.name)
    // Shells and probes of a killed server go on without anybody; ours carry another mark, so nobody need wait for it.
    if (state === 'running') {
      for (const { container } of [record.toolbox, ...record.nodes]) void endLeftExecs(engine, container)
    }
    if (record.owner === undefined) {
      this.#pool.adopt(record)
      return undefined
    }
    const { owner: id, usedAt: since } = record
    return { id, state: state === 'suspended' ? 'suspended' : 'running', since }
  }

  /** The learner's own cluster where it still is; undefined where it cannot come back, and then nothing of it is left. */
  async #comeBack(
    record: ClusterRecord,
    setup: ClusterSetup,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<Cluster | undefined> {
    const { engine, log, timings, timers } = this.#context
    const state = record.phase === 'starting' ? 'gone' : await inspectCluster(engine, record)
    if (state === 'gone' || configurationKey(setup) !== configurationOf(record)) {
      await this.#remove(record)
      return undefined
    }
    this.#names.add(record.name)
    try {
      if (state !== 'running') {
        const startedAt = timers.now()
        const toolbox = (made: ClusterRecord, abort: AbortSignal) => makeToolbox(this.#context, made, abort)
        await wakeCluster(engine, record, { progress, signal, toolbox })
        timings.measured(record.spec, timers.now() - startedAt, 'wake')
      }
      const isHomeBack = state === 'running' || (await this.#bringHomeBack(record))
      changeRecord(this.#context, record.name, { phase: 'ready', usedAt: timers.now() })
      return await this.#enter(record, setup, isHomeBack, signal)
    } catch (error) {
      signal.throwIfAborted()
      log.error({ err: error, cluster: record.name }, 'a cluster did not come back')
      await this.#remove(record)
      return undefined
    }
  }

  async #bringHomeBack({ name, toolbox }: ClusterRecord): Promise<boolean> {
    const folder = this.#context.records.folderOf(name)
    const archive = readHomeArchive(folder)
    if (!archive) return false
    await writeHome(this.#context.engine, toolbox.container, archive)
    removeHomeArchive(folder)
    return true
  }

  /** A cluster in the start state that belongs to the sandbox: a warm one, or a new one. */
  async #obtain(setup: ClusterSetup, progress: Progress, signal: AbortSignal): Promise<ClusterRecord> {
    const claim = this.#pool.claim(setup)
    if (claim) {
      const steps = createSteps([claimStep], progress, () => performance.now())
      const taken = await steps.run(claimStep, () => this.#take(claim, setup, signal))
      if (taken) return taken
    }
    while (this.#names.size >= this.#capacity && (await this.#pool.makeRoom())) signal.throwIfAborted()
    return await this.#make(setup, setup.id, progress, signal)
  }

  async #take({ record, isExact }: Claim, setup: ClusterSetup, signal: AbortSignal) {
    const { timers } = this.#context
    try {
      const owned = changeRecord(this.#context, record.name, { owner: setup.id, usedAt: timers.now() })
      if (isExact) return owned
      const isSetBack = await withClient(owned, ({ kubernetes }) =>
        setBack(this.#context, owned, kubernetes, setup, signal),
      )
      if (isSetBack) return changeRecord(this.#context, record.name, { startState: startStateKey(setup) })
    } catch (error) {
      await this.#remove(record)
      throw error
    }
    await this.#remove(record)
    return undefined
  }

  async #make(
    setup: ClusterSetup,
    owner: string | undefined,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<ClusterRecord> {
    const name = `fairlead-${this.#context.server}-${randomBytes(4).toString('hex')}`
    this.#names.add(name)
    try {
      return await makeCluster(this.#context, { name, owner, setup, progress, signal })
    } catch (error) {
      this.#names.delete(name)
      throw error
    }
  }

  async #enter(record: ClusterRecord, setup: ClusterSetup, isAsLeft: boolean, signal: AbortSignal) {
    const { engine, timers } = this.#context
    const cluster = await openKindCluster(this.#context, {
      record,
      setup,
      isAsLeft,
      signal,
      health: this.#health,
      onSuspend: async () => {
        this.#open.delete(setup.id)
        await suspendCluster(engine, record)
        changeRecord(this.#context, record.name, { phase: 'suspended', usedAt: timers.now() })
      },
      onDispose: async () => {
        this.#open.delete(setup.id)
        await this.#remove(record)
      },
    })
    this.#open.set(setup.id, cluster)
    void this.#pool.refill()
    return cluster
  }

  async #remove({ name }: ClusterRecord): Promise<void> {
    const { engine, records } = this.#context
    await removeCluster(engine, name)
    records.remove(name)
    this.#names.delete(name)
  }
}

const claimStep = 'Take a cluster that waits'
