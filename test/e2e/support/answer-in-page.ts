// Gives an answer on a lesson's page as a learner does, checks it and reads what the page says of it.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Exercise, WrongAnswer } from '../../../sandbox-server/contract/lesson.ts'
import { check, focusByKey, sheet, untilTerminalShows } from './lesson-page.ts'

/** Adds the files as a learner does, replacing their own, and presses Apply on each. */
export async function applyInPage(page: Page, files: readonly string[]): Promise<void> {
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

export async function runInTerminal(page: Page, command: string, number: number): Promise<void> {
  await focusByKey(page, 'terminal')
  await page.keyboard.type(`${command}; echo "ended ${number}"\n`)
  await untilTerminalShows(page, new RegExp(`\\nended ${number}`))
}

/** The right options, but where the answer has others. */
export async function answerQuizzes(
  page: Page,
  exercise: Exercise,
  quiz: WrongAnswer['quiz'] = {},
): Promise<void> {
  for (const asked of exercise.checks) {
    if (asked.kind !== 'quiz') continue
    const option = quiz[asked.id] ?? asked.options.find(({ correct }) => correct)?.id
    await page.locator(`.exercise input[name=sheet-${asked.id}][value="${option}"]`).check()
  }
}

/** Presses Check until the page gives the answer's points and messages: controllers need a moment, and a learner who was too early presses again. */
export async function untilJudged(
  page: Page,
  { points, messages }: Pick<WrongAnswer, 'points' | 'messages'>,
  { patienceMs = 90_000, checkMs }: { patienceMs?: number; checkMs?: number } = {},
): Promise<void> {
  await expect
    .poll(
      async () => {
        await check(page, checkMs)
        return await seen(page, Object.keys(messages))
      },
      { timeout: patienceMs, interval: 1_000 },
    )
    .toEqual({
      points: points === 100 ? '100 of 100 points. Everything holds.' : `${points} of 100 points.`,
      messages: Object.fromEntries(
        Object.entries(messages).map(([id, text]) => [id, expect.stringContaining(text)]),
      ),
    })
}

async function seen(
  page: Page,
  ids: readonly string[],
): Promise<{ points: string; messages: Record<string, string> }> {
  const messages: Record<string, string> = {}
  for (const id of ids) {
    const message = sheet(page).locator(`[data-check="${id}"] .check-message`)
    messages[id] = await message.innerText({ timeout: 1_000 }).catch(() => '')
  }
  return { points: await sheet(page).locator('.score').innerText(), messages }
}
