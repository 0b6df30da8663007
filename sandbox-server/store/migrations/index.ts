// Every migration by name, in order. A migration that was released is never changed.
import type { Migration, MigrationProvider } from 'kysely/migration'
import { firstStorey } from './001-first-storey.ts'

const migrations: Record<string, Migration> = { '001-first-storey': firstStorey }

export const migrationProvider: MigrationProvider = { getMigrations: async () => migrations }
