// kubectl edit: opens the objects in an editor and patches what was changed. Source: kubectl/pkg/cmd/util/editor/editoptions.go.
import { patchToMatch } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, printedError, StatusError } from '../errors.ts'
import { fieldManagerFlag, fileFlags, printFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { parseManifest } from '../manifests.ts'
import { equal, nameOf, type Unstructured } from '../object.ts'
import { resultPrinter, withoutManagedFields } from '../output/printer.ts'
import { toYaml } from '../output/yaml.ts'
import { type Found, fetchObjects, missingResources, resolveTargets } from '../targets.ts'
import { validationFlags } from './last-applied.ts'

export const editCommand: KubectlCommand = {
  name: 'edit',
  summary: 'Edit a resource on the server',
  description:
    'Opens the editor of KUBE_EDITOR or EDITOR, or vi. What is saved is applied; an empty file or no change cancels.',
  group: 'Basic Commands (Intermediate)',
  usage: '(RESOURCE/NAME | -f FILENAME)',
  examples: [
    ['Edit a Service', 'kubectl edit service web'],
    ['With nano', 'EDITOR=nano kubectl edit deployment/web'],
  ],
  flags: {
    ...fileFlags,
    ...printFlags,
    ...validationFlags,
    ...fieldManagerFlag('kubectl-edit'),
    'save-config': { type: 'boolean', default: 'false', summary: 'Accepted' },
    subresource: { type: 'string', default: '', summary: 'Accepted' },
  },
  arguments: 'types-and-names',
  run: edit,
}

const header = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

async function edit(invocation: Invocation): Promise<void> {
  const { args, process } = invocation
  const targets = await resolveTargets(invocation, args, {
    typeAloneMeansAll: true,
    missing: missingResources,
  })
  const print = resultPrinter(invocation)
  for (const found of await fetchObjects(invocation, targets)) {
    const original = `${toYaml(withoutManagedFields(found.object))}`
    let body = original
    let note = header
    const path = `/tmp/kubectl-edit-${process.random.integer(10_000_000_000)}.yaml`
    for (;;) {
      process.files.write(path, note + body)
      const code = await openEditor(invocation, path)
      if (code !== 0) throw new CliError(`there was a problem with the editor`)
      const text = process.files.readText(path)
      const content = withoutComments(text)
      if (content === withoutComments(note + body) && note !== header) {
        process.files.remove(path)
        throw new CliError(`Edit cancelled, no valid changes were saved.`)
      }
      if (content.trim() === '' || content.trim() === original.trim()) {
        process.files.remove(path)
        await invocation.err('Edit cancelled, no changes made.\n')
        break
      }
      body = content
      const problem = await save(invocation, found, content, print)
      process.files.remove(path)
      if (problem === undefined) break
      note = `${header}${problem
        .split('\n')
        .map((line) => `# ${line}\n`)
        .join('')}#\n`
      await invocation.err(`${problem}\n`)
    }
  }
}

/** Gives what is wrong with the edited text, or undefined where it was saved. */
async function save(
  invocation: Invocation,
  found: Found,
  content: string,
  print: (object: Unstructured, operation: string, mapping?: Found['mapping']) => Promise<void>,
): Promise<string | undefined> {
  try {
    const [edited] = parseManifest('edited-file', content)
    if (!edited) return undefined
    if (edited.kind !== found.object.kind || nameOf(edited) !== found.name)
      return 'At least one of apiVersion, kind and name was changed'
    const managedFields = found.object.metadata?.managedFields
    const whole: Unstructured = {
      ...edited,
      metadata: { ...edited.metadata, ...(managedFields ? { managedFields } : {}) },
    }
    if (equal(whole, found.object)) {
      await invocation.err('Edit cancelled, no changes made.\n')
      return undefined
    }
    const patched = await patchToMatch(invocation, found, whole, 'kubectl-edit')
    await print(patched ?? whole, 'edited', found.mapping)
    return undefined
  } catch (error) {
    if (error instanceof StatusError || error instanceof CliError) return printedError(error)
    throw error
  }
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
}

async function openEditor({ process }: Invocation, path: string): Promise<number> {
  const editor = process.env.KUBE_EDITOR || process.env.EDITOR || 'vi'
  const words = editor.split(/\s+/).filter((word) => word !== '')
  // As upstream, an editor with shell syntax in it runs by the shell.
  const argv = /["'\\]/.test(editor) ? ['/bin/bash', '-c', `${editor} "${path}"`] : [...words, path]
  return process.spawn(argv)
}
