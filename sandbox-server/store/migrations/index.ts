// Every migration by name, in order. A migration that was released is never changed.
import type { Migration, MigrationProvider } from 'kysely/migration'
import { firstStorey } from './001-first-storey.ts'
import { clustersThatOutliveTheServer } from './002-clusters-that-outlive-the-server.ts'

const migrations: Record<string, Migration> = {
  '001-first-storey': firstStorey,
  '002-clusters-that-outlive-the-server': clustersThatOutliveTheServer,
}

export const migrationProvider: MigrationProvider = { getMigrations: async () => migrations }
