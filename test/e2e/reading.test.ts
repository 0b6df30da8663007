// A lesson is a text first: it reads without JavaScript and on paper, and costs little before it is used.
import { gzipSync } from 'node:zlib'
import type { Browser, Response } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { Fairlead } from './support/fairlead.ts'

const lesson = '/lessons/pod-to-service/selectors/'
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

it('shows the whole lesson without JavaScript: commands, predictions with what happens, checks, hints, files', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(server.url + lesson)
  const visible = (text: string) => page.getByText(text).first().isVisible()
  expect({
    question: await visible('The Service exists, the pods run, nobody answers'),
    command: await visible('kubectl get pods --show-labels'),
    prediction: await visible('Connection refused, at once'),
    explanation: await visible('The name resolves, because the Service exists.'),
    check: await visible('Service web has its 3 pods behind it'),
    hint: await visible('Two commands tell everything'),
    file: await visible('# Three Services, each wrong in its own way.'),
    because: await visible('A Service knows no Deployments.'),
    said: await page.locator('noscript p').isVisible(),
    workbench: await page.locator('.workbench').isVisible(),
  }).toEqual({
    question: true,
    command: true,
    prediction: true,
    explanation: true,
    check: true,
    hint: true,
    file: true,
    because: true,
    said: true,
    workbench: false,
  })
  await context.close()
})

it('prints the text alone, with what waits for an answer on the screen', async () => {
  const page = await browser.newPage()
  await page.goto(server.url + lesson)
  await page.emulateMedia({ media: 'print' })
  expect({
    explanation: await page.getByText('The name resolves, because the Service exists.').isVisible(),
    file: await page.getByText('# Three Services, each wrong in its own way.').first().isVisible(),
    workbench: await page.locator('.workbench').isVisible(),
    bar: await page.locator('.lesson-bar').isVisible(),
  }).toEqual({ explanation: true, file: true, workbench: false, bar: false })
  await page.close()
})

it('loads less than 60 kB of script before the first interaction, and the editor and the terminal after it', async () => {
  const page = await browser.newPage()
  const scripts: { url: string; gzipped: Promise<number> }[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    scripts.push({ url: response.url(), gzipped: zipped(response) })
  })
  const large = () => scripts.filter(({ url }) => /code-editor|terminal/.test(url))
  await page.goto(server.url + lesson, { waitUntil: 'networkidle' })
  await page.getByText('Your cluster: ready').first().waitFor()
  expect(large()).toEqual([])
  const bytes = await Promise.all(scripts.map(({ gzipped }) => gzipped))
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(60_000)
  await page.mouse.move(700, 400)
  await page.locator('.monaco-editor').first().waitFor({ timeout: 30_000 })
  expect(large().length).toBeGreaterThan(1)
  await page.close()
})

/** Bytes of a script as it travels. One that was still under way when the page closed does not count. */
async function zipped(response: Response): Promise<number> {
  const body = await response.body().catch(() => undefined)
  return body === undefined ? 0 : gzipSync(body).length
}

it('keeps the theme that was chosen, from the first paint of the next page', async () => {
  const context = await browser.newContext({ colorScheme: 'light' })
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Dark theme' }).click()
  await page.goto(server.url + lesson, { waitUntil: 'commit' })
  await page.waitForSelector('body')
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark')
  await context.close()
})
