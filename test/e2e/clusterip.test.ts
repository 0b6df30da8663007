// The ClusterIP lesson as a person solves it, by keyboard alone, and everything is still there afterwards.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { collectErrors, launchBrowser } from './support/browser.ts'
import { Fairlead } from './support/fairlead.ts'
import {
  check,
  focusByKey,
  openLesson,
  sheet,
  untilLoaded,
  untilTerminalShows,
} from './support/lesson-page.ts'
import { typeManifest } from './support/type-manifest.ts'

const slug = 'pod-to-service/clusterip'
const manifest = `apiVersion: v1
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

// kube-proxy takes about a second to write a new Service's rules; a person asks again.
const askUntilAnswered = 'until kubectl exec client -- curl -s http://my-service/hostname; do sleep 1; done'

let server: Fairlead
let browser: Browser
let context: BrowserContext
let page: Page
let errors: string[]

beforeAll(async () => {
  server = await Fairlead.start()
  browser = await launchBrowser()
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  page = await context.newPage()
  errors = collectErrors(page)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

it('is solved by typing a Service, applying it, asking it from the terminal and checking', async () => {
  await openLesson(page, server.url, slug)
  await page.keyboard.press('Tab')
  await untilLoaded(page)

  await focusByKey(page, 'edit')
  await typeManifest(page, manifest)
  await page.keyboard.press('Control+s')
  await page.locator('.applied-list li', { hasText: 'service/my-service created' }).waitFor()

  await focusByKey(page, 'terminal')
  await page.keyboard.type(`${askUntilAnswered}; echo " answered"\n`)
  await untilTerminalShows(page, /myapp-[a-z0-9]+-[a-z0-9]+\s+answered/)

  await focusByKey(page, 'read')
  // By Tab to the quiz; its right answer by the space bar.
  const right = page.locator('.exercise input[value=nothing]')
  await right.focus()
  await page.keyboard.press('Space')
  await check(page)
  expect(await sheet(page).locator('.check-message').allInnerTexts()).toHaveLength(6)
  expect(await sheet(page).locator('.score').innerText()).toBe('100 of 100 points. Everything holds.')
  expect(await sheet(page).getByText('Break it another way').isVisible()).toBe(true)
})

it('is where it was after a reload', async () => {
  await page.reload()
  await page.getByText('Your cluster: ready').first().waitFor()
  await page.keyboard.press('Tab')
  await untilLoaded(page)
  await expectEverythingThere()
})

it('is where it was after the server was killed and started again', async () => {
  // Saving is the server's own affair; a snapshot is taken at most every few seconds.
  await page.waitForTimeout(6_000)
  await server.kill()
  await page
    .getByText(/Reconnecting|offline/)
    .first()
    .waitFor()
  await server.startAgain()
  await page.getByText('Your cluster: ready').first().waitFor({ timeout: 60_000 })
  await page.reload()
  await page.getByText('Your cluster: ready').first().waitFor()
  await page.keyboard.press('Tab')
  await untilLoaded(page)
  await expectEverythingThere()
  await focusByKey(page, 'terminal')
  await page.keyboard.type(`${askUntilAnswered}; echo " still answered"\n`)
  await untilTerminalShows(page, /myapp-[a-z0-9]+-[a-z0-9]+\s+still answered/)
})

it('had no error in the page', () => {
  expect(errors).toEqual([])
})

async function expectEverythingThere(): Promise<void> {
  const score = sheet(page).locator('.score')
  await score.waitFor()
  expect(await score.innerText()).toBe('100 of 100 points. Everything holds.')
  await page.locator('.view-lines', { hasText: 'my-service' }).waitFor()
  await untilTerminalShows(page, /curl -s http:\/\/my-service\/hostname/)
  expect(await page.locator('.exercise input[value=nothing]').isChecked()).toBe(true)
}
