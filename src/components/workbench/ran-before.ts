// Which commands of a lesson were run before, so that their ticks are there after a reload.
import { session } from '../../sandbox-client/session.ts'

const key = (slug: string): string => `fairlead-ran:${slug}`

export function restoreRan(slug: string): void {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(slug)) ?? '[]')
    if (Array.isArray(kept)) for (const command of kept) session.noteRan(String(command), 'ran')
  } catch {
    // Storage is switched off or holds something else: no ticks, nothing else is lost.
  }
}

export function keepRan(slug: string): void {
  const ran = [...session.ran.get()].filter(([, state]) => state === 'ran').map(([command]) => command)
  try {
    localStorage.setItem(key(slug), JSON.stringify(ran))
  } catch {
    // Storage is switched off: the ticks live as long as the page.
  }
}
