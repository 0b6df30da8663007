// A learner's files and the checkpoint of their cluster, lesson by lesson.
import type { Kysely } from 'kysely'
import type { SandboxId } from '../contract/ids.ts'
import type { KeptFile, Store, WorkKey } from './store.ts'
import type { Tables } from './tables.ts'

export function createWorkspaces(db: Kysely<Tables>): Store['workspaces'] {
  const change = (key: WorkKey, values: { snapshot: Uint8Array | null; saved_at?: number }) =>
    db
      .updateTable('workspaces')
      .set(values)
      .where('learner', '=', key.learner)
      .where('lesson', '=', key.lesson)
      .execute()
  return {
    async read({ learner, lesson }) {
      const row = await db
        .selectFrom('workspaces')
        .selectAll()
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .executeTakeFirst()
      if (!row) return undefined
      const files = await db
        .selectFrom('workspace_files')
        .select(['path', 'content', 'revision'])
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .orderBy('path')
        .execute()
      return {
        sandbox: row.sandbox as SandboxId,
        provider: row.provider,
        snapshot: row.snapshot === null ? undefined : new Uint8Array(row.snapshot),
        savedAt: Number(row.saved_at),
        files: files.map((file) => ({ ...file })),
      }
    },
    async create(key, { sandbox, provider, savedAt, files }) {
      await db.transaction().execute(async (tx) => {
        await tx
          .insertInto('workspaces')
          .values({
            learner: key.learner,
            lesson: key.lesson,
            sandbox,
            provider,
            snapshot: null,
            saved_at: savedAt,
          })
          .onConflict((conflict) => conflict.columns(['learner', 'lesson']).doNothing())
          .execute()
        await insertFiles(tx, key, files)
      })
    },
    async saveSnapshot(key, snapshot, at) {
      await change(key, { snapshot, saved_at: at })
    },
    async dropSnapshot(key) {
      await change(key, { snapshot: null })
    },
    async writeFile(key, file) {
      await insertFiles(db, key, [file])
    },
    async deleteFile({ learner, lesson }, path) {
      await db
        .deleteFrom('workspace_files')
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .where('path', '=', path)
        .execute()
    },
    async replaceFiles(key, files) {
      await db.transaction().execute(async (tx) => {
        await tx
          .deleteFrom('workspace_files')
          .where('learner', '=', key.learner)
          .where('lesson', '=', key.lesson)
          .execute()
        await insertFiles(tx, key, files)
      })
    },
  }
}

async function insertFiles(db: Kysely<Tables>, key: WorkKey, files: readonly KeptFile[]): Promise<void> {
  for (const { path, content, revision } of files) {
    await db
      .insertInto('workspace_files')
      .values({ learner: key.learner, lesson: key.lesson, path, content, revision })
      .onConflict((conflict) =>
        conflict.columns(['learner', 'lesson', 'path']).doUpdateSet({ content, revision }),
      )
      .execute()
  }
}
