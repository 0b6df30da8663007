// A Chromium for the tests: the system's own, found by name, or an error that says how to get one.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const candidates = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

export function findChromium(): string {
  const found = candidates.find((path) => path !== undefined && existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    'The browser tests need Chromium: apt-get install chromium, or name one in the variable CHROMIUM.',
  )
}

export function launchBrowser(): Promise<Browser> {
  // Chromium's own sandbox needs rights that containers and root do not give.
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
}

/** Errors of the page itself; a test that ends with any has failed, whatever it looked at. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    // A refused connection is what some tests are about.
    if (message.type() === 'error' && !/net::ERR_|WebSocket connection|status of 4/.test(message.text())) {
      errors.push(message.text())
    }
  })
  return errors
}
