import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { slugOf } from '../../../../../sandbox-server/lessons-catalog/load-lesson.ts'
import { listFiles } from '../../../../../sandbox-server/platform/files.ts'
import { imagesIn } from '../../../../../sandbox-server/providers/kind/add-ons/manifest-of.ts'
import { readLessonImages } from '../../../../../sandbox-server/providers/kind/images/lesson-images.ts'
import { root } from '../../../../architecture/source-files.ts'

const lessons = join(root, 'lessons')

/** Lesson to the images that its manifests name. */
function imagesOfLessons(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const path of listFiles(lessons).filter(
    (file) => /\.ya?ml$/.test(file) && file.split('/').length > 2,
  )) {
    const slug = slugOf(path.split('/').slice(0, 2).join('/'))
    const images = found.get(slug) ?? new Set()
    for (const image of imagesIn(readFileSync(join(lessons, path), 'utf8'))) images.add(image)
    found.set(slug, images)
  }
  return found
}

describe('lessons/images.yaml', () => {
  const listed = readLessonImages(lessons)

  it('lists every image of every lesson, with the lessons that use it, and no other', () => {
    const uses = new Map<string, string[]>()
    for (const [slug, images] of imagesOfLessons())
      for (const image of images) uses.set(image, [...(uses.get(image) ?? []), slug].sort())
    const asListed = listed.map(({ name, lessons: slugs }) => [name, [...slugs].sort()])
    expect(Object.fromEntries(asListed)).toEqual(Object.fromEntries(uses))
  })

  it('holds the images that the suites of all providers use', () => {
    const names = listed.map(({ name }) => name)
    const used = listFiles(join(root, 'test/suites')).flatMap((file) => {
      const text = readFileSync(join(root, 'test/suites', file), 'utf8')
      return [...text.matchAll(/'([a-z0-9./-]+\/[a-z0-9./-]+:v?\d[\w.-]*)'/g)].map(([, image = '']) => image)
    })
    expect(used.filter((image) => !names.includes(image))).toEqual([])
    expect(used).not.toEqual([])
  })

  it('pins every image to a version', () => {
    for (const { name } of listed) expect(name).toMatch(/:v?\d[\w.-]*$/)
  })
})
