// A provider whose clusters are a map of files and a terminal that a test drives.
import type { Workspace, WorkspaceChange, WorkspaceFile } from '../../sandbox-server/contract/workspace.ts'
import type {
  Availability,
  Cluster,
  ClusterProvider,
  ClusterSetup,
  LeftCluster,
  ProviderName,
  TerminalSize,
  TerminalStream,
} from '../../sandbox-server/providers/provider.ts'

export class FakeTerminal implements TerminalStream {
  readonly written: string[] = []
  readonly ran: string[] = []
  readonly sizes: TerminalSize[] = []
  disposed = false
  #listeners = new Set<(data: Uint8Array) => void | Promise<void>>()

  write(data: string): void {
    this.written.push(data)
  }
  resize(size: TerminalSize): void {
    this.sizes.push(size)
  }
  onOutput(listener: (data: Uint8Array) => void | Promise<void>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  async run(command: string): Promise<number> {
    this.ran.push(command)
    return command === 'false' ? 1 : 0
  }
  dispose(): void {
    this.disposed = true
  }
  /** Prints; resolves once more may be printed. */
  async print(text: string | Uint8Array): Promise<void> {
    const data = typeof text === 'string' ? new TextEncoder().encode(text) : text
    for (const listener of [...this.#listeners]) await listener(data)
  }
}

export class FakeCluster implements Cluster {
  readonly id: string
  readonly nodes = ['node-a']
  readonly setup: ClusterSetup
  readonly workspace: Workspace
  readonly terminals: FakeTerminal[] = []
  readonly applied: string[] = []
  /** Setups that it was set back to. */
  readonly resets: ClusterSetup[] = []
  disposed = false
  suspended = false
  isAsLeft = false
  checkpoints = 0
  readonly #provider: FakeProvider
  #dirty = new Set<() => void>()
  #lost = new Set<(parts: readonly string[]) => void>()

  constructor(setup: ClusterSetup, provider: FakeProvider) {
    this.id = setup.id
    this.setup = setup
    this.#provider = provider
    this.workspace = memoryWorkspace(setup.files)
  }
  kubernetes = async (request: Request): Promise<Response> => {
    const watch = new URL(request.url).searchParams.has('watch')
    if (watch) return new Response(new ReadableStream())
    return Response.json({ kind: 'List', metadata: { resourceVersion: '1' }, items: [] })
  }
  probe = async () => ({ outcome: 'answered' as const, status: 200, body: 'web', durationMs: 1, hops: [] })
  resolve = async () => ({ code: 'NOERROR', answers: ['10.96.0.9'], queries: ['web A'], durationMs: 1 })
  async apply(manifest: string) {
    this.applied.push(manifest)
    return [{ line: 1, outcome: 'created' as const, object: 'service/web', marks: [] }]
  }
  async openTerminal() {
    const terminal = new FakeTerminal()
    this.terminals.push(terminal)
    return terminal
  }
  kubeconfig = async () => 'apiVersion: v1\nkind: Config\n'
  async checkpoint() {
    this.checkpoints += 1
    if (this.#provider.outlives) return undefined
    return new TextEncoder().encode(`snapshot ${this.checkpoints}`)
  }
  onDirty(listener: () => void) {
    this.#dirty.add(listener)
    return () => this.#dirty.delete(listener)
  }
  becomeDirty(): void {
    for (const listener of this.#dirty) listener()
  }
  onLost(listener: (parts: readonly string[]) => void) {
    this.#lost.add(listener)
    return () => this.#lost.delete(listener)
  }
  lose(...parts: string[]): void {
    for (const listener of this.#lost) listener(parts)
  }
  async reset(setup: ClusterSetup): Promise<boolean> {
    const outcome = await this.#provider.onReset(this)
    if (outcome) this.resets.push(setup)
    return outcome
  }
  async suspend(): Promise<void> {
    if (!this.#provider.outlives) return await this.dispose()
    this.suspended = true
    this.#provider.machine.suspended.set(this.id, this)
    this.#provider.machine.running.delete(this.id)
  }
  async dispose(): Promise<void> {
    this.disposed = true
    this.#provider.machine.running.delete(this.id)
  }
}

/** What is on the machine whatever server runs: clusters that were left running or suspended, and what is half made. */
export interface FakeMachine {
  readonly running: Map<string, FakeCluster>
  readonly suspended: Map<string, FakeCluster>
  readonly halfMade: Set<string>
  /** Epoch milliseconds that suspended clusters were last used. */
  since: number
}

export const fakeMachine = (): FakeMachine => ({
  running: new Map(),
  suspended: new Map(),
  halfMade: new Set(),
  since: 0,
})

export interface FakeProviderOptions {
  readonly name?: ProviderName
  /** Whether its clusters outlive the server, as kind's do. */
  readonly outlives?: boolean
  /** The same for two providers: the second is the first one's after its server was killed. */
  readonly machine?: FakeMachine
}

export class FakeProvider implements ClusterProvider {
  readonly name: ProviderName
  readonly outlives: boolean
  readonly machine: FakeMachine
  readonly clusters: FakeCluster[] = []
  /** Ids that were discarded, in order. */
  readonly discarded: string[] = []
  readonly prepared: { readonly setup: ClusterSetup; readonly count: number }[] = []
  /** Thrown by the next creations, in order; undefined lets one pass. */
  readonly failures: (Error | undefined)[] = []
  /** Awaited by every creation; an abort ends the wait. */
  gate: Promise<void> = Promise.resolve()
  /** What `availability` gives, or how it hangs. */
  look: () => Promise<Availability> = async () => ({ available: true, missing: [] })
  /** Awaited by `adopt`. */
  adopting: Promise<void> = Promise.resolve()
  /** What setting a cluster back comes to. */
  onReset: (cluster: FakeCluster) => Promise<boolean> = async () => false
  room = Number.POSITIVE_INFINITY
  takesMs = 10
  lacks: string | undefined

  constructor({ name = 'simulated', outlives = false, machine = fakeMachine() }: FakeProviderOptions = {}) {
    this.name = name
    this.outlives = outlives
    this.machine = machine
  }

  availability = () => this.look()
  unsupported = () => this.lacks
  capacity = () => this.room
  expectedMs = () => this.takesMs
  prepare(setup: ClusterSetup, count: number): void {
    this.prepared.push({ setup, count })
  }
  async create(
    setup: ClusterSetup,
    progress: Parameters<ClusterProvider['create']>[1],
    signal: AbortSignal,
  ): Promise<Cluster> {
    progress([{ name: 'Start', state: 'running' }])
    this.machine.halfMade.add(setup.id)
    await Promise.race([this.gate, aborted(signal)])
    this.machine.halfMade.delete(setup.id)
    signal.throwIfAborted()
    const failure = this.failures.shift()
    if (failure) throw failure
    const left = this.machine.running.get(setup.id) ?? this.machine.suspended.get(setup.id)
    const cluster = left ? Object.assign(left, { suspended: false }) : new FakeCluster(setup, this)
    cluster.isAsLeft = left !== undefined
    this.machine.suspended.delete(setup.id)
    if (this.outlives) this.machine.running.set(setup.id, cluster)
    this.clusters.push(cluster)
    return cluster
  }
  async adopt(): Promise<readonly LeftCluster[]> {
    await this.adopting
    const { running, suspended, halfMade, since } = this.machine
    halfMade.clear()
    const left = (ids: Iterable<string>, state: LeftCluster['state']) =>
      [...ids].map((id) => ({ id, state, since }))
    return [...left(running.keys(), 'running'), ...left(suspended.keys(), 'suspended')]
  }
  async discard(id: string): Promise<void> {
    this.discarded.push(id)
    this.machine.running.delete(id)
    this.machine.suspended.delete(id)
  }
  async dispose() {}
  get last(): FakeCluster {
    const cluster = this.clusters.at(-1)
    if (!cluster) throw new Error('no cluster was made')
    return cluster
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

export function memoryWorkspace(files: ClusterSetup['files']): Workspace {
  let revision = 0
  const next = () => {
    revision += 1
    return revision
  }
  const kept = new Map<string, WorkspaceFile>(
    files.map(({ path, content }) => [path, { path, content, revision: next() }]),
  )
  const listeners = new Set<(change: WorkspaceChange) => void>()
  const tell = (change: WorkspaceChange) => {
    for (const listener of listeners) listener(change)
  }
  return {
    list: () => [...kept.values()],
    read: (path) => kept.get(path),
    write(path, content, origin) {
      const file = { path, content, revision: next() }
      kept.set(path, file)
      tell({ type: 'written', file, origin })
      return file
    },
    delete(path, origin) {
      if (kept.delete(path)) tell({ type: 'deleted', path, origin })
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
