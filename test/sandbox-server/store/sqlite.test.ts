import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import { storeSuite } from '../../suites/store.ts'

storeSuite('on SQLite', () => {
  const folder = mkdtemp(join(tmpdir(), 'fairlead-store-'))
  return {
    open: async () => await openSqliteStore(join(await folder, 'store.sqlite')),
    remove: async () => await rm(await folder, { recursive: true }),
  }
})
