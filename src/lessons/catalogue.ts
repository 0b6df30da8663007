// What the site knows of its lessons at build time: chapters in order, the lessons that exist, those that are planned.

import { type CollectionEntry, getCollection } from 'astro:content'
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { type Exercise, exerciseSchema } from '../../sandbox-server/contract/lesson.ts'
import { parseFriendly } from './friendly.ts'
import { plannedChapters } from './planned.ts'
import { type LessonPlace, placeOf } from './slug.ts'

export interface CatalogueLesson {
  readonly slug: string
  readonly title: string
  readonly question: string
  readonly minutes: number
  /** Position in the course, from 1. */
  readonly order: number
  /** Left out where the lesson is planned and not there yet. */
  readonly entry?: CollectionEntry<'lessons'>
  readonly place?: LessonPlace
}

export interface CatalogueChapter {
  readonly name: string
  readonly number: number
  readonly title: string
  readonly promise: string
  readonly lessons: readonly CatalogueLesson[]
}

export function placeOfEntry(entry: CollectionEntry<'lessons'>): LessonPlace {
  const path = (entry.filePath ?? '').replace(/^.*?lessons\//, '')
  return placeOf(path)
}

export async function catalogue(): Promise<CatalogueChapter[]> {
  const entries = await getCollection('lessons')
  const written = await getCollection('chapters')
  const names = new Map(plannedChapters.map((chapter, index) => [chapter.name, index + 1]))
  for (const entry of entries) names.set(placeOfEntry(entry).chapter, placeOfEntry(entry).chapterNumber)
  return [...names]
    .sort((a, b) => a[1] - b[1])
    .map(([name, number]) => {
      const planned = plannedChapters.find((chapter) => chapter.name === name)
      const own = written.find((chapter) => chapter.id === name)?.data
      const here = entries
        .map((entry) => ({ entry, place: placeOfEntry(entry) }))
        .filter(({ place }) => place.chapter === name)
      const lessons = new Map<string, CatalogueLesson>()
      planned?.lessons.forEach((lesson, index) => {
        lessons.set(`${name}/${lesson.name}`, {
          slug: `${name}/${lesson.name}`,
          title: lesson.name,
          question: lesson.question,
          minutes: lesson.minutes,
          order: planned.first + index,
        })
      })
      for (const { entry, place } of here) {
        const { title, question, minutes } = entry.data
        lessons.set(place.slug, {
          slug: place.slug,
          title,
          question,
          minutes,
          entry,
          place,
          order: lessons.get(place.slug)?.order ?? place.lessonNumber,
        })
      }
      return {
        name,
        number,
        title: own?.title ?? planned?.title ?? name,
        promise: own?.promise ?? planned?.promise ?? '',
        lessons: [...lessons.values()].sort((a, b) => a.order - b.order),
      }
    })
}

/** The exercise of a lesson, or undefined where it has none. Throws with file and field where it is broken. */
export function exerciseOf(place: LessonPlace): Exercise | undefined {
  const file = `lessons/${place.folder}/exercise.yaml`
  if (!existsSync(file)) return undefined
  return parseFriendly(file, exerciseSchema, parse(readFileSync(file, 'utf8')))
}

/** The start files that the learner finds in the workspace, for reading before anything was started. */
export function startFilesOf(place: LessonPlace, exercise: Exercise): { path: string; content: string }[] {
  return exercise.files.map((path) => {
    const file = `lessons/${place.folder}/start/${path}`
    if (!existsSync(file))
      throw new Error(`lessons/${place.folder}/exercise.yaml: files names ${path}, but ${file} is not there`)
    return { path, content: readFileSync(file, 'utf8') }
  })
}
