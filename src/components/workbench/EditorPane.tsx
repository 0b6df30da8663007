// The editor's pane: files as tabs, Apply, the state of saving, a choice when two people changed a file. Monaco comes later.
import { useEffect, useRef, useState } from 'preact/hooks'
import { workspacePathSchema } from '../../../sandbox-server/contract/workspace.ts'
import type { CodeEditor } from '../../editor/code-editor.ts'
import { isDirty } from '../../editor/documents.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { AppliedLine } from './AppliedLine.tsx'
import { confirm, prompt } from './confirm.tsx'
import { FileTabs } from './FileTabs.tsx'
import { firstSignOfAPerson } from './first-sign.ts'

interface EditorPaneProps {
  start: { path: string; content: string }[]
}

export function EditorPane({ start }: EditorPaneProps) {
  const documents = useStore(session.documents.open)
  const ready = useStore(session.sandbox, (sandbox) => sandbox?.state === 'ready')
  const [chosen, setChosen] = useState<string>()
  const paths = [...documents.keys()].sort(startFirst(start.map((file) => file.path)))
  const shown = paths.length > 0 ? paths : start.map((file) => file.path)
  const path = chosen !== undefined && shown.includes(chosen) ? chosen : shown[0]
  const document = path === undefined ? undefined : documents.get(path)
  const text = document?.text ?? start.find((file) => file.path === path)?.content ?? ''
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<CodeEditor>()
  const [loaded, setLoaded] = useState(false)

  useEffect(() => {
    let gone = false
    void firstSignOfAPerson().then(async () => {
      const { createCodeEditor } = await import('../../editor/code-editor.ts')
      if (gone || host.current === null) return
      editor.current = createCodeEditor(host.current, session)
      setLoaded(true)
    })
    return () => {
      gone = true
      editor.current?.dispose()
    }
  }, [])
  useEffect(() => {
    if (loaded) editor.current?.show(document === undefined ? undefined : path)
  }, [loaded, path, document === undefined])

  const create = async (): Promise<void> => {
    const name = await askForName('New file', 'new.yaml', 'Make the file')
    if (name === undefined) return
    if (!session.documents.open.get().has(name)) session.documents.create(name)
    setChosen(name)
  }
  const rename = async (from: string): Promise<void> => {
    const name = await askForName(`Rename ${from}`, from, 'Rename')
    if (name === undefined || name === from) return
    if (session.documents.open.get().has(name))
      return session.tell(`There is a file ${name} already. Choose another name.`, 'problem')
    await session.documents.rename(from, name)
    setChosen(name)
  }
  const remove = async (gone: string): Promise<void> => {
    const agreed = await confirm({
      title: `Delete ${gone}?`,
      text: 'The file is lost. What was applied from it stays in the cluster.',
      action: 'Delete the file',
    })
    if (agreed) await session.documents.remove(gone)
  }

  return (
    <section class="editor-pane" id="editor-pane" aria-label="Editor" data-region="edit">
      <FileTabs
        paths={shown}
        path={path}
        choose={setChosen}
        live={documents.size > 0}
        create={() => void create()}
        rename={(name) => void rename(name)}
        remove={(name) => void remove(name)}
      />
      {document?.theirs !== undefined && path !== undefined && (
        <div class="conflict" role="alert">
          <p>
            <strong>{path} was changed elsewhere</strong>, in the terminal or in another tab, while you typed
            here.
          </p>
          <button type="button" class="button" onClick={() => session.documents.resolve(path, 'mine')}>
            Keep what is here
          </button>
          <button type="button" class="button" onClick={() => session.documents.resolve(path, 'theirs')}>
            Take the other version
          </button>
        </div>
      )}
      <div class="editor-body">
        {(!loaded || document === undefined) && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          <section class="editor-still" tabIndex={0} aria-label={path ?? 'No file'}>
            <pre>
              <code>{text}</code>
            </pre>
          </section>
        )}
        <div ref={host} class="editor-host" hidden={!loaded || document === undefined} />
      </div>
      <AppliedLine path={path} saved={savedWords(document, ready)} />
    </section>
  )
}

function savedWords(document: Parameters<typeof isDirty>[0] | undefined, ready: boolean): string {
  if (document === undefined) return ready ? '' : 'As it starts; what you wrote comes with the cluster'
  if (!ready && (isDirty(document) || document.saving)) return 'Kept here until the cluster runs'
  if (document.problem !== undefined) return `Not saved: ${document.problem}`
  if (document.saving) return 'Saving'
  if (document.theirs !== undefined) return 'Not saved'
  return isDirty(document) ? 'Typing' : 'Saved'
}

/** The exercise's own files in its order, then what the learner made. */
function startFirst(order: readonly string[]): (a: string, b: string) => number {
  const rank = (path: string): number => {
    const index = order.indexOf(path)
    return index === -1 ? order.length : index
  }
  return (a, b) => rank(a) - rank(b) || a.localeCompare(b)
}

async function askForName(title: string, value: string, action: string): Promise<string | undefined> {
  const name = await prompt({
    title,
    text: 'Letters, digits, dots and dashes; a slash makes a folder.',
    action,
    input: { label: 'Name', value },
  })
  if (name === undefined || name === '') return undefined
  const parsed = workspacePathSchema.safeParse(name)
  if (parsed.success) return parsed.data
  session.tell(
    `${name} cannot be a file's name: use ${parsed.error.issues[0]?.message ?? 'another one'}.`,
    'problem',
  )
  return undefined
}
