// The first tables: learners, their progress, answers, attempts, workspaces and terminals.
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const firstStorey: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('learners')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('progress')
      .addColumn('learner', 'text', (column) => column.notNull())
      .addColumn('lesson', 'text', (column) => column.notNull())
      .addColumn('best', 'double precision', (column) => column.notNull())
      .addColumn('out_of', 'double precision', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('last_opened_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('progress_key', ['learner', 'lesson'])
      .execute()
    await db.schema
      .createTable('answers')
      .addColumn('learner', 'text', (column) => column.notNull())
      .addColumn('lesson', 'text', (column) => column.notNull())
      .addColumn('question', 'text', (column) => column.notNull())
      .addColumn('option', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('answers_key', ['learner', 'lesson', 'question'])
      .execute()
    await db.schema
      .createTable('attempts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('learner', 'text', (column) => column.notNull())
      .addColumn('lesson', 'text', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('points', 'double precision', (column) => column.notNull())
      .addColumn('out_of', 'double precision', (column) => column.notNull())
      .addColumn('evidence', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('attempts_by_learner')
      .on('attempts')
      .columns(['learner', 'lesson', 'started_at'])
      .execute()
    await createWorkspaceTables(db)
  },
}

async function createWorkspaceTables(db: Kysely<unknown>): Promise<void> {
  // PostgreSQL's name for bytes; SQLite keeps a blob as it is under any column type.
  const blob = 'bytea'
  await db.schema
    .createTable('workspaces')
    .addColumn('learner', 'text', (column) => column.notNull())
    .addColumn('lesson', 'text', (column) => column.notNull())
    .addColumn('sandbox', 'text', (column) => column.notNull().unique())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('snapshot', blob)
    .addColumn('saved_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('workspaces_key', ['learner', 'lesson'])
    .execute()
  await db.schema
    .createTable('workspace_files')
    .addColumn('learner', 'text', (column) => column.notNull())
    .addColumn('lesson', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('workspace_files_key', ['learner', 'lesson', 'path'])
    .execute()
  await db.schema
    .createTable('terminals')
    .addColumn('learner', 'text', (column) => column.notNull())
    .addColumn('lesson', 'text', (column) => column.notNull())
    .addColumn('end_offset', 'bigint', (column) => column.notNull())
    .addColumn('tail', blob, (column) => column.notNull())
    .addColumn('inputs', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('terminals_key', ['learner', 'lesson'])
    .execute()
  await db.schema
    .createTable('terminal_runs')
    .addColumn('learner', 'text', (column) => column.notNull())
    .addColumn('lesson', 'text', (column) => column.notNull())
    .addColumn('request', 'text', (column) => column.notNull())
    .addColumn('noted_at', 'bigint', (column) => column.notNull())
    .addColumn('exit_code', 'integer')
    .addPrimaryKeyConstraint('terminal_runs_key', ['learner', 'lesson', 'request'])
    .execute()
}
