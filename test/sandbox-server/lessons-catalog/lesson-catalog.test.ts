import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLessonFolder } from '../../../sandbox-server/lessons-catalog/create-lesson.ts'
import { openLessonCatalog } from '../../../sandbox-server/lessons-catalog/lesson-catalog.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-lessons-'))
  return () => rm(folder, { recursive: true })
})

const write = async (path: string, content: string) => {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

const check = `
  - id: a
    kind: endpoints
    title: There is an endpoint
    weight: 100
    service: web
    expect: { ready: 1 }
`

describe('a lesson catalog', () => {
  it('reads a lesson that was scaffolded, with its start, solution and wrong answers', () => {
    const made = createLessonFolder(folder, 'names/dns')
    expect(made.map((path) => path.slice(folder.length + 1))).toEqual([
      '01-names/chapter.yaml',
      '01-names/01-dns/lesson.mdx',
      '01-names/01-dns/exercise.yaml',
      '01-names/01-dns/start/app.yaml',
      '01-names/01-dns/start/service.yaml',
      '01-names/01-dns/solution/service.yaml',
      '01-names/01-dns/wrong/own-name/service.yaml',
      '01-names/01-dns/wrong/own-name/wrong.yaml',
    ])
    createLessonFolder(folder, 'names/second')
    const catalog = openLessonCatalog(folder)
    expect(catalog.slugs()).toEqual(['names/dns', 'names/second'])
    const lesson = catalog.get('names/dns')
    expect(lesson.exercise.checks.map(({ id }) => id)).toEqual(['endpoints', 'traffic'])
    expect(lesson.wrong).toMatchObject([{ name: 'own-name', answer: { points: 0 } }])
    expect(() => createLessonFolder(folder, 'names/dns')).toThrow('lessons/01-names/01-dns exists already.')
  })

  it.each([
    ['a tab in the YAML', 'task: x\nchecks:\n\t- a\n', /^lessons\/01-a\/01-b\/exercise.yaml:3:1: /],
    ['an unknown field', `task: x\ntypo: y\nchecks:${check}`, /exercise.yaml:1:1: Unrecognized key: "typo"/],
    [
      'a value of the wrong type',
      `task: x\nchecks:${check.replace('weight: 100', 'weight: many')}`,
      /exercise.yaml:6:13: checks.0.weight: Invalid input: expected number, received string/,
    ],
    [
      'weights that do not sum to 100',
      `task: x\nchecks:${check.replace('weight: 100', 'weight: 10')}`,
      /exercise.yaml:3:3: checks: the weights of all checks must sum to 100/,
    ],
    [
      'a file that is not there',
      `task: x\nfiles: [web.yaml]\nchecks:${check}`,
      /exercise.yaml:2:1: files: there is no file lessons\/01-a\/01-b\/start\/web.yaml/,
    ],
  ])('%s is told with file, line and place, for that lesson alone', async (_, yaml, message) => {
    await write('01-a/01-b/exercise.yaml', yaml)
    await write('01-a/02-c/exercise.yaml', `task: x\nchecks:${check}`)
    const catalog = openLessonCatalog(folder)
    expect(() => catalog.get('a/b')).toThrow(expect.objectContaining({ code: 'LESSON_BROKEN' }))
    expect(() => catalog.get('a/b')).toThrow(message)
    expect(catalog.get('a/c').exercise.task).toBe('x')
  })

  it('reads a lesson again after it was mended', async () => {
    await write('01-a/01-b/exercise.yaml', 'task: 1\n')
    const catalog = openLessonCatalog(folder)
    expect(() => catalog.get('a/b')).toThrow()
    await write('01-a/01-b/exercise.yaml', `task: x\nchecks:${check}`)
    expect(catalog.get('a/b').exercise.task).toBe('x')
    await write('01-a/01-b/exercise.yaml', `task: y\nchecks:${check}`)
    await utimes(join(folder, '01-a/01-b/exercise.yaml'), new Date(), new Date(Date.now() + 5000))
    expect(catalog.get('a/b').exercise.task).toBe('y')
  })

  it('knows no lesson that has no folder, and none in a folder without an exercise', async () => {
    await write('01-a/01-b/lesson.mdx', '')
    const catalog = openLessonCatalog(folder)
    expect(() => catalog.get('a/c')).toThrow('There is no lesson a/c.')
    expect(() => catalog.get('a/b')).toThrow('The lesson a/b has no exercise.')
  })
})
