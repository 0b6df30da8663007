// The start page's script: the theme switch, and the learner's progress where there is any.
import type { Progress } from '../../../sandbox-server/contract/rest.ts'
import { wireThemeSwitch } from '../../theme/switch.ts'

wireThemeSwitch()
void showProgress()

async function showProgress(): Promise<void> {
  // Parsing by schema is not worth its bytes here: what is missing is not shown.
  const response = await fetch('/api/v1/progress').catch(() => undefined)
  if (response === undefined || !response.ok) return
  const progress: Partial<Progress> | undefined = await response.json().catch(() => undefined)
  const lessons = Object.entries(progress?.lessons ?? {})
  for (const [slug, { best, outOf, attempts }] of lessons) {
    const full = outOf > 0 && best >= outOf
    const state = document.querySelector(`[data-lesson-row="${CSS.escape(slug)}"] [data-state]`)
    if (state !== null) {
      state.textContent = full
        ? 'solved'
        : attempts > 0
          ? `${Math.round(best)} of ${Math.round(outOf)}`
          : 'opened'
      state.classList.add(full ? 'solved' : 'begun')
    }
    document.querySelector(`[data-progress="${CSS.escape(slug)}"]`)?.classList.add(full ? 'full' : 'part')
  }
  offerToGoOn(lessons)
}

function offerToGoOn(lessons: [string, Progress['lessons'][string]][]): void {
  const open = lessons
    .filter(([, { best, outOf }]) => outOf === 0 || best < outOf)
    .sort((a, b) => b[1].lastOpenedAt - a[1].lastOpenedAt)[0]
  const link =
    open && document.querySelector<HTMLAnchorElement>(`[data-lesson-row="${CSS.escape(open[0])}"] a`)
  const start = document.querySelector<HTMLAnchorElement>('#start')
  if (!link || !start) return
  start.href = link.href
  start.textContent = `Go on: ${link.textContent}`
}
