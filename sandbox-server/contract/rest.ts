// The REST API's bodies. The socket carries what is live; REST carries what a page or a script asks for once.
import { z } from 'zod'
import { attemptSchema } from './check.ts'
import { errorCodes } from './errors.ts'
import { clusterChoiceSchema, providerNameSchema, sandboxStateSchema } from './sandbox.ts'

export const errorBodySchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(errorCodes) as [keyof typeof errorCodes, ...(keyof typeof errorCodes)[]]),
    message: z.string(),
    hint: z.string().optional(),
    path: z.string().optional(),
  }),
})

/** GET /api/v1/progress: best result of every lesson that the learner tried. */
export const progressSchema = z.strictObject({
  lessons: z.record(
    z.string(),
    z.strictObject({
      best: z.number(),
      outOf: z.number(),
      attempts: z.int(),
      lastOpenedAt: z.number(),
      /** Predictions and quizzes of the text: id to chosen option. Kept, never graded. */
      answers: z.record(z.string(), z.string()),
    }),
  ),
})
export type Progress = z.infer<typeof progressSchema>

/** POST /api/v1/lessons/:chapter/:lesson/sandbox opens (or finds) the learner's sandbox for a lesson. */
export const openSandboxSchema = z.strictObject({
  /** Another one than the sandbox has makes a new cluster of that kind in the exercise's start state; files stay. */
  provider: providerNameSchema.optional(),
})

/** GET /api/v1/lessons/:chapter/:lesson/clusters: what the learner may choose from. */
export const clusterChoicesSchema = z.strictObject({ choices: z.array(clusterChoiceSchema) })
export const sandboxBodySchema = z.strictObject({ sandbox: sandboxStateSchema })

/** PUT /api/v1/lessons/:chapter/:lesson/answers/:id */
export const answerSchema = z.strictObject({ option: z.string().min(1).max(64) })

/** GET /api/v1/lessons/:chapter/:lesson/attempts */
export const attemptsSchema = z.strictObject({ attempts: z.array(attemptSchema) })

/** GET /api/v1/lessons/:chapter/:lesson/solution, refused with FORBIDDEN before the first attempt. */
export const solutionSchema = z.strictObject({
  files: z.array(z.strictObject({ path: z.string(), content: z.string() })),
})

/** GET /healthz and /readyz */
export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'starting']),
  version: z.string(),
  sandboxes: z.int(),
  /** By provider. `checking` and `missing` ones are looked for again. */
  clusters: z.array(
    z.strictObject({
      provider: providerNameSchema,
      state: z.enum(['checking', 'available', 'missing']),
      live: z.int(),
      queued: z.int(),
      /** Kept without using CPU or memory. */
      suspended: z.int(),
      /** Clusters at the same time. */
      limit: z.int().optional(),
    }),
  ),
})
