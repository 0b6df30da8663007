// Which keys belong to the page and not to the shell: copy, paste, search, and the way out.
import type { Terminal } from '@xterm/xterm'

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/** False leaves the key to the browser and the page, true gives it to the shell. */
export function terminalKey(terminal: Terminal, event: KeyboardEvent, openSearch: () => void): boolean {
  // The page's own keys: leave the terminal, check.
  if (event.key === 'F6' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) return false
  if (event.type !== 'keydown') return true
  const key = event.key.toLowerCase()
  const copyKeys = isMac ? event.metaKey : event.ctrlKey
  if (key === 'f' && event.ctrlKey && event.shiftKey) {
    event.preventDefault()
    openSearch()
    return false
  }
  if (!copyKeys) return true
  if (key === 'c' && (event.shiftKey || isMac || terminal.hasSelection())) {
    if (terminal.hasSelection()) {
      event.preventDefault()
      void navigator.clipboard?.writeText(terminal.getSelection())
      terminal.clearSelection()
    } else if (event.shiftKey) event.preventDefault()
    return false
  }
  // The browser's own paste follows, which xterm.js takes with bracketed paste.
  if (key === 'v') return false
  return true
}
