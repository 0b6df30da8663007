// The workspace's files as tabs, with what can be done to them.
import { useRef } from 'preact/hooks'

interface FileTabsProps {
  paths: readonly string[]
  path: string | undefined
  /** Files can be changed: the server's list has arrived. */
  live: boolean
  choose(path: string): void
  create(): void
  rename(path: string): void
  remove(path: string): void
}

export function FileTabs({ paths, path, live, choose, create, rename, remove }: FileTabsProps) {
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent, index: number): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const at = (index + step + paths.length) % paths.length
    const next = paths[at]
    if (step !== 0 && next !== undefined) {
      choose(next)
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus()
    }
    if (event.key === 'F2' && live) rename(paths[index] ?? '')
    if (event.key === 'Delete' && live) remove(paths[index] ?? '')
  }
  return (
    <div class="pane-bar">
      <div class="file-tabs" role="tablist" aria-label="Files" ref={list}>
        {paths.map((name, index) => (
          <button
            type="button"
            role="tab"
            aria-selected={name === path}
            tabIndex={name === path ? 0 : -1}
            onClick={() => choose(name)}
            onKeyDown={(event) => move(event, index)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="pane-tools">
        <button type="button" class="tool" disabled={!live} onClick={create}>
          New file
        </button>
        {path !== undefined && (
          <>
            <button type="button" class="tool" disabled={!live} onClick={() => rename(path)}>
              Rename<span class="unseen"> {path}</span>
            </button>
            <button type="button" class="tool" disabled={!live} onClick={() => remove(path)}>
              Delete<span class="unseen"> {path}</span>
            </button>
          </>
        )}
      </div>
    </div>
  )
}
