// Branded identifiers, so that a learner's id can never be passed where a sandbox's is meant.
import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)

export const sandboxIdSchema = id.brand<'SandboxId'>()
export type SandboxId = z.infer<typeof sandboxIdSchema>

export const learnerIdSchema = id.brand<'LearnerId'>()
export type LearnerId = z.infer<typeof learnerIdSchema>

/** `NN-chapter/NN-lesson` folders seen without their numbers: `pod-to-service/clusterip`. */
export const lessonSlugSchema = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  .brand<'LessonSlug'>()
export type LessonSlug = z.infer<typeof lessonSlugSchema>
