// The exercises of lessons/ with the answers that they foresee, as files to add in a page.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import {
  type Exercise,
  exerciseSchema,
  type WrongAnswer,
  wrongAnswerSchema,
} from '../../../sandbox-server/contract/lesson.ts'

const lessonsRoot = new URL('../../../lessons/', import.meta.url).pathname
const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
const withoutNumber = (name: string): string => name.replace(/^\d+-/, '')

export interface LessonFolder {
  readonly slug: string
  readonly path: string
  /** Names of the wrong answers. */
  readonly wrong: readonly string[]
}

export const lessons: readonly LessonFolder[] = folders(lessonsRoot)
  .flatMap((chapter) => folders(join(lessonsRoot, chapter)).map((lesson) => `${chapter}/${lesson}`))
  .map((folder) => ({
    slug: folder.split('/').map(withoutNumber).join('/'),
    path: join(lessonsRoot, folder),
    wrong: folders(join(lessonsRoot, folder)).includes('wrong')
      ? folders(join(lessonsRoot, folder, 'wrong'))
      : [],
  }))

export function lessonFolder(slug: string): LessonFolder {
  const found = lessons.find((lesson) => lesson.slug === slug)
  if (found === undefined)
    throw new Error(`There is no lesson ${slug}, only ${lessons.map((one) => one.slug).join(', ')}.`)
  return found
}

export const readExercise = ({ path }: LessonFolder): Exercise =>
  exerciseSchema.parse(parse(readFileSync(join(path, 'exercise.yaml'), 'utf8')))

export const readWrongAnswer = ({ path }: LessonFolder, name: string): WrongAnswer =>
  wrongAnswerSchema.parse(parse(readFileSync(join(path, 'wrong', name, 'wrong.yaml'), 'utf8')))

/** Full paths of the solution's files, sorted, with the wrong answer's in their place where one is named. */
export function answerFiles(lesson: LessonFolder, name?: string): string[] {
  const solution = join(lesson.path, 'solution')
  const files = new Map(readdirSync(solution).map((file) => [file, join(solution, file)]))
  if (name !== undefined) {
    const folder = join(lesson.path, 'wrong', name)
    for (const file of readdirSync(folder)) {
      if (file !== 'wrong.yaml') files.set(file, join(folder, file))
    }
    for (const file of readWrongAnswer(lesson, name).without) files.delete(file)
  }
  return [...files].sort(([a], [b]) => a.localeCompare(b)).map(([, full]) => full)
}
