// Types a manifest into the editor that has the focus, line by line, at the end of what is there.
import type { Page } from 'playwright-core'

/** Monaco indents by itself after a colon; each line gives its own indent instead. */
export async function typeManifest(page: Page, manifest: string): Promise<void> {
  await page.keyboard.press('Control+End')
  for (const line of manifest.trimEnd().split('\n')) {
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    // Whatever Monaco indented by itself goes: select to the line's start and type over it.
    await page.keyboard.press('Shift+Home')
    await page.keyboard.press('Shift+Home')
    await page.keyboard.type(line, { delay: 5 })
  }
  await page.keyboard.press('Escape')
}
