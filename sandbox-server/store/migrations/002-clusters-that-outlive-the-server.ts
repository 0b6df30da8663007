// Clusters that outlive the server: whether the next start makes a new one, and what the learner is told then.
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const clustersThatOutliveTheServer: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('workspaces')
      .addColumn('anew', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema.alterTable('workspaces').addColumn('notice', 'text').execute()
  },
}
