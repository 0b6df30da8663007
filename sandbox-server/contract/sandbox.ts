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

export const providerNameSchema = z.enum(['simulated', 'kind', 'kubernetes'])
export type ProviderName = z.infer<typeof providerNameSchema>

/** One kind of cluster that a lesson's page offers, or why it does not. */
export const clusterChoiceSchema = z.strictObject({
  provider: providerNameSchema,
  /** What the server would take where nobody chooses. */
  default: z.boolean(),
  /** How long until it is ready, milliseconds, from measured times and what waits ready now. */
  expectedMs: z.number().optional(),
  /** One sentence where it cannot be chosen: what this server or this lesson lacks. */
  unavailable: z.string().optional(),
})
export type ClusterChoice = z.infer<typeof clusterChoiceSchema>

const base = {
  id: sandboxIdSchema,
  lesson: lessonSlugSchema,
  provider: providerNameSchema,
  /** One sentence a person understands. */
  reason: z.string(),
}

export const sandboxStateSchema = z.discriminatedUnion('state', [
  z.strictObject({ ...base, state: z.literal('queued'), place: z.int(), expectedWaitMs: z.number() }),
  z.strictObject({
    ...base,
    state: z.literal('starting'),
    steps: z.array(stepSchema),
    /** How long the whole start takes as a rule, milliseconds. */
    expectedMs: z.number().optional(),
  }),
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
  z.strictObject({
    ...base,
    state: z.literal('failed'),
    hint: z.string(),
    steps: z.array(stepSchema),
    /** The end of what the tool that failed printed. */
    log: z
      .string()
      .max(64 * 1024)
      .optional(),
  }),
])
export type SandboxState = z.infer<typeof sandboxStateSchema>
