// Monaco with what a manifest needs and no more, and its two workers from our own origin.
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/caretOperations/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/codicon/register'
import 'monaco-editor/features/comment/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/format/register'
import 'monaco-editor/features/gotoError/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/lineSelection/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/snippet/register'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import 'monaco-editor/editor/contrib/suggest/browser/suggestController'
import 'monaco-editor/languages/definitions/shell/register'
import 'monaco-editor/languages/definitions/yaml/register'
import * as monaco from 'monaco-editor/editor'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import { configureMonacoYaml } from 'monaco-yaml'
import { createYamlMonaco } from './yaml-monaco.ts'

export { monaco }

const schemaAddress = '/schemas/kubernetes.json'

self.MonacoEnvironment = {
  getWorker: () => new EditorWorker(),
}

let yaml: Promise<void> | undefined

/** Validation, hover and completion by the Kubernetes API's own schemas; without them YAML alone is checked. */
export function loadSchemas(): Promise<void> {
  yaml ??= fetch(schemaAddress)
    .then(async (response) => (response.ok ? await response.json() : undefined))
    .catch(() => undefined)
    .then((schema: unknown) => {
      configureMonacoYaml(createYamlMonaco(monaco), {
        enableSchemaRequest: false,
        isKubernetes: true,
        hoverSettings: undefined,
        schemas:
          typeof schema === 'object' && schema !== null
            ? [
                {
                  uri: new URL(schemaAddress, location.href).href,
                  fileMatch: ['**/*.yaml', '**/*.yml'],
                  schema,
                },
              ]
            : [],
      } as Parameters<typeof configureMonacoYaml>[1])
    })
  return yaml
}
