// What a person does on a lesson's page, and what they see there.

import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

const patienceMs = 30_000

export async function openLesson(page: Page, base: string, slug: string): Promise<void> {
  await page.goto(`${base}/lessons/${slug}/`)
  await page.getByText('Your cluster: ready').first().waitFor({ timeout: patienceMs })
}

/** The text on the terminal's screen and above it, read the way xterm.js gives it to screen readers. */
export async function terminalText(page: Page): Promise<string> {
  const toggle = page.getByRole('button', { name: 'Read out' })
  if ((await toggle.getAttribute('aria-pressed')) === 'false') await toggle.click()
  return await page.locator('.xterm-accessibility-tree').innerText()
}

export async function untilTerminalShows(page: Page, pattern: RegExp): Promise<void> {
  await expect.poll(() => terminalText(page), { timeout: patienceMs, interval: 200 }).toMatch(pattern)
}

const places = { read: '#main, #main *', edit: '.editor-host *', terminal: '.xterm-helper-textarea' }

/** Focus by F6, as a person without a pointer does. */
export async function focusByKey(page: Page, region: keyof typeof places): Promise<void> {
  for (let press = 0; press < 5; press += 1) {
    const there = await page.evaluate((place) => document.activeElement?.matches(place), places[region])
    if (there) return
    await page.keyboard.press('F6')
    await page.waitForTimeout(100)
  }
  throw new Error(`F6 never came to ${region}`)
}

/** Monaco and xterm.js come at the first sign of a person. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.locator('.editor-host .monaco-editor').first().waitFor({ timeout: patienceMs })
  await page.locator('.xterm-helper-textarea').waitFor({ state: 'attached', timeout: patienceMs })
}

/** Sets the exercise back by the menu, as a learner does. Needs a check's result on the page, which goes with it. */
export async function reset(page: Page, resetMs = patienceMs): Promise<void> {
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('button', { name: /^Reset exercise/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset exercise' }).click()
  await page.locator('.exercise .score').waitFor({ state: 'detached', timeout: resetMs })
  await page.getByText('Your cluster: ready').first().waitFor({ timeout: resetMs })
}

export async function check(page: Page, checkMs = patienceMs): Promise<void> {
  const score = page.locator('.exercise .score')
  const before = await score.textContent({ timeout: 100 }).catch(() => null)
  await page.keyboard.press('Control+Enter')
  if (before === null) await score.waitFor({ timeout: checkMs })
  await page.locator('.exercise button.primary:enabled', { hasText: 'Check' }).waitFor({ timeout: checkMs })
}

/** Everything there is to see of the exercise, for the message of a failing test. */
export function sheet(page: Page): Locator {
  return page.locator('.exercise')
}
