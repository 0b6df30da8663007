// The list of images that lessons use: lessons/images.yaml.
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import { readText } from '../../../platform/files.ts'

const listSchema = z.array(
  z.strictObject({
    /** As manifests write it. */
    name: z.string().min(1),
    /** Slugs of the lessons whose files name it. */
    lessons: z.array(z.string()).min(1),
    note: z.string(),
  }),
)
export type LessonImage = z.infer<typeof listSchema>[number]

/** Empty where the folder has no list. Throws AppError LESSON_BROKEN. */
export function readLessonImages(lessons: string): readonly LessonImage[] {
  const path = join(lessons, 'images.yaml')
  try {
    return listSchema.parse(parse(readText(path) ?? '[]'))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new AppError('LESSON_BROKEN', `${path}: ${reason}`, {
      hint: 'Each entry has name, lessons and note.',
      cause,
    })
  }
}
