// Under the editor: Apply, whether the text is saved, and what the API server answered, document by document.
import type { AppliedDocument } from '../../../sandbox-server/contract/socket.ts'
import { revealLine } from '../../editor/reveal.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { Mark } from '../lesson/Mark.tsx'

interface AppliedLineProps {
  path: string | undefined
  saved: string
}

export function AppliedLine({ path, saved }: AppliedLineProps) {
  const applied = useStore(session.applied, (all) => (path === undefined ? undefined : all.get(path)))
  const ready = useStore(session.sandbox, (sandbox) => sandbox?.state === 'ready')
  const isManifest = path !== undefined && /\.(ya?ml|json)$/.test(path)
  return (
    <div class="applied">
      <div class="applied-bar">
        <button
          type="button"
          class="button primary compact"
          disabled={!ready || !isManifest || applied?.running === true}
          onClick={() => path !== undefined && void session.apply(path)}
        >
          {applied?.running === true ? 'Applying' : 'Apply'}
        </button>
        <span class="soft">
          <kbd>Ctrl+S</kbd> saves and applies
        </span>
        <span class="saved soft">{saved}</span>
      </div>
      {applied?.problem !== undefined && (
        <p class="problem" role="alert">
          {applied.problem}
        </p>
      )}
      {applied !== undefined && applied.documents.length > 0 && (
        <ul class="applied-list" aria-label="What the API server answered">
          {applied.documents.map((document) => (
            <AppliedItem document={document} />
          ))}
        </ul>
      )}
    </div>
  )
}

function AppliedItem({ document }: { document: AppliedDocument }) {
  const failed = document.outcome === 'failed'
  const mark = document.marks[0]
  const line = mark?.line ?? document.line
  return (
    <li class={failed ? 'failed' : 'held'}>
      <Mark kind={failed ? 'failed' : 'passed'} />
      <span>
        {/* What cannot be read has no object yet; its message says where. */}
        {document.object.includes('/') && (
          <>
            <code>{document.object}</code> {document.outcome}
          </>
        )}
        {document.message !== undefined && (
          <>
            {document.object.includes('/') && ': '}
            {document.message}{' '}
            <button type="button" class="link-button" onClick={() => revealLine(line, mark?.column ?? 1)}>
              Line {line}
            </button>
          </>
        )}
      </span>
    </li>
  )
}
