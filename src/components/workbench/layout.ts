// How the page is divided, and which part is in front: remembered in this browser, set before anything is drawn.
import { createStore, type Store } from '../../sandbox-client/store.ts'

/** What is in front on a narrow page. */
export type Pane = 'read' | 'edit' | 'terminal' | 'map' | 'check'
/** What fills the workbench on a wide page. */
export type Tab = 'work' | 'map' | 'check'

export interface Layout {
  readonly tab: Tab
  /** Percent of the page's width for the text. */
  readonly textShare: number
  /** Percent of the workbench's height for the editor. */
  readonly editorShare: number
}

const key = 'fairlead-layout'
const first: Layout = { tab: 'work', textShare: 42, editorShare: 56 }

export const pane: Store<Pane> = createStore<Pane>('read')
export const layout: Store<Layout> = createStore<Layout>(first)

export function loadLayout(): void {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (typeof kept === 'object' && kept !== null) {
      const share = (name: 'textShare' | 'editorShare'): number => {
        const value: unknown = Reflect.get(kept, name)
        return typeof value === 'number' ? Math.min(80, Math.max(20, value)) : first[name]
      }
      layout.set({ tab: 'work', textShare: share('textShare'), editorShare: share('editorShare') })
    }
  } catch {
    // Storage is switched off or holds something else: the first layout is right.
  }
  const draw = (): void => {
    const { textShare, editorShare, tab } = layout.get()
    const root = document.documentElement
    root.style.setProperty('--text-share', String(textShare))
    root.style.setProperty('--editor-share', String(editorShare))
    root.dataset.tab = tab
    root.dataset.pane = pane.get()
  }
  draw()
  pane.subscribe(draw)
  layout.subscribe(() => {
    draw()
    try {
      localStorage.setItem(key, JSON.stringify(layout.get()))
    } catch {
      // Storage is switched off: the layout lives as long as the page.
    }
  })
}

/** Brings a part to the front, on wide and narrow pages alike. */
export function showPane(next: Pane): void {
  pane.set(next)
  if (next === 'read') return
  const tab: Tab = next === 'map' || next === 'check' ? next : 'work'
  layout.update((now) => (now.tab === tab ? now : { ...now, tab }))
}
