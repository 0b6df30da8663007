// What routes call: the rooms behind the HTTP API, wired in main.ts.
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { LessonCatalog } from '../lessons-catalog/lesson-catalog.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import type { Sandboxes } from '../sandboxes/sandboxes.ts'
import type { Store } from '../store/store.ts'

export interface Services {
  readonly catalog: LessonCatalog
  readonly sandboxes: Sandboxes
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly version: string
}

/** Fastify with contract schemas as types. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>
