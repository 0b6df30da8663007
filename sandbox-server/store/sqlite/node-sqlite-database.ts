// node:sqlite in the shape that Kysely's SQLite dialect asks of its driver.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

const keptStatements = 200

/** Prepared statements are kept by their text: the store's queries are few and repeat. */
export function openNodeSqlite(path: string): SqliteDatabase {
  const database = new DatabaseSync(path)
  // WAL with synchronous=NORMAL: a commit survives the end of the process; only a power cut may take the last ones.
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = normal')
  database.exec('pragma busy_timeout = 2000')
  database.exec('pragma foreign_keys = on')
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = statements.get(sql)
      if (known) return known
      const made = statement(database.prepare(sql))
      // Schema statements are run once; keeping them would outlive the schema that they were prepared for.
      if (/^\s*(select|insert|update|delete)\b/i.test(sql)) {
        if (statements.size >= keptStatements) statements.clear()
        statements.set(sql, made)
      }
      return made
    },
  }
}

function statement(prepared: StatementSync): SqliteStatement {
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...values(parameters)),
    run: (parameters) => prepared.run(...values(parameters)),
    iterate: (parameters) => prepared.iterate(...values(parameters)),
  }
}

const values = (parameters: ReadonlyArray<unknown>) => parameters as SQLInputValue[]
