// Reads one lesson's folder. What is broken in it is this lesson's error and no other's.
import { join } from 'node:path'
import { lessonSlugSchema } from '../contract/ids.ts'
import { exerciseSchema, wrongAnswerSchema } from '../contract/lesson.ts'
import { listFolders, readText, readTextFiles, type TextFile } from '../platform/files.ts'
import { type LessonSource, lessonBroken, parseLessonYaml } from './lesson-source.ts'

/** `NN-chapter/NN-lesson` to `chapter/lesson`. */
export function slugOf(folder: string): string {
  return folder
    .split('/')
    .map((part) => part.replace(/^\d+-/, ''))
    .join('/')
}

/** Throws AppError LESSON_BROKEN. Gives undefined for a lesson that has no exercise. */
export function loadLesson(lessons: string, folder: string): LessonSource | undefined {
  const slug = lessonSlugSchema.safeParse(slugOf(folder))
  if (!slug.success) {
    throw lessonBroken(
      `lessons/${folder}: a lesson's folder is NN-chapter/NN-lesson, in small letters, digits and -`,
    )
  }
  const path = `lessons/${folder}/exercise.yaml`
  const text = readText(join(lessons, folder, 'exercise.yaml'))
  if (text === undefined) return undefined
  const exercise = parseLessonYaml(exerciseSchema, path, text)
  const start = readTextFiles(join(lessons, folder, 'start'))
  for (const [field, paths] of [
    ['applied', exercise.applied],
    ['files', exercise.files],
  ] as const) {
    for (const wanted of paths) {
      if (start.some((file) => file.path === wanted)) continue
      const line = 1 + text.split('\n').findIndex((content) => content.includes(wanted))
      throw lessonBroken(`${path}:${line}:1: ${field}: there is no file lessons/${folder}/start/${wanted}`)
    }
  }
  return {
    slug: slug.data,
    folder,
    exercise,
    start,
    solution: readTextFiles(join(lessons, folder, 'solution')),
    wrong: listFolders(join(lessons, folder, 'wrong')).map((name) => loadWrongAnswer(lessons, folder, name)),
  }
}

function loadWrongAnswer(lessons: string, folder: string, name: string): LessonSource['wrong'][number] {
  const files = readTextFiles(join(lessons, folder, 'wrong', name))
  const path = `lessons/${folder}/wrong/${name}/wrong.yaml`
  const described = files.find((file) => file.path === 'wrong.yaml')
  if (!described) throw lessonBroken(`${path}: missing; it says what this wrong answer earns`)
  const answer = parseLessonYaml(wrongAnswerSchema, path, described.content)
  return { name, answer, files: files.filter((file: TextFile) => file !== described) }
}
