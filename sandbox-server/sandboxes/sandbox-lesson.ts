// What a sandbox needs to know of the lesson it is for; the lesson catalog's LessonSource is one.
import type { LessonSlug } from '../contract/ids.ts'
import type { Exercise } from '../contract/lesson.ts'
import type { ClusterProvider, ClusterSetup } from '../providers/provider.ts'

export interface SandboxLesson {
  readonly slug: LessonSlug
  readonly exercise: Exercise
  /** Files of start/. */
  readonly start: readonly { readonly path: string; readonly content: string }[]
}

/** The cluster of the exercise's start. */
export function clusterSetup(lesson: SandboxLesson, id: string): ClusterSetup {
  const { exercise } = lesson
  return {
    id,
    exercise,
    applied: pickFiles(lesson, exercise.applied),
    files: pickFiles(lesson, exercise.files),
  }
}

/** The files that `paths` name, in their order. */
function pickFiles(lesson: SandboxLesson, paths: readonly string[]) {
  return paths.flatMap((path) => lesson.start.find((file) => file.path === path) ?? [])
}

/** Milliseconds that a start takes now; undefined where the provider cannot tell. */
export function expectedStart(
  provider: ClusterProvider,
  lesson: SandboxLesson,
  id: string,
): number | undefined {
  const expected = provider.expectedMs(clusterSetup(lesson, id))
  return Number.isFinite(expected) ? expected : undefined
}
