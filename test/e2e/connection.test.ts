// What happens to a person's work when the connection breaks: it waits, and is done once.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { Fairlead } from './support/fairlead.ts'
import {
  focusByKey,
  openLesson,
  terminalText,
  untilLoaded,
  untilTerminalShows,
} from './support/lesson-page.ts'

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

const slug = 'pod-to-service/selectors'

async function atWork(page: Page): Promise<void> {
  await openLesson(page, server.url, slug)
  await page.keyboard.press('Tab')
  await untilLoaded(page)
}

it('keeps what is typed while offline, says so, and sends it afterwards', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await atWork(page)
  await focusByKey(page, 'terminal')
  await page.keyboard.type('echo before\n')
  await untilTerminalShows(page, /\nbefore/)
  await context.setOffline(true)
  await page.getByText('You are offline. What you type is kept.').first().waitFor()
  await focusByKey(page, 'terminal')
  await page.keyboard.type('echo typed while offline\n')
  await context.setOffline(false)
  await untilTerminalShows(page, /\ntyped while offline/)
  await context.close()
})

it('runs a pressed command once, though the socket broke before its answer came', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  // The first socket swallows the answer and breaks, after the server has got the request.
  let sockets = 0
  await page.routeWebSocket(/\/socket$/, (page_) => {
    sockets += 1
    const first = sockets === 1
    const server_ = page_.connectToServer()
    server_.onMessage((message) => {
      if (first && typeof message === 'string' && message.includes('"terminal-ran"')) void page_.close()
      else page_.send(message)
    })
  })
  await atWork(page)
  const command = 'kubectl get endpointslices -l kubernetes.io/service-name=web'
  await page.getByRole('button', { name: `Run in the terminal: ${command}` }).click()
  const again = page.getByRole('button', { name: `Has run. Run again in the terminal: ${command}` })
  await again.waitFor({ timeout: 30_000 })
  expect(sockets).toBeGreaterThan(1)
  expect((await terminalText(page)).split(command)).toHaveLength(2)
  await context.close()
})

it('shows what the terminal wrote to a file in the editor, and a choice where both changed it', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await atWork(page)
  await focusByKey(page, 'terminal')
  await page.keyboard.type("sed -i 's/app: wbe/app: web/' services.yaml\n")
  await page.locator('.view-lines', { hasText: 'app: web' }).waitFor()

  await context.setOffline(true)
  await focusByKey(page, 'edit')
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('# mine ')
  await focusByKey(page, 'terminal')
  await page.keyboard.type("sed -i 's/Three/3/' services.yaml\n")
  await context.setOffline(false)
  const conflict = page.getByRole('alert').filter({ hasText: 'services.yaml was changed elsewhere' })
  const saved = page.getByText('Saved', { exact: true })
  await conflict.or(saved).first().waitFor({ timeout: 30_000 })
  if (await conflict.isVisible()) await page.getByRole('button', { name: 'Keep what is here' }).click()
  await page.locator('.view-lines', { hasText: '# mine' }).waitFor()
  await context.close()
})
