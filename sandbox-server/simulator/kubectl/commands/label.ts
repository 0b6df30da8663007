// kubectl label and kubectl annotate. Source: kubectl/pkg/cmd/label/label.go, annotate/annotate.go.
import { sendPatch } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, throwAll } from '../errors.ts'
import {
  allNamespacesFlag,
  dryRunFlag,
  type FlagSpecs,
  fieldManagerFlag,
  fieldSelectorFlag,
  fileFlags,
  printFlags,
  selectorFlag,
} from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { clone, type Unstructured } from '../object.ts'
import { quote } from '../output/go-text.ts'
import { resultPrinter } from '../output/printer.ts'
import { fetchObjects, resolveTargets } from '../targets.ts'

type Field = 'labels' | 'annotations'

interface Changes {
  readonly set: Readonly<Record<string, string>>
  readonly remove: readonly string[]
}

const flags = (manager: string): FlagSpecs => ({
  ...fileFlags,
  ...selectorFlag,
  ...fieldSelectorFlag,
  ...allNamespacesFlag,
  ...dryRunFlag,
  ...printFlags,
  ...fieldManagerFlag(manager),
  all: { type: 'boolean', default: 'false', summary: 'All objects of the types in the namespace' },
  list: { type: 'boolean', default: 'false', summary: 'Print what the objects have' },
  local: { type: 'boolean', default: 'false', summary: 'Do not ask the server' },
  overwrite: { type: 'boolean', default: 'false', summary: 'Replace values that are there' },
  'resource-version': { type: 'string', default: '', summary: 'Change only this version of the object' },
})

export const labelCommand: KubectlCommand = {
  name: 'label',
  summary: 'Update the labels on a resource',
  group: 'Settings Commands',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  examples: [
    ['Set a label', 'kubectl label pod web-0 tier=front'],
    ['Replace one', 'kubectl label --overwrite pod web-0 tier=back'],
    ['Remove one', 'kubectl label pod web-0 tier-'],
  ],
  flags: flags('kubectl-label'),
  arguments: 'types-and-names',
  run: (invocation) => change(invocation, 'labels'),
}

export const annotateCommand: KubectlCommand = {
  name: 'annotate',
  summary: 'Update the annotations on a resource',
  group: 'Settings Commands',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  examples: [
    ['Set an annotation', "kubectl annotate service web note='a note'"],
    ['Remove one', 'kubectl annotate service web note-'],
  ],
  flags: flags('kubectl-annotate'),
  arguments: 'types-and-names',
  run: (invocation) => change(invocation, 'annotations'),
}

async function change(invocation: Invocation, field: Field): Promise<void> {
  const { flags } = invocation
  const noun = field === 'labels' ? 'label' : 'annotation'
  const { resources, pairs } = splitArguments(invocation.args)
  if (resources.length === 0 && flags.list('filename').length === 0)
    throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (pairs.length === 0 && !flags.boolean('list'))
    throw new CliError(`at least one ${noun} update is required`)
  if (flags.boolean('all') && flags.string('selector'))
    throw new CliError('cannot set --all and --selector at the same time')
  const changes = parsePairs(pairs, field)
  const targets = await resolveTargets(invocation, resources, {
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.boolean('all-namespaces'),
    typeAloneMeansAll: flags.boolean('all'),
    missing: 'one or more resources must be specified as <resource> <name> or <resource>/<name>',
  })
  const errors: unknown[] = []
  const found = await fetchObjects(invocation, targets, (error) => errors.push(error))
  const print = resultPrinter(invocation)
  for (const item of found)
    try {
      const current = item.object.metadata?.[field] ?? {}
      if (flags.boolean('list') && pairs.length === 0) {
        for (const [key, value] of Object.entries(current).sort()) await invocation.line(`${key}=${value}`)
        continue
      }
      if (!flags.boolean('overwrite')) checkOverwrite(current, changes, field)
      for (const key of changes.remove)
        if (!(key in current) && field === 'labels') await invocation.line(`label ${quote(key)} not found.`)
      const { object, changed } = changedObject(item.object, changes, field)
      const operation = operationName(current, changes, field, changed)
      if (!changed || invocation.dryRun === 'client' || flags.boolean('local')) {
        await print(object, operation, item.mapping)
        continue
      }
      const values: Record<string, string | null> = { ...changes.set }
      for (const key of changes.remove) values[key] = null
      const metadata = {
        [field]: values,
        ...(flags.string('resource-version') ? { resourceVersion: flags.string('resource-version') } : {}),
      }
      const patched = await sendPatch(
        invocation,
        item,
        'merge',
        JSON.stringify({ metadata }),
        `kubectl-${noun === 'label' ? 'label' : 'annotate'}`,
      )
      await print(patched, operation, item.mapping)
    } catch (error) {
      errors.push(error)
    }
  throwAll(errors)
}

/** Arguments up to the first KEY=VALUE or KEY- name objects. */
function splitArguments(args: readonly string[]): { resources: string[]; pairs: string[] } {
  const isPair = (arg: string) => /^[^=]+=/.test(arg) || /.-$/.test(arg)
  const first = args.findIndex(isPair)
  return first < 0
    ? { resources: [...args], pairs: [] }
    : { resources: args.slice(0, first), pairs: args.slice(first) }
}

function parsePairs(pairs: readonly string[], field: Field): Changes {
  const set: Record<string, string> = {}
  const remove: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals > 0) {
      const value = pair.slice(equals + 1)
      if (field === 'labels' && !/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value))
        throw new CliError(
          `invalid label value: ${quote(pair)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
        )
      set[pair.slice(0, equals)] = value
    } else if (pair.endsWith('-')) remove.push(pair.slice(0, -1))
    else throw new CliError(`unknown ${field === 'labels' ? 'label' : 'annotation'} spec: ${pair}`)
  }
  const both = remove.filter((key) => key in set)
  if (both.length > 0)
    throw new CliError(
      field === 'labels'
        ? 'can not both modify and remove a label in the same command'
        : `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    )
  return { set, remove }
}

function checkOverwrite(current: Readonly<Record<string, string>>, { set }: Changes, field: Field): void {
  const taken = Object.keys(set).filter((key) => key in current && current[key] !== set[key])
  if (taken.length === 0) return
  if (field === 'labels')
    throwAll(
      taken.map(
        (key) => new CliError(`'${key}' already has a value (${current[key]}), and --overwrite is false`),
      ),
    )
  const listed = taken.map((key) => `'${key}' already has a value (${current[key]})`).join('; ')
  throw new CliError(`--overwrite is false but found the following declared annotation(s): ${listed}`)
}

function changedObject(
  object: Unstructured,
  { set, remove }: Changes,
  field: Field,
): { object: Unstructured; changed: boolean } {
  const copy = clone(object)
  const before = copy.metadata?.[field] ?? {}
  const after: Record<string, string> = { ...before, ...set }
  for (const key of remove) delete after[key]
  copy.metadata = { ...copy.metadata, [field]: after }
  return { object: copy, changed: JSON.stringify(before) !== JSON.stringify(after) }
}

function operationName(
  current: Readonly<Record<string, string>>,
  { set, remove }: Changes,
  field: Field,
  changed: boolean,
): string {
  if (field === 'annotations') return 'annotated'
  if (!changed) return 'not labeled'
  return Object.keys(set).length === 0 && remove.some((key) => key in current) ? 'unlabeled' : 'labeled'
}
