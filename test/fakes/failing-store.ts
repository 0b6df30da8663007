// A store whose disk a test can fill: what writes a workspace or an attempt fails until there is room again.
import type { Store } from '../../sandbox-server/store/store.ts'

export interface FullDisk {
  full: boolean
}

/** The words of SQLite for SQLITE_FULL. */
const message = 'database or disk is full'
const writes = new Set([
  'writeFile',
  'deleteFile',
  'replaceFiles',
  'create',
  'started',
  'saveSnapshot',
  'setProvider',
  'dropSnapshot',
  'add',
  'opened',
  'touch',
])

export function failingStore(store: Store): { readonly store: Store; readonly disk: FullDisk } {
  const disk: FullDisk = { full: false }
  const failing = <T extends object>(group: T): T =>
    new Proxy(group, {
      get(target, name, receiver) {
        const act: unknown = Reflect.get(target, name, receiver)
        if (typeof act !== 'function' || !writes.has(String(name))) return act
        return async (...args: unknown[]) => {
          if (disk.full) throw new Error(message)
          return await act.apply(target, args)
        }
      },
    })
  const { workspaces, attempts, learners, progress } = store
  return {
    disk,
    store: {
      ...store,
      workspaces: failing(workspaces),
      attempts: failing(attempts),
      learners: failing(learners),
      progress: failing(progress),
    },
  }
}
