// The end of what a failed tool printed: folded away, to read and to copy for whoever runs the server.
import { useRef, useState } from 'preact/hooks'

export function ToolLog({ log }: { log: string }) {
  const text = useRef<HTMLElement>(null)
  const [told, setTold] = useState('')
  const copy = async (): Promise<void> => {
    setTold((await copied(log, text.current)) ? 'Copied.' : 'It is selected: copy it with your keyboard.')
  }
  return (
    <details class="tool-log">
      <summary>What the tool said</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section ref={text} tabIndex={0} aria-label="What the tool said">
        <pre>
          <code>{log.trimEnd()}</code>
        </pre>
      </section>
      <p class="tool-log-actions">
        <button type="button" class="button compact" onClick={() => void copy()}>
          Copy
        </button>
        <span class="soft" role="status">
          {told}
        </span>
      </p>
    </details>
  )
}

/** The clipboard is there on secure origins only, and a classroom may be served over plain HTTP: then the text is selected. */
async function copied(text: string, shown: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (shown !== null) getSelection()?.selectAllChildren(shown)
    return false
  }
}
