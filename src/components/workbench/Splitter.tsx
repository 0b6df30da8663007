// The line between two parts of the page: dragged, or moved by arrow keys; a double press puts it back.

import { useStore } from '../../sandbox-client/store.ts'
import { type Layout, layout } from './layout.ts'

interface SplitterProps {
  /** Which share it moves. */
  share: 'textShare' | 'editorShare'
  label: string
  controls: string
}

const bounds = { least: 20, most: 80 }
const usual = { textShare: 42, editorShare: 56 }

export function Splitter({ share, label, controls }: SplitterProps) {
  const value = useStore(layout, (now: Layout) => now[share])
  const vertical = share === 'textShare'
  const set = (next: number): void => {
    const bounded = Math.round(Math.min(bounds.most, Math.max(bounds.least, next)) * 10) / 10
    layout.update((now) => ({ ...now, [share]: bounded }))
  }
  const drag = (event: PointerEvent): void => {
    const handle = event.currentTarget
    const divided = handle instanceof HTMLElement ? handle.closest('.panel-work, .lesson-layout') : null
    if (!(handle instanceof HTMLElement) || divided === null) return
    event.preventDefault()
    handle.setPointerCapture(event.pointerId)
    const area = divided.getBoundingClientRect()
    const move = (moved: PointerEvent): void =>
      set(
        vertical
          ? ((moved.clientX - area.left) / area.width) * 100
          : ((moved.clientY - area.top) / area.height) * 100,
      )
    const stop = (): void => {
      handle.removeEventListener('pointermove', move)
      handle.removeEventListener('pointerup', stop)
      handle.removeEventListener('pointercancel', stop)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', stop)
    handle.addEventListener('pointercancel', stop)
  }
  const steps: Record<string, number> = {
    [vertical ? 'ArrowLeft' : 'ArrowUp']: -2,
    [vertical ? 'ArrowRight' : 'ArrowDown']: 2,
    PageUp: -10,
    PageDown: 10,
    Home: -100,
    End: 100,
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: hr cannot be moved; a focusable separator is the pattern of ARIA for splitters.
    <div
      role="separator"
      tabIndex={0}
      class={`splitter ${vertical ? 'upright' : 'level'}`}
      aria-label={label}
      aria-controls={controls}
      aria-orientation={vertical ? 'vertical' : 'horizontal'}
      aria-valuemin={bounds.least}
      aria-valuemax={bounds.most}
      aria-valuenow={Math.round(value)}
      onPointerDown={drag}
      onDblClick={() => set(usual[share])}
      onKeyDown={(event) => {
        const step = steps[event.key]
        if (step === undefined) return
        event.preventDefault()
        set(value + step)
      }}
    />
  )
}
