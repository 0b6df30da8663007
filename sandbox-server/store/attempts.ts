// Every press of Check with its evidence.
import { type Kysely, sql } from 'kysely'
import { attemptSchema } from '../contract/check.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

export function createAttempts(db: Kysely<Tables>): Store['attempts'] {
  return {
    async add({ learner, lesson }, attempt) {
      await db.transaction().execute(async (tx) => {
        const added = await tx
          .insertInto('attempts')
          .values({
            id: attempt.id,
            learner,
            lesson,
            started_at: attempt.startedAt,
            points: attempt.points,
            out_of: attempt.outOf,
            evidence: JSON.stringify(attempt),
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirst()
        if (Number(added.numInsertedOrUpdatedRows ?? 0) === 0) return
        await tx
          .insertInto('progress')
          .values({
            learner,
            lesson,
            best: attempt.points,
            out_of: attempt.outOf,
            attempts: 1,
            last_opened_at: attempt.startedAt,
          })
          .onConflict((conflict) =>
            conflict.columns(['learner', 'lesson']).doUpdateSet({
              best: sql<number>`case when progress.best > ${attempt.points} then progress.best else ${attempt.points} end`,
              out_of: attempt.outOf,
              attempts: sql<number>`progress.attempts + 1`,
            }),
          )
          .execute()
      })
    },
    async list({ learner, lesson }, limit) {
      const rows = await db
        .selectFrom('attempts')
        .select('evidence')
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => attemptSchema.parse(JSON.parse(row.evidence)))
    },
    async count({ learner, lesson }) {
      const row = await db
        .selectFrom('attempts')
        .select((query) => query.fn.countAll<number>().as('count'))
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
  }
}
