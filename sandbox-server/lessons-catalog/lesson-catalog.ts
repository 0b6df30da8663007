// All lessons of a folder. Each is read when it is asked for, and again after its files changed.
import { join } from 'node:path'
import { AppError } from '../contract/errors.ts'
import { latestChange, listFolders } from '../platform/files.ts'
import type { LessonSource } from './lesson-source.ts'
import { loadLesson, slugOf } from './load-lesson.ts'

export interface LessonCatalog {
  /** Slugs of all lessons that have a folder, broken ones too, in the order of their folders. */
  slugs(): readonly string[]
  /** Throws AppError NOT_FOUND or LESSON_BROKEN. */
  get(slug: string): LessonSource
}

export function openLessonCatalog(lessons: string): LessonCatalog {
  const cache = new Map<string, { readonly changed: number; readonly lesson: LessonSource | undefined }>()
  const folders = () =>
    listFolders(lessons).flatMap((chapter) =>
      listFolders(join(lessons, chapter)).map((lesson) => `${chapter}/${lesson}`),
    )
  return {
    slugs: () => folders().map(slugOf),
    get(slug) {
      const folder = folders().find((candidate) => slugOf(candidate) === slug)
      if (folder === undefined) {
        throw new AppError('NOT_FOUND', `There is no lesson ${slug}.`, {
          hint: 'The start page lists all lessons: /',
        })
      }
      const changed = latestChange([join(lessons, folder)])
      const known = cache.get(folder)
      const lesson = known?.changed === changed ? known.lesson : loadLesson(lessons, folder)
      cache.set(folder, { changed, lesson })
      if (!lesson) {
        throw new AppError('NOT_FOUND', `The lesson ${slug} has no exercise.`, {
          hint: 'It is there to be read.',
        })
      }
      return lesson
    },
  }
}
