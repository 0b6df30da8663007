// Temporary: stands in for the simulated provider until the simulator is assembled. Echoes what is typed.
import { AppError } from '../contract/errors.ts'
import type { Workspace, WorkspaceChange, WorkspaceFile } from '../contract/workspace.ts'
import type { Cluster, ClusterProvider, ClusterSetup, TerminalStream } from './provider.ts'

export function createStandIn(): ClusterProvider {
  return {
    name: 'simulated',
    availability: async () => ({ available: true, missing: [] }),
    create: async (setup) => standInCluster(setup),
    adopt: async () => [],
    dispose: async () => {},
  }
}

function standInCluster(setup: ClusterSetup): Cluster {
  const workspace = memoryWorkspace(setup.files)
  return {
    id: setup.id,
    nodes: ['fairlead-control-plane', 'fairlead-worker', 'fairlead-worker2'],
    workspace,
    kubernetes: async () =>
      Response.json({ kind: 'List', metadata: { resourceVersion: '1' }, items: [] }, { status: 200 }),
    probe: async () => ({ outcome: 'timeout', durationMs: 0, hops: [] }),
    resolve: async () => ({ code: 'TIMEOUT', answers: [], queries: [], durationMs: 0 }),
    apply: async () => [{ line: 1, outcome: 'failed', object: 'none', message: 'no cluster yet', marks: [] }],
    openTerminal: async () => echoTerminal(),
    kubeconfig: async () => {
      throw new AppError('NOT_FOUND', 'No cluster yet.')
    },
    checkpoint: async () => undefined,
    onDirty: () => () => {},
    dispose: async () => {},
  }
}

function memoryWorkspace(files: ClusterSetup['files']): Workspace {
  const kept = new Map<string, WorkspaceFile>(files.map((file) => [file.path, { ...file, revision: 1 }]))
  const listeners = new Set<(change: WorkspaceChange) => void>()
  const tell = (change: WorkspaceChange) => {
    for (const listener of listeners) listener(change)
  }
  return {
    list: () => [...kept.values()],
    read: (path) => kept.get(path),
    write(path, content, origin) {
      const file = { path, content, revision: (kept.get(path)?.revision ?? 0) + 1 }
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

function echoTerminal(): TerminalStream {
  const listeners = new Set<(data: Uint8Array) => void | Promise<void>>()
  const say = (text: string) => {
    for (const listener of listeners) void listener(new TextEncoder().encode(text))
  }
  setTimeout(() => say('$ '), 10)
  return {
    write: (data) => say(data.replaceAll('\r', '\r\n$ ')),
    resize: () => {},
    onOutput(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async run(command) {
      say(`${command}\r\n$ `)
      return 0
    },
    dispose: () => listeners.clear(),
  }
}
