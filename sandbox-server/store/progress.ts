// How far a learner got in every lesson, and what they answered in its text.
import type { Kysely } from 'kysely'
import type { Progress } from '../contract/rest.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

type Entry = Progress['lessons'][string]

export function createProgress(db: Kysely<Tables>): Store['progress'] {
  return {
    async read(learner) {
      const rows = await db.selectFrom('progress').selectAll().where('learner', '=', learner).execute()
      const answers = await db.selectFrom('answers').selectAll().where('learner', '=', learner).execute()
      const lessons: Record<string, Entry> = {}
      for (const row of rows) {
        lessons[row.lesson] = {
          best: row.best,
          outOf: row.out_of,
          attempts: row.attempts,
          lastOpenedAt: Number(row.last_opened_at),
          answers: {},
        }
      }
      for (const row of answers) {
        const entry = lessons[row.lesson]
        if (entry) entry.answers[row.question] = row.option
      }
      return { lessons }
    },
    async opened({ learner, lesson }, at) {
      await db
        .insertInto('progress')
        .values({ learner, lesson, best: 0, out_of: 100, attempts: 0, last_opened_at: at })
        .onConflict((conflict) => conflict.columns(['learner', 'lesson']).doUpdateSet({ last_opened_at: at }))
        .execute()
    },
    async answer({ learner, lesson }, question, option) {
      await db.transaction().execute(async (tx) => {
        await tx
          .insertInto('progress')
          .values({ learner, lesson, best: 0, out_of: 100, attempts: 0, last_opened_at: Date.now() })
          .onConflict((conflict) => conflict.columns(['learner', 'lesson']).doNothing())
          .execute()
        await tx
          .insertInto('answers')
          .values({ learner, lesson, question, option })
          .onConflict((conflict) =>
            conflict.columns(['learner', 'lesson', 'question']).doUpdateSet({ option }),
          )
          .execute()
      })
    },
  }
}
