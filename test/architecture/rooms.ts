// The table of who may import whom, as docs/architecture.md draws it. A new room comes with a row here.

export interface Room {
  /** Folder, relative to the repository. */
  readonly folder: string
  /** Rooms whose files it may import, beside its own. A path that ends in .ts allows that file alone. */
  readonly mayImport: readonly string[]
  /** Whether it runs in a browser too: no node: imports. */
  readonly isomorphic?: boolean
  /** Whether it may import node: modules that reach the operating system. Only platform may, and those with a stated reason. */
  readonly node?: readonly string[]
}

const server = 'sandbox-server'

export const rooms: readonly Room[] = [
  { folder: `${server}/contract`, mayImport: [], isomorphic: true },
  { folder: `${server}/simulator`, mayImport: [`${server}/contract`], isomorphic: true },
  { folder: `${server}/checks`, mayImport: [`${server}/contract`], isomorphic: true },
  { folder: `${server}/platform`, mayImport: [`${server}/contract`] },
  { folder: `${server}/store`, mayImport: [`${server}/contract`, `${server}/platform`] },
  { folder: `${server}/auth`, mayImport: [`${server}/contract`, `${server}/platform`] },
  {
    folder: `${server}/providers/simulated`,
    mayImport: [`${server}/contract`, `${server}/platform`, `${server}/simulator`, `${server}/providers/provider.ts`],
  },
  {
    folder: `${server}/providers`,
    mayImport: [`${server}/contract`, `${server}/platform`, `${server}/providers/simulated`],
  },
]

/** Modules that only platform/ may import. */
export const operatingSystem = ['node:child_process', 'node:fs', 'node:fs/promises', 'child_process', 'fs']
