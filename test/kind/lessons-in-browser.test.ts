// Lessons on real clusters as learners meet them: in a browser, with the files that prove them on simulated ones. One learner and one
// cluster a lesson; Reset sets it back between the answers. FAIRLEAD_TEST_PICTURES names a folder for pictures of the page.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerQuizzes, applyInPage, runInTerminal, untilJudged } from '../e2e/support/answer-in-page.ts'
import { collectErrors, launchBrowser } from '../e2e/support/browser.ts'
import { Fairlead } from '../e2e/support/fairlead.ts'
import {
  check,
  focusByKey,
  reset,
  sheet,
  untilLoaded,
  untilTerminalShows,
} from '../e2e/support/lesson-page.ts'
import { typeManifest } from '../e2e/support/type-manifest.ts'
import { answerFiles, lessonFolder, readExercise, readWrongAnswer } from '../e2e/support/wrong-answers.ts'
import { openKind } from './support/open-kind.ts'

const slugs = ['pod-to-service/clusterip', 'http/ingress-controller', 'policy/default-deny']
/** A real cluster of three nodes on a busy machine of two cores. */
const patience = { patienceMs: 240_000, checkMs: 120_000 }
const startMs = 300_000
const resetMs = 120_000
const wide = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }
const pictures = process.env['FAIRLEAD_TEST_PICTURES']

const service = `apiVersion: v1
kind: Service
metadata:
  name: my-service
spec:
  selector:
    app: myapp
  ports:
    - port: 80
      targetPort: 8080
`

describe.each(slugs)('%s', (slug) => {
  const lesson = lessonFolder(slug)
  const exercise = readExercise(lesson)
  /** Of an untouched cluster, by check; quizzes are as they were answered. */
  const atStart = (quizzes: 'unanswered' | 'passed') =>
    Object.fromEntries(
      exercise.checks.map(({ id, kind, guard }) => [
        id,
        kind === 'quiz' ? quizzes : guard ? 'passed' : 'failed',
      ]),
    )
  let server: Fairlead
  let browser: Browser
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    server = await Fairlead.start(['--clusters', 'kind', '--warm', '0'])
    browser = await launchBrowser()
    const context = await browser.newContext({ viewport: wide, reducedMotion: 'reduce' })
    page = await context.newPage()
    errors = collectErrors(page)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close(removeClusters)
  })

  it('shows the steps of the start, and is ready', async () => {
    await page.goto(`${server.url}/lessons/${slug}/`)
    const steps = page.locator('.terminal-pane .steps')
    await expect
      .poll(() => steps.innerText(), { timeout: 120_000 })
      .toMatch(/Node containers\s*, done[\s\S]*Control plane\s*, running/)
    await picture(page, 'cluster-starting', { withPhone: true })
    await page.getByText('Your cluster: ready, real, by kind').first().waitFor({ timeout: startMs })
    await page.keyboard.press('Tab')
    await untilLoaded(page)
    await focusByKey(page, 'edit')
    await picture(page, 'cluster-ready')
  })

  it('fails its checks as it starts, all but the guards', async () => {
    await check(page, patience.checkMs)
    expect(await outcomes(page)).toEqual(atStart('unanswered'))
    await reset(page, resetMs)
  })

  it.each(lesson.wrong)('tells the learner what is wrong with %s, and is reset', async (name) => {
    const answer = readWrongAnswer(lesson, name)
    await applyInPage(page, answerFiles(lesson, name))
    for (const [number, command] of answer.commands.entries()) await runInTerminal(page, command, number)
    await answerQuizzes(page, exercise, answer.quiz)
    await untilJudged(page, answer, patience)
    await sheet(page).locator('.check-failed, .check-partial').first().scrollIntoViewIfNeeded()
    await picture(page, `failed-check-${name}`)
    await reset(page, resetMs)
  })

  it('is as it started after all of that', async () => {
    await check(page, patience.checkMs)
    expect(await outcomes(page)).toEqual(atStart('passed'))
  })

  it('earns 100 points by its solution', async () => {
    if (slug === 'pod-to-service/clusterip') await solveByHand(page)
    else await applyInPage(page, answerFiles(lesson))
    await answerQuizzes(page, exercise)
    await untilJudged(page, { points: 100, messages: {} }, patience)
    expect(Object.values(await outcomes(page)).every((outcome) => outcome === 'passed')).toBe(true)
    await sheet(page).locator('.score').scrollIntoViewIfNeeded()
    await picture(page, 'full-marks', { withPhone: true })
    expect(errors).toEqual([])
  })
})

/** Types the Service, saves it by Ctrl+S, and asks it from the terminal. */
async function solveByHand(page: Page): Promise<void> {
  await focusByKey(page, 'edit')
  await typeManifest(page, service)
  await page.keyboard.press('Control+s')
  await page.locator('.applied-list li', { hasText: 'service/my-service created' }).waitFor()
  await focusByKey(page, 'terminal')
  // kube-proxy takes about a second to write a new Service's rules; a person asks again.
  await page.keyboard.type(
    'until kubectl exec client -- curl -s http://my-service/hostname; do sleep 1; done; echo " answered"\n',
  )
  await untilTerminalShows(page, /myapp-[a-z0-9]+-[a-z0-9]+\s+answered/)
}

/** By check; what holds in part fails, as its message says. */
async function outcomes(page: Page): Promise<Record<string, string>> {
  return await sheet(page)
    .locator('.check')
    .evaluateAll((items) =>
      Object.fromEntries(
        items.map((item) => [
          item.getAttribute('data-check'),
          /check-(passed|failed|error|unanswered|open|running)/.exec(
            item.className.replace('check-partial', 'check-failed'),
          )?.[1] ?? item.className,
        ]),
      ),
    )
}

/** Of the wide page in both colour schemes; of the phone, too, where it is asked for. */
async function picture(page: Page, name: string, { withPhone = false } = {}): Promise<void> {
  if (pictures === undefined) return
  mkdirSync(pictures, { recursive: true })
  const slug = new URL(page.url()).pathname.split('/').filter(Boolean).at(-1) ?? ''
  for (const viewport of withPhone ? [wide, phone] : [wide]) {
    await page.setViewportSize(viewport)
    if (viewport === phone && name === 'cluster-starting')
      await page.locator('.bottom-bar').getByRole('button', { name: 'Terminal' }).click()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(300)
      await page.screenshot({ path: join(pictures, `${slug}-${name}-${viewport.width}-${colorScheme}.png`) })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(wide)
}

/** A server keeps its clusters for their learners when it ends; these have none to come back. */
async function removeClusters(data: string): Promise<void> {
  const provider = await openKind({ data })
  for (const { id } of await provider.adopt()) await provider.discard(id)
  await provider.dispose()
}
