// Who was here, and when.
import type { Kysely } from 'kysely'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

export function createLearners(db: Kysely<Tables>): Store['learners'] {
  return {
    async touch(learner, at) {
      await db
        .insertInto('learners')
        .values({ id: learner, created_at: at, seen_at: at })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: at }))
        .execute()
    },
    async count() {
      const row = await db
        .selectFrom('learners')
        .select((query) => query.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
  }
}
