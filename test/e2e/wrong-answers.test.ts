// Every wrong answer that an exercise foresees earns its points and its own message, in the page where learners see it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { exerciseSchema, wrongAnswerSchema } from '../../sandbox-server/contract/lesson.ts'
import { launchBrowser } from './support/browser.ts'
import { Fairlead } from './support/fairlead.ts'
import {
  check,
  focusByKey,
  openLesson,
  sheet,
  untilLoaded,
  untilTerminalShows,
} from './support/lesson-page.ts'

const lessonsRoot = new URL('../../lessons/', import.meta.url).pathname
const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
const withoutNumber = (name: string): string => name.replace(/^\d+-/, '')

const lessons = folders(lessonsRoot)
  .flatMap((chapter) => folders(join(lessonsRoot, chapter)).map((lesson) => `${chapter}/${lesson}`))
  .map((folder) => ({
    slug: folder.split('/').map(withoutNumber).join('/'),
    path: join(lessonsRoot, folder),
    wrong: folders(join(lessonsRoot, folder)).includes('wrong')
      ? folders(join(lessonsRoot, folder, 'wrong'))
      : [],
  }))

let server: Fairlead
let browser: Browser
beforeAll(async () => {
  server = await Fairlead.start()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

describe.each(lessons.filter(({ wrong }) => wrong.length > 0))('$slug', ({ slug, path, wrong }) => {
  it.each(wrong)('tells the learner what is wrong with %s', async (name) => {
    const answer = wrongAnswerSchema.parse(
      parse(readFileSync(join(path, 'wrong', name, 'wrong.yaml'), 'utf8')),
    )
    const exercise = exerciseSchema.parse(parse(readFileSync(join(path, 'exercise.yaml'), 'utf8')))
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await openLesson(page, server.url, slug)
    await page.keyboard.press('Tab')
    await untilLoaded(page)
    await applyInPage(page, answerFiles(path, name, answer.without))
    for (const [number, command] of answer.commands.entries()) await runInTerminal(page, command, number)
    for (const quiz of exercise.checks) {
      if (quiz.kind !== 'quiz') continue
      const option = answer.quiz[quiz.id] ?? quiz.options.find(({ correct }) => correct)?.id
      await page.locator(`.exercise input[name=sheet-${quiz.id}][value="${option}"]`).check()
    }
    // Controllers need a moment; a learner who presses Check too early presses it again.
    await expect
      .poll(
        async () => {
          await check(page)
          return await seen(page, Object.keys(answer.messages))
        },
        { timeout: 90_000, interval: 1_000 },
      )
      .toEqual({
        points: `${answer.points} of 100 points.`,
        messages: Object.fromEntries(
          Object.entries(answer.messages).map(([id, text]) => [id, expect.stringContaining(text)]),
        ),
      })
    await context.close()
  })
})

/** The solution's files with the wrong answer's in their place. */
function answerFiles(path: string, name: string, without: readonly string[]): string[] {
  const files = new Map(
    readdirSync(join(path, 'solution')).map((file) => [file, join(path, 'solution', file)]),
  )
  for (const file of readdirSync(join(path, 'wrong', name))) {
    if (file !== 'wrong.yaml') files.set(file, join(path, 'wrong', name, file))
  }
  for (const file of without) files.delete(file)
  return [...files].sort(([a], [b]) => a.localeCompare(b)).map(([, full]) => full)
}

/** Adds the files as a learner does, replacing their own, and presses Apply on each. */
async function applyInPage(page: Page, files: string[]): Promise<void> {
  for (const full of files) {
    const name = full.split('/').at(-1) ?? ''
    await page.locator('input[type=file]').setInputFiles(full)
    const replace = page.getByRole('button', { name: 'Replace the file' })
    await replace.click()
    await page.getByText(`Added ${name}.`).first().waitFor()
    await page.getByRole('tab', { name }).click()
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.locator('.applied-list li').first().waitFor()
  }
}

async function runInTerminal(page: Page, command: string, number: number): Promise<void> {
  await focusByKey(page, 'terminal')
  await page.keyboard.type(`${command}; echo "ended ${number}"\n`)
  await untilTerminalShows(page, new RegExp(`\\nended ${number}`))
}

async function seen(
  page: Page,
  ids: string[],
): Promise<{ points: string; messages: Record<string, string> }> {
  const messages: Record<string, string> = {}
  for (const id of ids) {
    const message = sheet(page).locator(`[data-check="${id}"] .check-message`)
    messages[id] = await message.innerText({ timeout: 1_000 }).catch(() => '')
  }
  return { points: await sheet(page).locator('.score').innerText(), messages }
}
