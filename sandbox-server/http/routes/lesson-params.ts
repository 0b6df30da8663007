// The part of a path that names a lesson, and the errors that every route under it may answer.
import { z } from 'zod'
import { errorBodySchema } from '../../contract/rest.ts'

const part = z.string().regex(/^[a-z0-9-]{1,64}$/, 'small letters, digits and -')

export const lessonParamsSchema = z.object({ chapter: part, lesson: part })

export const slugOf = (params: z.infer<typeof lessonParamsSchema>) => `${params.chapter}/${params.lesson}`

export const errorResponses = { '4xx': errorBodySchema, '5xx': errorBodySchema }
