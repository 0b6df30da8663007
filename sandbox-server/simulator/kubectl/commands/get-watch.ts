// kubectl get --watch: what there is, then every change, as tables or as objects.
import { jsonType, tableType } from '../client.ts'
import { pathOf } from '../discovery.ts'
import { CliError, isStatus } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { isList, textAt, type Unstructured } from '../object.ts'
import { TablePrinter, tableOf } from '../output/table.ts'
import { fetchTarget, type Target } from '../targets.ts'
import { getPrinter } from './get-printer.ts'
import { tableOptions } from './get-table.ts'

export async function watchResources(invocation: Invocation, targets: readonly Target[]): Promise<void> {
  const { flags } = invocation
  const [target] = targets
  if (!target) return
  if (targets.some((other) => other.mapping !== target.mapping))
    throw new CliError('you may only specify a single resource type')
  if (targets.length > 1)
    throw new CliError(
      'watch is only supported on individual resources and resource collections - more than 1 resource was found',
    )
  const printer = getPrinter(invocation)
  const show = printer ? objectShower(invocation, printer) : tableShower(invocation, target)
  const accept = printer ? jsonType : tableType

  let first: Unstructured
  try {
    first = await fetchTarget(invocation, target, { accept })
  } catch (error) {
    if (isStatus(error, 'NotFound') && flags.boolean('ignore-not-found')) return
    throw error
  }
  if (!flags.boolean('watch-only')) await show(first, 'ADDED')
  const named = target.name !== undefined
  const events = invocation.client.watch(pathOf(target.mapping, target.namespace), {
    accept,
    query: {
      labelSelector: target.labelSelector,
      fieldSelector: named ? `metadata.name=${target.name}` : target.fieldSelector,
      resourceVersion: named ? '0' : textAt(first, 'metadata', 'resourceVersion'),
      allowWatchBookmarks: undefined,
    },
  })
  // A watch of one object begins with an ADDED event for it, which was printed already.
  let suppressed = named
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue
    if (!suppressed) await show(event.object, event.type)
    suppressed = false
  }
}

function tableShower(
  invocation: Invocation,
  target: Target,
): (answer: Unstructured, type: string) => Promise<void> {
  const withEvents = invocation.flags.boolean('output-watch-events')
  const printer = new TablePrinter({ ...tableOptions(invocation, target.mapping, false), withEvents })
  return async (answer, type) => {
    printer.write(tableOf(answer, invocation.process.clock.now()), type)
    await invocation.out(printer.flush())
  }
}

function objectShower(
  invocation: Invocation,
  print: (object: Unstructured) => string,
): (answer: Unstructured, type: string) => Promise<void> {
  const withEvents = invocation.flags.boolean('output-watch-events')
  return async (answer, type) => {
    const kind = (answer.kind ?? '').replace(/List$/, '')
    const objects = isList(answer)
      ? answer.items.map((item) => ({ kind, apiVersion: answer.apiVersion ?? 'v1', ...item }))
      : [answer]
    for (const object of objects) await invocation.out(print(withEvents ? { type, object } : object))
  }
}
