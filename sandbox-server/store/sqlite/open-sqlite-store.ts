// The embedded default: one SQLite file under the data directory.
import { Kysely, SqliteDialect } from 'kysely'
import { openKyselyStore } from '../open-kysely-store.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { openNodeSqlite } from './node-sqlite-database.ts'

/** `path` may be ':memory:'. */
export function openSqliteStore(path: string): Promise<Store> {
  return openKyselyStore(
    new Kysely<Tables>({ dialect: new SqliteDialect({ database: openNodeSqlite(path) }) }),
  )
}
