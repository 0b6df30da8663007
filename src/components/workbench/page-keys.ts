// Keys that belong to the page as a whole: cycling through its parts, checking, help.
import { session } from '../../sandbox-client/session.ts'
import { showHelp } from './HelpDialog.tsx'
import { type Pane, showPane } from './layout.ts'

const order: readonly Pane[] = ['read', 'edit', 'terminal']
/** Where the focus goes in each part, the best place first: what is not loaded yet is not there. */
const entries: Readonly<Record<Pane, readonly string[]>> = {
  read: ['#main'],
  edit: [
    '.editor-host:not([hidden]) .native-edit-context',
    '.editor-host:not([hidden]) textarea',
    '.editor-still',
  ],
  terminal: ['.xterm-helper-textarea', '.sheet button', '.terminal-pane button:enabled'],
  map: ['#panel-map'],
  check: ['#panel-check'],
}

export function focusPane(pane: Pane): void {
  showPane(pane)
  requestAnimationFrame(() => {
    for (const selector of entries[pane]) {
      const place = document.querySelector<HTMLElement>(selector)
      if (place === null) continue
      place.focus()
      return
    }
  })
}

function currentRegion(): Pane {
  const region = document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset.region
  return order.find((pane) => pane === region) ?? 'read'
}

export function wirePageKeys(): void {
  addEventListener(
    'keydown',
    (event) => {
      if (document.querySelector('dialog[open]') !== null) return
      if (event.key === 'F6') {
        event.preventDefault()
        event.stopPropagation()
        const step = event.shiftKey ? order.length - 1 : 1
        focusPane(order[(order.indexOf(currentRegion()) + step) % order.length] ?? 'read')
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        event.stopPropagation()
        void session.runCheck()
      } else if (event.key === 's' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        // Nobody wants the browser's "save page" here; in the editor its own action has the key.
        if (currentRegion() !== 'edit') event.preventDefault()
      } else if (event.key === '?' && !isTextField(event.target)) showHelp()
    },
    true,
  )
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input, textarea, select, [contenteditable]') ||
      target.closest('.monaco-editor, .xterm') !== null)
  )
}
