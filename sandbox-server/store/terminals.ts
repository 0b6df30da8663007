// The end of a terminal's output and which commands a page already ran in it.
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

const inputsSchema = z.record(z.string(), z.number())

export function createTerminals(db: Kysely<Tables>): Store['terminals'] {
  return {
    async read({ learner, lesson }) {
      const row = await db
        .selectFrom('terminals')
        .selectAll()
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .executeTakeFirst()
      if (!row) return undefined
      return {
        end: Number(row.end_offset),
        tail: new Uint8Array(row.tail),
        inputs: inputsSchema.parse(JSON.parse(row.inputs)),
      }
    },
    async save({ learner, lesson }, { end, tail, inputs }) {
      const values = { end_offset: end, tail, inputs: JSON.stringify(inputs) }
      await db
        .insertInto('terminals')
        .values({ learner, lesson, ...values })
        .onConflict((conflict) => conflict.columns(['learner', 'lesson']).doUpdateSet(values))
        .execute()
    },
    async noteRun({ learner, lesson }, request, at) {
      const added = await db
        .insertInto('terminal_runs')
        .values({ learner, lesson, request, noted_at: at, exit_code: null })
        .onConflict((conflict) => conflict.columns(['learner', 'lesson', 'request']).doNothing())
        .executeTakeFirst()
      return Number(added.numInsertedOrUpdatedRows ?? 0) > 0
    },
    async finishRun({ learner, lesson }, request, exitCode) {
      await db
        .updateTable('terminal_runs')
        .set({ exit_code: exitCode })
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .where('request', '=', request)
        .execute()
    },
    async readRun({ learner, lesson }, request) {
      const row = await db
        .selectFrom('terminal_runs')
        .select('exit_code')
        .where('learner', '=', learner)
        .where('lesson', '=', lesson)
        .where('request', '=', request)
        .executeTakeFirst()
      return row === undefined ? undefined : (row.exit_code ?? 'unfinished')
    },
  }
}
