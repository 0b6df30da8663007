// What the page may know of an exercise: everything but the answers, which the server keeps until Check is pressed.
import type { Exercise } from '../../sandbox-server/contract/lesson.ts'

export interface CheckView {
  readonly id: string
  readonly title: string
  readonly weight: number
  readonly quiz?: {
    readonly question: string
    readonly options: readonly { readonly id: string; readonly text: string }[]
  }
}

export interface ExerciseView {
  readonly task: string
  readonly checks: readonly CheckView[]
  readonly hints: readonly string[]
  readonly breakIt?: string
}

export function viewOf(exercise: Exercise): ExerciseView {
  return {
    task: exercise.task,
    hints: exercise.hints,
    ...(exercise.breakIt === undefined ? {} : { breakIt: exercise.breakIt }),
    checks: exercise.checks.map((check) => ({
      id: check.id,
      title: check.title,
      weight: check.weight,
      ...(check.kind === 'quiz'
        ? {
            quiz: {
              question: check.question,
              options: check.options.map(({ id, text }) => ({ id, text })),
            },
          }
        : {}),
    })),
  }
}
