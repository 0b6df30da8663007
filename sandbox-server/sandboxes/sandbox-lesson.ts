// What a sandbox needs to know of the lesson it is for; the lesson catalog's LessonSource is one.
import type { LessonSlug } from '../contract/ids.ts'
import type { Exercise } from '../contract/lesson.ts'

export interface SandboxLesson {
  readonly slug: LessonSlug
  readonly exercise: Exercise
  /** Files of start/. */
  readonly start: readonly { readonly path: string; readonly content: string }[]
}

/** The files that `paths` name, in their order. */
export function pickFiles(lesson: SandboxLesson, paths: readonly string[]) {
  return paths.flatMap((path) => lesson.start.find((file) => file.path === path) ?? [])
}
