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
    await page.goto(`${server.url}${lesson}`)
    await page.getByText('Your cluster: ready').first().waitFor()
    await page.waitForLoadState('networkidle')
    const sizes = await Promise.all(scripts.map((response) => response.request().sizes()))
    const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0)
    // Editor and terminal come at the first sign of a person.
    const begin = performance.now()
    await page.mouse.move(700, 400)
    await page.mouse.move(710, 410)
    await page.locator('.editor-host .monaco-editor .view-line').first().waitFor()
    const monaco = performance.now() - begin
    return [
      figure(
        'JavaScript before the first interaction (compressed)',
        kilobytes(bytes),
        'under 60 kB',
        bytes < 60_000,
      ),
      figure('first sign of a person to Monaco ready', ms(monaco)),
    ]
  } finally {
    await browser.close()
    await server.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
}
