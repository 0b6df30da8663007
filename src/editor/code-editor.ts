// One Monaco for all files: a model a file, kept in step with the documents, with the server's marks on its lines.
import type { LessonSession } from '../sandbox-client/session.ts'
import { onThemeChange, tokens } from '../theme/tokens.ts'
import { loadSchemas, monaco } from './monaco.ts'
import { defineThemes, themeName } from './monaco-theme.ts'
import { onReveal } from './reveal.ts'

export interface CodeEditor {
  show(path: string | undefined): void
  focus(): void
  dispose(): void
}

type Model = ReturnType<typeof monaco.editor.createModel>

export function createCodeEditor(host: HTMLElement, session: LessonSession): CodeEditor {
  const { documents } = session
  defineThemes(tokens())
  const editor = monaco.editor.create(host, {
    model: null,
    theme: themeName(),
    automaticLayout: true,
    fontFamily: tokens().codeFont,
    fontSize: 14,
    lineHeight: 21,
    fontLigatures: false,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    stickyScroll: { enabled: false },
    renderLineHighlight: 'line',
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    folding: false,
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 8,
    tabSize: 2,
    insertSpaces: true,
    detectIndentation: false,
    quickSuggestions: { other: true, comments: false, strings: true },
    wordBasedSuggestions: 'off',
    fixedOverflowWidgets: true,
    accessibilitySupport: 'auto',
    ariaLabel: 'Editor. F6 leaves the editor.',
    padding: { top: 8, bottom: 8 },
    scrollbar: { alwaysConsumeMouseWheel: false },
  })
  const models = new Map<string, Model>()
  const views = new Map<string, ReturnType<typeof editor.saveViewState>>()
  let shown: string | undefined
  void loadSchemas()
  void document.fonts.load(`14px ${tokens().codeFont}`).then(() => monaco.editor.remeasureFonts())

  const modelOf = (path: string): Model => {
    const known = models.get(path)
    if (known !== undefined) return known
    const text = documents.open.get().get(path)?.text ?? ''
    const made = monaco.editor.createModel(text, languageOf(path), monaco.Uri.file(`/workspace/${path}`))
    made.setEOL(0)
    made.onDidChangeContent(() => documents.typed(path, made.getValue()))
    models.set(path, made)
    return made
  }
  const show = (path: string | undefined): void => {
    if (shown !== undefined) views.set(shown, editor.saveViewState())
    shown = path
    editor.setModel(path === undefined ? null : modelOf(path))
    const view = path === undefined ? undefined : views.get(path)
    if (view !== undefined) editor.restoreViewState(view)
    mark()
  }
  /** Text from elsewhere (the terminal, another tab, the solution) becomes one step that can be undone. */
  const takeOver = (): void => {
    for (const [path, model] of models) {
      const document = documents.open.get().get(path)
      if (document === undefined) {
        model.dispose()
        models.delete(path)
      } else if (document.text !== model.getValue()) {
        model.pushEditOperations([], [{ range: model.getFullModelRange(), text: document.text }], () => null)
      }
    }
  }
  const mark = (): void => {
    for (const [path, model] of models) {
      const marks =
        session.applied
          .get()
          .get(path)
          ?.documents.flatMap((document) => document.marks) ?? []
      monaco.editor.setModelMarkers(
        model,
        'api-server',
        marks.map((found) => ({
          startLineNumber: found.line,
          startColumn: found.column,
          endLineNumber: found.endLine,
          endColumn: Math.max(found.endColumn, found.column + 1),
          message: found.message,
          severity: monaco.MarkerSeverity.Error,
          source: 'API server',
        })),
      )
    }
  }
  const forget = [
    documents.open.subscribe(takeOver),
    session.applied.subscribe(mark),
    onThemeChange((now) => {
      defineThemes(now)
      monaco.editor.setTheme(themeName())
    }),
  ]
  editor.addAction({
    id: 'fairlead.apply',
    label: 'Save and apply to the cluster',
    keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS],
    contextMenuGroupId: 'navigation',
    run: () => {
      if (shown !== undefined) void session.apply(shown)
    },
  })
  // Ctrl+Enter belongs to the page: it checks the exercise.
  monaco.editor.addKeybindingRule({ keybinding: monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, command: null })
  onReveal((line, column) => {
    editor.setPosition({ lineNumber: line, column })
    editor.revealLineInCenter(line)
    editor.focus()
  })
  performance.mark('fairlead-editor-ready')

  return {
    show,
    focus: () => editor.focus(),
    dispose() {
      for (const stop of forget) stop()
      for (const model of models.values()) model.dispose()
      editor.dispose()
    },
  }
}

function languageOf(path: string): string {
  if (/\.(ya?ml)$/.test(path)) return 'yaml'
  if (path.endsWith('.sh')) return 'shell'
  return 'plaintext'
}
