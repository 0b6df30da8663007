// kubectl events. Source: kubectl/pkg/cmd/events.
import type { Event } from '../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import { allNamespacesFlag, printFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { isList, type Unstructured } from '../object.ts'
import { humanDuration } from '../output/go-text.ts'
import { objectPrinter } from '../output/printer.ts'
import { TabWriter, tableColumns } from '../output/tab-writer.ts'

export const eventsCommand: KubectlCommand = {
  name: 'events',
  summary: 'List events',
  group: 'Troubleshooting and Debugging Commands',
  usage: '[(-o|--output=)json|yaml|...] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  examples: [
    ['Of one object', 'kubectl events --for pod/web'],
    ['Warnings as they come', 'kubectl events --types=Warning --watch'],
  ],
  flags: {
    ...printFlags,
    ...allNamespacesFlag,
    'chunk-size': { type: 'integer', default: '500', summary: 'Accepted' },
    for: { type: 'string', default: '', summary: 'TYPE/NAME whose events to show' },
    'no-headers': { type: 'boolean', default: 'false', summary: 'Leave the column headings out' },
    types: { type: 'list', default: '[]', summary: 'Normal, Warning', values: ['Normal', 'Warning'] },
    watch: { type: 'boolean', short: 'w', default: 'false', summary: 'Go on with what comes' },
  },
  run: events,
}

const lastSeen = (event: Event) =>
  event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? ''

async function events(invocation: Invocation): Promise<void> {
  const { flags, client, process } = invocation
  const types = flags.list('types')
  for (const type of types)
    if (!['normal', 'warning'].includes(type.toLowerCase()))
      throw new CliError(`valid --types are Normal or Warning`)
  const printer = objectPrinter(invocation)
  const all = flags.boolean('all-namespaces')
  const path = all ? '/api/v1/events' : `/api/v1/namespaces/${invocation.namespace}/events`
  const fieldSelector = await selectorOf(invocation)
  const list = await client.json(path, { query: { fieldSelector } })
  const fits = (event: Event) =>
    types.length === 0 || types.some((type) => type.toLowerCase() === event.type?.toLowerCase())
  const found = ((isList(list) ? list.items : []) as unknown[] as Event[])
    .filter(fits)
    .sort((a, b) => Date.parse(lastSeen(a)) - Date.parse(lastSeen(b)))
  if (printer) {
    const items = found.map((event) => ({ apiVersion: 'v1', kind: 'Event', ...event })) as Unstructured[]
    return invocation.out(printer({ apiVersion: 'v1', kind: 'List', metadata: {}, items }))
  }
  if (found.length === 0 && !flags.boolean('watch')) {
    await invocation.err(
      all ? 'No events found.\n' : `No events found in ${invocation.namespace} namespace.\n`,
    )
    return
  }
  const writer = new TabWriter(tableColumns)
  if (!flags.boolean('no-headers'))
    writer.write(`${all ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`)
  const write = (event: Event) =>
    writer.write(`${all ? `${event.metadata.namespace}\t` : ''}${row(event, process.clock.now())}\n`)
  for (const event of found) write(event)
  await invocation.out(writer.flush())
  if (!flags.boolean('watch')) return
  const resourceVersion = list.metadata?.resourceVersion
  for await (const { type, object } of client.watch(path, { query: { fieldSelector, resourceVersion } })) {
    const event = object as unknown as Event
    if (type === 'DELETED' || type === 'BOOKMARK' || !fits(event)) continue
    write(event)
    await invocation.out(writer.flush())
  }
}

function row(event: Event, now: number): string {
  const since = (time: string | undefined) => (time ? humanDuration(now - Date.parse(time)) : '<unknown>')
  const first = since(event.eventTime ?? event.firstTimestamp)
  const seen = event.series
    ? `${since(event.series.lastObservedTime)} (x${event.series.count} over ${first})`
    : (event.count ?? 0) > 1
      ? `${since(event.lastTimestamp)} (x${event.count} over ${first})`
      : first
  const { kind, name } = event.involvedObject
  return [seen, event.type ?? '', event.reason ?? '', `${kind}/${name}`, (event.message ?? '').trim()].join(
    '\t',
  )
}

async function selectorOf(invocation: Invocation): Promise<string | undefined> {
  const target = invocation.flags.string('for')
  if (target === '') return undefined
  const [type = '', name = ''] = target.split('/')
  if (!type || !name) throw new CliError('--for must be in resource/name form')
  const mapping = await invocation.discovery.resource(type)
  return `involvedObject.kind=${mapping.kind},involvedObject.name=${name}`
}
