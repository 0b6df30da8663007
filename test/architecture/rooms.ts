// The table of who may import whom, as docs/architecture.md draws it. A new room comes with a row here.

export interface Room {
  /** Folder, relative to the repository. */
  readonly folder: string
  /** Rooms whose files it may import, beside its own. A path that ends in .ts allows that file alone. */
  readonly mayImport: readonly string[]
  /** Whether it runs in a browser too: no node: imports. */
  readonly isomorphic?: boolean
}

const server = 'sandbox-server'

export const rooms: readonly Room[] = [
  { folder: `${server}/contract`, mayImport: [], isomorphic: true },
  { folder: `${server}/simulator`, mayImport: [`${server}/contract`], isomorphic: true },
  { folder: `${server}/checks`, mayImport: [`${server}/contract`], isomorphic: true },
  { folder: `${server}/platform`, mayImport: [`${server}/contract`] },
  { folder: `${server}/store`, mayImport: [`${server}/contract`, `${server}/platform`] },
  { folder: `${server}/auth`, mayImport: [`${server}/contract`, `${server}/platform`] },
  { folder: `${server}/providers/api-gateway`, mayImport: [`${server}/contract`] },
  {
    folder: `${server}/providers/simulated`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/simulator`,
      `${server}/providers/provider.ts`,
      `${server}/providers/provider-options.ts`,
      `${server}/providers/manifest`,
      `${server}/providers/steps.ts`,
      `${server}/providers/workspace-rules.ts`,
      `${server}/providers/readiness.ts`,
      `${server}/providers/api-gateway`,
    ],
  },
  {
    folder: `${server}/providers/kind`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/providers/provider.ts`,
      `${server}/providers/provider-options.ts`,
      `${server}/providers/manifest`,
      `${server}/providers/steps.ts`,
      `${server}/providers/workspace-rules.ts`,
      `${server}/providers/readiness.ts`,
      `${server}/providers/api-gateway`,
    ],
  },
  {
    folder: `${server}/providers`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/providers/api-gateway`,
      `${server}/providers/simulated`,
      `${server}/providers/kind`,
    ],
  },
  {
    folder: `${server}/lessons-catalog`,
    mayImport: [`${server}/contract`, `${server}/platform`],
  },
  {
    folder: `${server}/terminals`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/store`,
      `${server}/providers/provider.ts`,
    ],
  },
  {
    folder: `${server}/sandboxes`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/checks`,
      `${server}/store`,
      `${server}/terminals`,
      `${server}/lessons-catalog`,
      `${server}/providers/provider.ts`,
    ],
  },
  {
    folder: `${server}/proofs`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/checks`,
      `${server}/lessons-catalog`,
      `${server}/providers/provider.ts`,
    ],
  },
  {
    folder: `${server}/http`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/auth`,
      `${server}/store`,
      `${server}/sandboxes`,
      `${server}/terminals`,
      `${server}/lessons-catalog`,
    ],
  },
  {
    folder: `${server}/ws`,
    mayImport: [
      `${server}/contract`,
      `${server}/platform`,
      `${server}/auth`,
      `${server}/store`,
      `${server}/sandboxes`,
      `${server}/terminals`,
      `${server}/lessons-catalog`,
    ],
  },
  {
    folder: `${server}/cli`,
    mayImport: [`${server}/main.ts`, `${server}/contract`, `${server}/platform`],
  },
  {
    folder: 'src/simulator-worker',
    mayImport: ['src', `${server}/contract`, `${server}/checks`, `${server}/simulator`],
  },
  { folder: 'src', mayImport: [`${server}/contract`, `${server}/checks`] },
]

/** Modules that only platform/ may import. */
export const operatingSystem = [
  'node:child_process',
  'node:fs',
  'node:fs/promises',
  'child_process',
  'fs',
  'execa',
  '@lydell/node-pty',
]
