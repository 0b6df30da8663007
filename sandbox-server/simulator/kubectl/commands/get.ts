// kubectl get. Source: kubectl/pkg/cmd/get/get.go.
import { tableType } from '../client.ts'
import type { KubectlCommand } from '../command.ts'
import type { ResourceMapping } from '../discovery.ts'
import { isStatus, throwAll, usageError } from '../errors.ts'
import {
  allNamespacesFlag,
  fieldSelectorFlag,
  fileFlags,
  outputFormats,
  printFlags,
  selectorFlag,
} from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { isList, type Unstructured } from '../object.ts'
import { sortBy } from '../output/sort.ts'
import { type Table, TablePrinter, tableOf } from '../output/table.ts'
import { fetchObjects, fetchTarget, resolveTargets, type Target } from '../targets.ts'
import { getPrinter } from './get-printer.ts'
import { tableOptions } from './get-table.ts'
import { watchResources } from './get-watch.ts'

export const getCommand: KubectlCommand = {
  name: 'get',
  summary: 'Display one or many resources',
  description: `Prints a table of the most important information about the resources. -l filters by labels, --field-selector by fields,
-n and -A choose the namespace, -o another format.

Use "kubectl api-resources" for a complete list of supported resources.`,
  group: 'Basic Commands (Intermediate)',
  usage:
    '[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  examples: [
    ['List the pods of the namespace', 'kubectl get pods'],
    ['List pods with their addresses and nodes', 'kubectl get pods -o wide'],
    ['One Deployment as YAML', 'kubectl get deployment web -o yaml'],
    ['Pods with a label, followed as they change', 'kubectl get pods -l app=web --watch'],
    ['The address of a Service', "kubectl get service web -o jsonpath='{.spec.clusterIP}'"],
    ['Several kinds at once, in every namespace', 'kubectl get services,endpointslices --all-namespaces'],
  ],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...fieldSelectorFlag,
    ...allNamespacesFlag,
    ...printFlags,
    output: {
      type: 'string',
      short: 'o',
      default: '',
      summary: `Output format. One of: (${[...outputFormats, 'custom-columns', 'custom-columns-file', 'wide'].join(', ')})`,
      values: [...outputFormats, 'custom-columns', 'custom-columns-file', 'wide'],
    },
    'chunk-size': { type: 'integer', default: '500', summary: 'Objects to ask for at a time' },
    'ignore-not-found': {
      type: 'boolean',
      default: 'false',
      summary: 'Say nothing of an object that does not exist',
    },
    'label-columns': { type: 'list', short: 'L', default: '[]', summary: 'Labels to show as columns' },
    'no-headers': { type: 'boolean', default: 'false', summary: 'Leave the column headings out' },
    'output-watch-events': {
      type: 'boolean',
      default: 'false',
      summary: 'Show the kind of every change of a watch',
    },
    raw: { type: 'string', default: '', summary: 'Ask for this path and print the answer' },
    'server-print': { type: 'boolean', default: 'true', summary: 'Let the server choose the columns' },
    'show-kind': { type: 'boolean', default: 'false', summary: 'Put the kind before every name' },
    'show-labels': { type: 'boolean', default: 'false', summary: 'Show all labels as the last column' },
    'sort-by': { type: 'string', default: '', summary: "Order by a field, such as '{.metadata.name}'" },
    subresource: {
      type: 'string',
      default: '',
      summary: 'Get a part of the object: status, scale, resize',
      values: ['status', 'scale', 'resize'],
    },
    watch: { type: 'boolean', short: 'w', default: 'false', summary: 'Go on with what changes' },
    'watch-only': { type: 'boolean', default: 'false', summary: 'Only what changes' },
  },
  arguments: 'types-and-names',
  run: get,
}

async function get(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const raw = flags.string('raw')
  if (raw !== '') {
    const [path = '', search = ''] = raw.split('?')
    const query = Object.fromEntries(new URLSearchParams(search))
    for await (const chunk of invocation.client.stream(path, { query, accept: '*/*' }))
      await invocation.process.stdout.write(chunk)
    return
  }
  if (args.length === 0 && flags.list('filename').length === 0 && !flags.string('kustomize')) {
    await invocation.err(
      `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n`,
    )
    throw usageError(
      'get',
      `Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).`,
    )
  }
  const watching = flags.boolean('watch') || flags.boolean('watch-only')
  if (flags.boolean('output-watch-events') && !watching)
    throw usageError('get', '--output-watch-events option can only be used with --watch or --watch-only')
  const targets = await resolveTargets(invocation, args, {
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.boolean('all-namespaces'),
    typeAloneMeansAll: true,
    missing: 'Required resource not specified.',
  })
  if (watching) return watchResources(invocation, targets)
  const printer = getPrinter(invocation)
  if (printer) await printObjects(invocation, targets, printer)
  else await printTables(invocation, targets)
}

async function printTables(invocation: Invocation, targets: readonly Target[]): Promise<void> {
  const { flags, process } = invocation
  const sort = flags.string('sort-by')
  const ignoreNotFound = flags.boolean('ignore-not-found')
  const subresource = flags.string('subresource')
  const errors: unknown[] = []
  const answers: { mapping: ResourceMapping; table: Table }[] = []
  for (const target of targets)
    try {
      const answer = await fetchTarget(invocation, target, {
        ...(flags.boolean('server-print') ? { accept: tableType } : {}),
        ...(sort ? { query: { includeObject: 'Object' } } : {}),
        ...(subresource ? { subresource } : {}),
      })
      answers.push({ mapping: target.mapping, table: tableOf(answer, process.clock.now()) })
    } catch (error) {
      if (!(ignoreNotFound && isStatus(error, 'NotFound'))) errors.push(error)
    }
  const withKind = answers.some(({ mapping }) => mapping !== answers[0]?.mapping)
  let written = false
  for (let index = 0; index < answers.length; ) {
    const mapping = answers[index]?.mapping
    if (!mapping) break
    const printer = new TablePrinter(tableOptions(invocation, mapping, withKind))
    const tables: Table[] = []
    for (; answers[index]?.mapping === mapping; index++) {
      const table = answers[index]?.table
      if (table) tables.push(table)
    }
    for (const table of sort ? sorted(tables, sort) : tables) printer.write(table)
    const text = printer.flush()
    if (text !== '' && written && !flags.boolean('no-headers')) await invocation.line('')
    if (text !== '') written = true
    await invocation.out(text)
  }
  if (!written && !ignoreNotFound && errors.length === 0) {
    const namespaced = !flags.boolean('all-namespaces') && answers.every(({ mapping }) => mapping.namespaced)
    await invocation.flushWarnings()
    await invocation.err(
      namespaced ? `No resources found in ${invocation.namespace} namespace.\n` : 'No resources found\n',
    )
  }
  throwAll(errors)
}

function sorted(tables: readonly Table[], sort: string): Table[] {
  const rows = tables.flatMap((table) => table.rows)
  return [{ columns: tables[0]?.columns ?? [], rows: sortBy(rows, sort, (row) => row.object) }]
}

async function printObjects(
  invocation: Invocation,
  targets: readonly Target[],
  print: (object: Unstructured) => string,
): Promise<void> {
  const { flags } = invocation
  const sort = flags.string('sort-by')
  const errors: unknown[] = []
  const single = targets.length === 1 && targets[0]?.name !== undefined
  let found = await fetchObjects(
    invocation,
    targets,
    (error) => {
      if (!(flags.boolean('ignore-not-found') && isStatus(error, 'NotFound'))) errors.push(error)
    },
    flags.string('subresource') || undefined,
  )
  if (single && errors.length > 0) throw errors[0]
  if (sort) found = sortBy(found, sort, ({ object }) => object)
  if (found.length === 0 && flags.boolean('ignore-not-found')) return throwAll(errors)
  const only = found[0]?.object
  if (single && only && !isList(only)) await invocation.out(print(only))
  else
    await invocation.out(
      print({
        apiVersion: 'v1',
        kind: 'List',
        metadata: { resourceVersion: '' },
        items: found.map(({ object }) => object),
      } as Unstructured),
    )
  throwAll(errors)
}
