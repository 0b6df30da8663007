// What a browser sees: how much JavaScript a lesson page needs before it can be used, and when Monaco is ready.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Response } from 'playwright-core'
import { startServerProcess } from '../drivers/server-process.ts'
import { type Figure, figure, kilobytes, ms } from './figures.ts'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const lesson = '/lessons/pod-to-service/selectors/'

export async function measureBrowser(site: string): Promise<Figure[]> {
  const executablePath = process.env.FAIRLEAD_CHROMIUM ?? places.find((place) => existsSync(place))
  if (executablePath === undefined) return [figure('browser', 'no chromium found; set FAIRLEAD_CHROMIUM')]
  const data = await mkdtemp(join(tmpdir(), 'fairlead-bench-'))
  const server = await startServerProcess(['--data', data, '--site', site])
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    const scripts: Response[] = []
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response)
    })
    // What the HTML and its modules ask for, before anything lazy: the page is readable and its buttons work.
    const begin = performance.now()
    await page.goto(`${server.url}${lesson}`, { waitUntil: 'domcontentloaded' })
    const first = [...scripts]
    await page.waitForSelector('.monaco-editor .view-line', { timeout: 60_000 })
    const monaco = performance.now() - begin
    const sizes = await Promise.all(first.map((response) => response.request().sizes()))
    const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0)
    return [
      figure(
        'JavaScript before the first interaction (compressed)',
        kilobytes(bytes),
        'under 60 kB',
        bytes < 60_000,
      ),
      figure('navigation to Monaco ready', ms(monaco)),
    ]
  } finally {
    await browser.close()
    await server.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
}
