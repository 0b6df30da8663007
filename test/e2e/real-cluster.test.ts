// What the page shows of a cluster that takes its time: the choice, the wait, the queue, the failure. The states are told to
// the page by the test, so that no container engine is needed; what a real cluster does is tested where one can run.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClusterChoice } from '../../sandbox-server/contract/sandbox.ts'
import { collectErrors, launchBrowser } from './support/browser.ts'
import { cancelled, choices, failed, queued, ready, startingAt, suspended } from './support/cluster-states.ts'
import { Fairlead } from './support/fairlead.ts'
import { openLesson } from './support/lesson-page.ts'
import { type ToldSandbox, ToldServer } from './support/told-server.ts'

let server: Fairlead
let browser: Browser
beforeAll(async () => {
  server = await Fairlead.start(['--clusters', 'simulated'])
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const slug = 'pod-to-service/selectors'
const wide = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }
const why = 'This exercise asks for Cilium, and its images are not on this server.'
const withoutKind: readonly ClusterChoice[] = [
  { provider: 'simulated', default: true, expectedMs: 400 },
  { provider: 'kind', default: false, unavailable: why },
]

const longDetail =
  'MetalLB v0.16.2: waiting for deployment/controller in the namespace metallb-system to have 1 of 1 pods ready'

/** A browser on a busy machine is late. */
const patient = { timeout: 20_000 }

interface Told {
  sandbox: ToldSandbox
  choices?: readonly ClusterChoice[]
  viewport?: typeof wide
  colorScheme?: 'light' | 'dark'
}

async function withPage(options: Told, look: (page: Page, told: ToldServer) => Promise<void>): Promise<void> {
  const { viewport = wide, colorScheme = 'light' } = options
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const errors = collectErrors(page)
  const told = await ToldServer.on(page, slug, { choices, ...options })
  try {
    await page.goto(`${server.url}/lessons/${slug}/`)
    await page.getByText('Your cluster: ').first().waitFor()
    await look(page, told)
    expect(errors).toEqual([])
  } finally {
    await context.close()
  }
}

const kindButton = (page: Page) => page.getByRole('button', { name: /^Kind of cluster: / })
const terminal = (page: Page) => page.locator('.terminal-pane')

describe('the choice of a cluster', () => {
  it('is not offered where there is none: the real server has the simulated cluster alone', async () => {
    const context = await browser.newContext({ viewport: wide })
    const page = await context.newPage()
    await openLesson(page, server.url, slug)
    await page.waitForLoadState('networkidle')
    expect(await page.locator('.lesson-bar').innerText()).toContain('Your cluster: ready, simulated')
    expect(await kindButton(page).count()).toBe(0)
    expect(await page.locator('.exercise .not-here').count()).toBe(0)
    await context.close()
  })

  it('is made by keyboard alone, asks before anything is lost, and gives the focus back', async () => {
    await withPage({ sandbox: ready }, async (page, told) => {
      await kindButton(page).focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Which cluster for this lesson?' })
      await dialog.waitFor()
      const kind = dialog.getByRole('listitem').filter({ hasText: 'Real cluster (kind)' })
      expect(await kind.innerText()).toContain('ready in about 40 s')
      expect(await dialog.getByRole('listitem').filter({ hasText: 'Simulated' }).innerText()).toContain(
        'In use',
      )
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      expect(await kindButton(page).evaluate((element) => element === document.activeElement)).toBe(true)

      await page.keyboard.press('Enter')
      await dialog.getByRole('button', { name: 'Switch to it: Real cluster (kind)' }).press('Enter')
      const question = page.getByRole('dialog', { name: 'Switch to a real cluster (kind)?' })
      expect(await question.locator('p').first().innerText()).toBe(
        'You get a real cluster (kind) with the exercise as it starts, ready in about 40 s. What you applied to the simulated cluster is lost. Your files stay.',
      )
      expect(told.last('sandbox-provider')).toBeUndefined()
      await question.getByRole('button', { name: 'Switch' }).press('Enter')
      await expect.poll(() => told.last('sandbox-provider')?.provider, patient).toBe('kind')
    })
  })

  it('says on a phone as well what one is, and why one is not to be had', async () => {
    await withPage({ sandbox: ready, choices: withoutKind, viewport: phone }, async (page) => {
      await kindButton(page).click()
      const dialog = page.getByRole('dialog', { name: 'Which cluster for this lesson?' })
      await dialog.waitFor()
      expect(await dialog.getByText(why).isVisible()).toBe(true)
      expect(await dialog.getByRole('button', { name: /Switch to it/ }).count()).toBe(0)
      await dialog.getByRole('button', { name: 'Close' }).click()
      await page.getByRole('button', { name: 'Menu' }).click()
      expect(await page.getByRole('button', { name: 'Kind of cluster Simulated now' }).isVisible()).toBe(true)
    })
  })

  it('is explained beside the exercise that cannot be done on one', async () => {
    await withPage({ sandbox: ready, choices: withoutKind }, async (page) => {
      await page.locator('.exercise .not-here').waitFor()
      expect(await page.locator('.exercise .not-here').innerText()).toBe(
        `Real cluster (kind): not available here. ${why}`,
      )
    })
  })
})

describe('a start', () => {
  it('shows its steps and their times against the usual time, and moves nothing when a step ends', async () => {
    await withPage({ sandbox: startingAt(1) }, async (page, told) => {
      const steps = terminal(page).locator('.steps li')
      await terminal(page)
        .getByText(/^\d+ s of about 40 s$/)
        .waitFor()
      expect(await steps.count()).toBe(7)
      const places = async () => {
        const boxes = [...(await steps.all()), terminal(page).getByRole('button', { name: 'Cancel' })]
        return await Promise.all(boxes.map((box) => box.boundingBox()))
      }
      const before = await places()
      told.becomes(startingAt(2, 'kubeadm init on fairlead-control-plane, which takes the longest of all'))
      await expect.poll(() => steps.nth(1).innerText(), patient).toMatch(/Nodes\s*, done\s*5\.4 s/)
      expect(await places()).toEqual(before)
      told.becomes(startingAt(6))
      await expect.poll(() => steps.nth(2).innerText(), patient).toMatch(/Control plane\s*, done\s*14 s/)
      expect(await places()).toEqual(before)
    })
  })

  it('is announced step by step and not second by second', async () => {
    await withPage({ sandbox: startingAt(1) }, async (page, told) => {
      await page.evaluate(() => {
        const heard: string[] = []
        Reflect.set(window, 'heard', heard)
        for (const region of document.querySelectorAll('[role=status], [aria-live]')) {
          new MutationObserver(() => region.textContent && heard.push(region.textContent)).observe(region, {
            childList: true,
            subtree: true,
            characterData: true,
          })
        }
      })
      const counted = terminal(page).locator('.start-time')
      const first = await counted.innerText()
      await expect.poll(() => counted.innerText(), patient).not.toBe(first)
      told.becomes(startingAt(2, 'kubeadm init'))
      told.becomes(startingAt(2, 'kubeadm init, still'))
      told.becomes({ ...ready, provider: 'kind' })
      const heard = () => page.evaluate(() => Reflect.get(window, 'heard'))
      await expect
        .poll(heard, patient)
        .toEqual(['Your cluster: starting, step 3 of 7: Control plane', 'Your cluster: ready, real, by kind'])
    })
  })

  it('can be cancelled, and begun again', async () => {
    await withPage({ sandbox: startingAt(2) }, async (page, told) => {
      await terminal(page).getByRole('button', { name: 'Cancel' }).click()
      await expect.poll(() => told.last('sandbox-cancel'), patient).toBeDefined()
      told.becomes(cancelled)
      await terminal(page).getByText('You cancelled the start.').waitFor()
      const hellos = () => told.asked.filter((message) => message.type === 'hello').length
      const before = hellos()
      await terminal(page).getByRole('button', { name: 'Start the cluster' }).click()
      await expect.poll(hellos, patient).toBe(before + 1)
    })
  })

  it('keeps what is typed meanwhile and saves it once the cluster runs', async () => {
    await withPage({ sandbox: ready }, async (page, told) => {
      const content = 'kind: Service\n'
      told.tell({ type: 'files', files: [{ path: 'services.yaml', content, revision: 4 }] })
      await page.keyboard.press('Tab')
      await page.locator('.editor-host .view-lines').waitFor({ timeout: 30_000 })
      told.becomes(startingAt(2))
      await terminal(page).getByText('what you type is kept in this page', { exact: false }).waitFor()
      for (let press = 0; press < 5; press += 1) {
        if (await page.evaluate(() => document.activeElement?.closest('.editor-host') != null)) break
        await page.keyboard.press('F6')
        await page.waitForTimeout(100)
      }
      await page.keyboard.press('Control+Home')
      await page.keyboard.type('# mine ')
      await page.getByText('Kept here until the cluster runs').waitFor()
      const write = () => told.last('file-write')
      await expect.poll(() => write()?.content, patient).toBe(`# mine ${content}`)
      told.tell({
        type: 'error',
        requestId: write()?.requestId,
        code: 'SANDBOX_NOT_READY',
        message: 'The sandbox is starting.',
      })
      told.becomes({ ...ready, provider: 'kind' })
      told.tell({ type: 'files', files: [{ path: 'services.yaml', content, revision: 1 }] })
      await expect.poll(() => write()?.baseRevision, patient).toBe(1)
      expect(write()?.content).toBe(`# mine ${content}`)
    })
  })
})

describe('what a cluster waits for', () => {
  it('is a place in the queue, with the wait, a way out and another cluster', async () => {
    await withPage({ sandbox: queued }, async (page, told) => {
      const pane = terminal(page)
      await pane.getByRole('heading', { name: 'Number 3 in the queue' }).waitFor()
      expect(await pane.getByText('It takes about 3 min').isVisible()).toBe(true)
      await pane.getByRole('button', { name: 'Leave the queue' }).click()
      await expect.poll(() => told.last('sandbox-cancel'), patient).toBeDefined()
      await pane.getByRole('button', { name: 'Take a simulated cluster instead, ready at once' }).click()
      const question = page.getByRole('dialog', { name: 'Switch to a simulated cluster?' })
      expect(await question.locator('p').first().innerText()).toBe(
        'You get a simulated cluster with the exercise as it starts, ready at once. Your files stay.',
      )
      await question.getByRole('button', { name: 'Switch' }).click()
      await expect.poll(() => told.last('sandbox-provider')?.provider, patient).toBe('simulated')
    })
  })

  it('is its learner, once it is suspended: it says what is kept', async () => {
    await withPage({ sandbox: suspended }, async (page) => {
      const said = await terminal(page).locator('.sheet').innerText()
      expect(said).toContain('Files, cluster and terminal are kept.')
      expect(await terminal(page).getByRole('button', { name: 'Start the cluster' }).isVisible()).toBe(true)
    })
  })
})

it('says why a cluster could not be made, what to do, and what the tool said, to be copied', async () => {
  await withPage({ sandbox: failed }, async (page, told) => {
    const pane = terminal(page)
    await pane.getByText(failed.reason).waitFor()
    expect(await pane.getByText(failed.hint).isVisible()).toBe(true)
    const log = pane.getByRole('region', { name: 'What the tool said' })
    expect(await log.isVisible()).toBe(false)
    await pane.locator('summary', { hasText: 'What the tool said' }).press('Enter')
    expect(await log.innerText()).toBe(failed.log)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await pane.getByRole('button', { name: 'Copy' }).click()
    await pane.getByText('Copied.').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(failed.log)
    const hellos = () => told.asked.filter((message) => message.type === 'hello').length
    const before = hellos()
    await pane.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(hellos, patient).toBe(before + 1)
  })
})

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([
    ['a wide page', wide],
    ['a phone', phone],
  ])(
    'axe finds nothing on %s, and nothing is too wide for it, whatever state the cluster is in',
    async (_, viewport) => {
      const choices = withoutKind
      await withPage({ sandbox: ready, choices, viewport, colorScheme }, async (page, told) => {
        await kindButton(page).click()
        await page.getByRole('dialog').waitFor()
        expect(await violations(page), 'the choice').toEqual([])
        await page.keyboard.press('Escape')
        if (viewport === phone)
          await page.locator('.bottom-bar').getByRole('button', { name: 'Terminal' }).click()
        for (const sandbox of [startingAt(4, longDetail), queued, suspended, failed]) {
          told.becomes(sandbox)
          await terminal(page).getByText(sandbox.reason.replace(/\.$/, '')).waitFor()
          for (const summary of await terminal(page).locator('summary').all()) await summary.click()
          expect(await violations(page), sandbox.state).toEqual([])
          const wider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
          expect(wider, `${sandbox.state} is wider than the page`).toBe(false)
        }
      })
    },
  )
})

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}
