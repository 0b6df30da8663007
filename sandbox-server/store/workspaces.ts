// A learner's files and the checkpoint of their cluster, lesson by lesson.
import type { Kysely } from 'kysely'
import { learnerIdSchema, lessonSlugSchema, type SandboxId } from '../contract/ids.ts'
import type { KeptFile, Store, WorkKey } from './store.ts'
import type { Tables } from './tables.ts'

export function createWorkspaces(db: Kysely<Tables>): Store['workspaces'] {
  const change = (key: WorkKey, values: Partial<Tables['workspaces']>, within: Kysely<Tables> = db) =>
    within
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
        anew: row.anew !== 0,
        notice: row.notice ?? undefined,
        files: files.map((file) => ({ ...file })),
      }
    },
    async findBySandbox(sandbox) {
      const row = await db
        .selectFrom('workspaces')
        .select(['learner', 'lesson'])
        .where('sandbox', '=', sandbox)
        .executeTakeFirst()
      if (!row) return undefined
      return { learner: learnerIdSchema.parse(row.learner), lesson: lessonSlugSchema.parse(row.lesson) }
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
            anew: 0,
            notice: null,
          })
          .onConflict((conflict) => conflict.columns(['learner', 'lesson']).doNothing())
          .execute()
        await insertFiles(tx, key, files)
      })
    },
    async setProvider(key, provider) {
      await change(key, { provider, snapshot: null, anew: 1 })
    },
    async started(key, at, files) {
      await db.transaction().execute(async (tx) => {
        await change(key, { saved_at: at, anew: 0, notice: null, snapshot: null }, tx)
        if (files) await replaceFiles(tx, key, files)
      })
    },
    async saveSnapshot(key, snapshot, at) {
      await change(key, { snapshot, saved_at: at })
    },
    async dropSnapshot(key, notice) {
      await change(key, { snapshot: null, anew: 1, ...(notice === undefined ? {} : { notice }) })
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
      await db.transaction().execute((tx) => replaceFiles(tx, key, files))
    },
  }
}

async function replaceFiles(db: Kysely<Tables>, key: WorkKey, files: readonly KeptFile[]): Promise<void> {
  await db
    .deleteFrom('workspace_files')
    .where('learner', '=', key.learner)
    .where('lesson', '=', key.lesson)
    .execute()
  await insertFiles(db, key, files)
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
