// The right side of a lesson: editor above terminal, the cluster, the checks. On a narrow page one of them at a time.
import type { ExerciseView } from '../../lessons/exercise-view.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { CheckList } from '../lesson/CheckList.tsx'
import { CheckActions } from '../lesson/ExerciseSheet.tsx'
import { ClusterPane } from '../topology/ClusterPane.tsx'
import { EditorPane } from './EditorPane.tsx'
import { layout, showPane, type Tab } from './layout.ts'
import { Splitter } from './Splitter.tsx'
import { TerminalPane } from './TerminalPane.tsx'

export interface WorkbenchProps {
  exercise?: ExerciseView | undefined
  /** The files as they start, shown until the server's arrive. */
  files: { path: string; content: string }[]
}

const tabs: readonly { tab: Tab; pane: 'edit' | 'map' | 'check'; label: string }[] = [
  { tab: 'work', pane: 'edit', label: 'Editor and terminal' },
  { tab: 'map', pane: 'map', label: 'Cluster' },
  { tab: 'check', pane: 'check', label: 'Checks' },
]

export function Workbench({ exercise, files }: WorkbenchProps) {
  const tab = useStore(layout, (now) => now.tab)
  return (
    <>
      <Splitter share="textShare" label="Width of the text" controls="main" />
      <div class="bench-tabs" role="tablist" aria-label="Workbench">
        {tabs.map((entry, index) => (
          <button
            type="button"
            role="tab"
            id={`tab-${entry.tab}`}
            aria-selected={tab === entry.tab}
            aria-controls={`panel-${entry.tab}`}
            tabIndex={tab === entry.tab ? 0 : -1}
            onClick={() => showPane(entry.pane)}
            onKeyDown={(event) => {
              const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
              const next = tabs[(index + step + tabs.length) % tabs.length]
              if (step === 0 || next === undefined) return
              showPane(next.pane)
              document.getElementById(`tab-${next.tab}`)?.focus()
            }}
          >
            {entry.label}
          </button>
        ))}
      </div>
      <div class="panel panel-work" id="panel-work" role="tabpanel" aria-labelledby="tab-work">
        <EditorPane start={files} />
        <Splitter share="editorShare" label="Height of the editor" controls="editor-pane" />
        <TerminalPane />
      </div>
      <div class="panel panel-map" id="panel-map" role="tabpanel" aria-labelledby="tab-map" tabIndex={-1}>
        <ClusterPane />
      </div>
      <div
        class="panel panel-check"
        id="panel-check"
        role="tabpanel"
        aria-labelledby="tab-check"
        tabIndex={-1}
      >
        {exercise === undefined ? (
          <p class="soft">This lesson has no exercise.</p>
        ) : (
          <div class="check-pane">
            <p class="task">{exercise.task}</p>
            <CheckList checks={exercise.checks} prefix="pane" />
            <CheckActions />
          </div>
        )}
      </div>
    </>
  )
}
