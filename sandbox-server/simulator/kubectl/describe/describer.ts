// What a description can ask of the cluster, and the events at its end.
import type { Event, KubernetesObject } from '../../../contract/kubernetes.ts'
import type { Invocation } from '../invocation.ts'
import { isList, type Unstructured } from '../object.ts'
import { humanDuration } from '../output/go-text.ts'
import type { DescribeWriter } from './describe-writer.ts'

export interface DescribeContext {
  readonly invocation: Invocation
  readonly showEvents: boolean
  /** Items of a list; none where the server refuses. */
  list<T extends KubernetesObject = Unstructured>(
    path: string,
    query?: Readonly<Record<string, string>>,
  ): Promise<T[]>
  get<T extends KubernetesObject = Unstructured>(path: string): Promise<T | undefined>
  /** `35s`, `4m10s` */
  since(time: string | undefined): string
  events(object: Unstructured, writer: DescribeWriter): Promise<void>
}

export type Describer = (context: DescribeContext, object: Unstructured) => Promise<string>

export function describeContext(invocation: Invocation, showEvents: boolean): DescribeContext {
  const { client } = invocation
  const since = (time: string | undefined) =>
    time ? humanDuration(invocation.process.clock.now() - Date.parse(time)) : '<unknown>'
  const list = async <T extends KubernetesObject>(
    path: string,
    query: Readonly<Record<string, string>> = {},
  ) => {
    try {
      const answer = await client.json(path, { query })
      return isList(answer) ? (answer.items as KubernetesObject[] as T[]) : []
    } catch (error) {
      if (invocation.process.signal.aborted) throw error
      // As upstream: what may not be read is left out of the description.
      return []
    }
  }
  return {
    invocation,
    showEvents,
    list,
    since,
    get: async <T extends KubernetesObject>(path: string) => {
      try {
        const answer: KubernetesObject = await client.json(path)
        return answer as T
      } catch (error) {
        if (invocation.process.signal.aborted) throw error
        return undefined
      }
    },
    events: async (object, writer) => {
      if (!showEvents) return
      const { name, namespace, uid } = object.metadata ?? {}
      const selector = [
        `involvedObject.name=${name}`,
        ...(namespace ? [`involvedObject.namespace=${namespace}`] : []),
        // A pod's events name its Node kind otherwise; upstream drops the kind for pods and keeps the uid.
        ...(object.kind === 'Node' ? ['involvedObject.kind=Node'] : [`involvedObject.uid=${uid}`]),
      ].join(',')
      const path = namespace ? `/api/v1/namespaces/${namespace}/events` : '/api/v1/events'
      describeEvents(await list<Event>(path, { fieldSelector: selector }), writer, since)
    },
  }
}

/** describe.go DescribeEvents. */
export function describeEvents(
  events: readonly Event[],
  writer: DescribeWriter,
  since: (time: string | undefined) => string,
): void {
  if (events.length === 0) {
    writer.line(0, 'Events:\t<none>')
    return
  }
  writer.flush()
  writer.line(0, 'Events:')
  writer.raw('  Type\tReason\tAge\tFrom\tMessage\n')
  writer.raw('  ----\t------\t----\t----\t-------\n')
  for (const event of [...events].sort(byTime)) {
    const first = since(event.eventTime ?? event.firstTimestamp)
    const age = event.series
      ? `${since(event.series.lastObservedTime)} (x${event.series.count} over ${first})`
      : (event.count ?? 0) > 1
        ? `${since(event.lastTimestamp)} (x${event.count} over ${first})`
        : first
    const source = event.source?.component || event.reportingComponent || ''
    const path = event.involvedObject?.fieldPath
    const message = `${path ? `${path}: ` : ''}${(event.message ?? '').trim()}`
    writer.line(1, `${event.type ?? ''}\t${event.reason ?? ''}\t${age}\t${source}\t${message}`)
  }
}

/** By lastTimestamp alone: what has none, as the scheduler's events, comes first (util/event/sorted_event_list.go). */
function byTime(a: Event, b: Event): number {
  const time = (event: Event) => (event.lastTimestamp ? Date.parse(event.lastTimestamp) : 0)
  return time(a) - time(b)
}
