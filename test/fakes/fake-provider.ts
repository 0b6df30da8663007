// A provider whose clusters are a map of files and a terminal that a test drives.
import type { Workspace, WorkspaceChange, WorkspaceFile } from '../../sandbox-server/contract/workspace.ts'
import type {
  Cluster,
  ClusterProvider,
  ClusterSetup,
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
  disposed = false
  checkpoints = 0
  #dirty = new Set<() => void>()

  constructor(setup: ClusterSetup) {
    this.id = setup.id
    this.setup = setup
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
    return new TextEncoder().encode(`snapshot ${this.checkpoints}`)
  }
  onDirty(listener: () => void) {
    this.#dirty.add(listener)
    return () => this.#dirty.delete(listener)
  }
  becomeDirty(): void {
    for (const listener of this.#dirty) listener()
  }
  reset = async () => false
  suspend = () => this.dispose()
  async dispose() {
    this.disposed = true
  }
}

export class FakeProvider implements ClusterProvider {
  readonly name = 'simulated'
  readonly clusters: FakeCluster[] = []
  /** Thrown by the next creations, in order; undefined lets one pass. */
  readonly failures: (Error | undefined)[] = []
  /** Awaited by every creation. */
  gate: Promise<void> = Promise.resolve()

  availability = async () => ({ available: true, missing: [] })
  unsupported = () => undefined
  capacity = () => Number.POSITIVE_INFINITY
  expectedMs = () => 10
  prepare = () => {}
  discard = async () => {}
  async create(setup: ClusterSetup, progress: Parameters<ClusterProvider['create']>[1]): Promise<Cluster> {
    progress([{ name: 'Start', state: 'running' }])
    await this.gate
    const failure = this.failures.shift()
    if (failure) throw failure
    const cluster = new FakeCluster(setup)
    this.clusters.push(cluster)
    return cluster
  }
  adopt = async () => []
  async dispose() {}
  get last(): FakeCluster {
    const cluster = this.clusters.at(-1)
    if (!cluster) throw new Error('no cluster was made')
    return cluster
  }
}

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
