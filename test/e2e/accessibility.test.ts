// axe finds nothing on any page, in light and dark, on a wide page and a phone, asleep and awake.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { Fairlead } from './support/fairlead.ts'
import { check, openLesson, untilLoaded } from './support/lesson-page.ts'

const lessons = [
  'pod-to-service/clusterip',
  'pod-to-service/selectors',
  'http/ingress-controller',
  'inside-a-node/cni-plugin',
  'policy/default-deny',
]

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

const wide = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }

async function withPage(
  options: { viewport: typeof wide; colorScheme: 'light' | 'dark' },
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
  const page = await context.newPage()
  try {
    await look(page)
  } finally {
    await context.close()
  }
}

/** Violations as short lines: rule, and the first places. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return found.map(
    (one) =>
      `${one.id}: ${one.nodes
        .slice(0, 3)
        .map((node) => node.html.slice(0, 160))
        .join(' | ')}`,
  )
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each(['/', '/nowhere/'])('the page %s', async (path) => {
    for (const viewport of [wide, phone]) {
      await withPage({ viewport, colorScheme }, async (page) => {
        await page.goto(server.url + path)
        expect(await violations(page)).toEqual([])
      })
    }
  })

  it.each(lessons)('the lesson %s before anything was done', async (slug) => {
    await withPage({ viewport: wide, colorScheme }, async (page) => {
      await openLesson(page, server.url, slug)
      expect(await violations(page)).toEqual([])
    })
  })

  it('a lesson at work: editor, terminal, results, cluster, checks, menu, help', async () => {
    await withPage({ viewport: wide, colorScheme }, async (page) => {
      await openLesson(page, server.url, 'pod-to-service/selectors')
      await page.keyboard.press('Tab')
      await untilLoaded(page)
      await check(page)
      await page.locator('.evidence summary').first().click()
      expect(await violations(page), 'work').toEqual([])
      for (const name of ['Cluster', 'Checks']) {
        await page.getByRole('tab', { name }).click()
        expect(await violations(page), name).toEqual([])
      }
      await page.getByRole('button', { name: 'Menu' }).click()
      expect(await violations(page), 'menu').toEqual([])
      await page.getByRole('button', { name: /Help and keys/ }).click()
      expect(await violations(page), 'help').toEqual([])
    })
  })

  it('a lesson on a phone, part by part', async () => {
    await withPage({ viewport: phone, colorScheme }, async (page) => {
      await openLesson(page, server.url, 'pod-to-service/selectors')
      for (const part of ['Read', 'Edit', 'Terminal', 'Map', 'Check']) {
        await page.locator('.bottom-bar').getByRole('button', { name: part }).click()
        if (part === 'Edit') await untilLoaded(page)
        expect(await violations(page), part).toEqual([])
        const wider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
        expect(wider, `${part} is wider than the phone`).toBe(false)
      }
    })
  })
})
