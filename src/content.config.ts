// The collections of the site: chapters and lessons, read from lessons/ and held to the contract.
import { defineCollection } from 'astro:content'
import { glob } from 'astro/loaders'
import { chapterSchema, lessonSchema } from '../sandbox-server/contract/lesson.ts'
import { chapterOf, placeOf } from './lessons/slug.ts'

const lessons = defineCollection({
  loader: glob({
    base: './lessons',
    pattern: '*/*/lesson.mdx',
    generateId: ({ entry }) => placeOf(entry).slug,
  }),
  schema: lessonSchema,
})

const chapters = defineCollection({
  loader: glob({
    base: './lessons',
    pattern: '*/chapter.yaml',
    generateId: ({ entry }) => chapterOf(entry).name,
  }),
  schema: chapterSchema,
})

export const collections = { lessons, chapters }
