// On a narrow page: which part is in front, in reach of the thumb.
import { useStore } from '../../sandbox-client/store.ts'
import { type Pane, pane, showPane } from './layout.ts'
import { focusPane } from './page-keys.ts'

const entries: readonly { pane: Pane; label: string }[] = [
  { pane: 'read', label: 'Read' },
  { pane: 'edit', label: 'Edit' },
  { pane: 'terminal', label: 'Terminal' },
  { pane: 'map', label: 'Map' },
  { pane: 'check', label: 'Check' },
]

export function BottomBar() {
  const front = useStore(pane)
  return (
    <>
      {entries.map((entry) => (
        <button
          type="button"
          aria-pressed={front === entry.pane}
          onClick={(event) => (event.detail === 0 ? focusPane(entry.pane) : showPane(entry.pane))}
        >
          {entry.label}
        </button>
      ))}
    </>
  )
}
