// A sandbox as its learner sees it: which state it is in, and why.
import { z } from 'zod'
import { lessonSlugSchema, sandboxIdSchema } from './ids.ts'

export const stepSchema = z.strictObject({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  durationMs: z.number().optional(),
  detail: z.string().optional(),
})
export type Step = z.infer<typeof stepSchema>

const base = {
  id: sandboxIdSchema,
  lesson: lessonSlugSchema,
  provider: z.enum(['simulated', 'kind', 'kubernetes']),
  /** One sentence a person understands. */
  reason: z.string(),
}

export const sandboxStateSchema = z.discriminatedUnion('state', [
  z.strictObject({ ...base, state: z.literal('queued'), place: z.int(), expectedWaitMs: z.number() }),
  z.strictObject({ ...base, state: z.literal('starting'), steps: z.array(stepSchema) }),
  z.strictObject({
    ...base,
    state: z.literal('ready'),
    nodes: z.array(z.string()),
    /** Epoch milliseconds at which an idle sandbox stops. Every activity moves it. */
    expiresAt: z.number(),
  }),
  z.strictObject({ ...base, state: z.literal('stopping') }),
  /** Stopped with everything kept; opening the lesson starts it again where it was. */
  z.strictObject({ ...base, state: z.literal('stopped'), kept: z.string() }),
  z.strictObject({ ...base, state: z.literal('failed'), hint: z.string(), steps: z.array(stepSchema) }),
])
export type SandboxState = z.infer<typeof sandboxStateSchema>
