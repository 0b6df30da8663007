// The store over any database that Kysely speaks to: migrates it, then gives one repository a table group.
import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { AppError } from '../contract/errors.ts'
import { createAttempts } from './attempts.ts'
import { createLearners } from './learners.ts'
import { migrationProvider } from './migrations/index.ts'
import { createProgress } from './progress.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'
import { createTerminals } from './terminals.ts'
import { createWorkspaces } from './workspaces.ts'

/** Owns `db` from now on. Throws AppError INTERNAL where the database is newer than this program or broken. */
export async function openKyselyStore(db: Kysely<Tables>): Promise<Store> {
  const { error } = await new Migrator({ db, provider: migrationProvider }).migrateToLatest()
  if (error) {
    await db.destroy()
    throw new AppError('INTERNAL', `The database cannot be brought up to date: ${(error as Error).message}`, {
      hint: 'Was it written by a newer Fairlead? Start that one, or choose another --data.',
      cause: error,
    })
  }
  return {
    learners: createLearners(db),
    progress: createProgress(db),
    attempts: createAttempts(db),
    workspaces: createWorkspaces(db),
    terminals: createTerminals(db),
    close: () => db.destroy(),
  }
}
