// A lesson is a text first: it reads without JavaScript and on paper, and costs little before it is used.
import type { Browser } from 'playwright-core'
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
    said: await visible('You can read this lesson as it is.'),
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
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const scripts = new Map<string, string>()
  const bytes = new Map<string, number>()
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') scripts.set(requestId, response.url)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    bytes.set(requestId, encodedDataLength),
  )
  const total = () => [...scripts.keys()].reduce((sum, id) => sum + (bytes.get(id) ?? 0), 0)
  await page.goto(server.url + lesson, { waitUntil: 'networkidle' })
  await page.getByText('Your cluster: ready').first().waitFor()
  expect([...scripts.values()].filter((url) => /code-editor|terminal/.test(url))).toEqual([])
  expect(total()).toBeLessThan(60_000)
  await page.mouse.move(700, 400)
  await page.locator('.monaco-editor').first().waitFor({ timeout: 30_000 })
  expect([...scripts.values()].filter((url) => /code-editor\./.test(url))).toHaveLength(1)
  await page.close()
})

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
