// The terminal's pane. xterm.js is loaded at the first sign of a person; until there is a cluster its state stands here.
import { useEffect, useRef, useState } from 'preact/hooks'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { firstSignOfAPerson } from './first-sign.ts'
import { SandboxSheet } from './SandboxSheet.tsx'

export function TerminalPane() {
  const host = useRef<HTMLDivElement>(null)
  const terminal = useRef<Terminal>()
  const search = useRef<HTMLInputElement>(null)
  const [loaded, setLoaded] = useState(false)
  const [searching, setSearching] = useState(false)
  const [readsOut, setReadsOut] = useState(false)
  const ready = useStore(session.sandbox, (sandbox) => sandbox?.state === 'ready')

  useEffect(() => {
    let gone = false
    void firstSignOfAPerson().then(async () => {
      const { createTerminal } = await import('../../terminal/terminal.ts')
      if (gone || host.current === null) return
      terminal.current = createTerminal(host.current, session.terminal, () => setSearching(true))
      setLoaded(true)
    })
    return () => {
      gone = true
      terminal.current?.dispose()
    }
  }, [])
  useEffect(() => {
    if (searching) search.current?.focus()
  }, [searching])

  const stopSearching = (): void => {
    setSearching(false)
    terminal.current?.focus()
  }
  return (
    <section class="terminal-pane" id="terminal-pane" aria-label="Terminal" data-region="terminal">
      <div class="pane-bar">
        <h2 class="pane-name">Terminal</h2>
        <div class="pane-tools">
          {searching && (
            <search class="terminal-search">
              <input
                ref={search}
                type="search"
                aria-label="Search what was printed"
                placeholder="Search"
                onInput={(event) => terminal.current?.search(event.currentTarget.value, 'next', true)}
                onKeyDown={(event) => {
                  if (event.key === 'Escape') stopSearching()
                  if (event.key === 'Enter') {
                    terminal.current?.search(
                      event.currentTarget.value,
                      event.shiftKey ? 'next' : 'previous',
                      false,
                    )
                  }
                }}
              />
            </search>
          )}
          <button
            type="button"
            class="tool"
            aria-pressed={searching}
            disabled={!loaded}
            onClick={() => (searching ? stopSearching() : setSearching(true))}
          >
            Search
          </button>
          <button
            type="button"
            class="tool"
            aria-pressed={readsOut}
            disabled={!loaded}
            title="For screen readers: what is printed is read out"
            onClick={() => {
              terminal.current?.readOut(!readsOut)
              setReadsOut(!readsOut)
            }}
          >
            Read out
          </button>
          <span class="soft key-hint">
            <kbd>F6</kbd> leaves
          </span>
        </div>
      </div>
      <div class="terminal-body">
        <div ref={host} class="terminal-host" />
        {!loaded && ready && (
          <p class="terminal-still">Your cluster is ready. The terminal opens when you come here.</p>
        )}
        <SandboxSheet />
      </div>
    </section>
  )
}
