// The Cluster tab: the map, and under it every object as a table, live from the server's watch.
import { useState } from 'preact/hooks'
import type { ClusterObject } from '../../../sandbox-server/contract/socket.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { SandboxSheet } from '../workbench/SandboxSheet.tsx'
import { ClusterMap } from './ClusterMap.tsx'
import { columns, isReadyPod, ofKind, type Scope } from './cluster-view.ts'

const kinds = [
  { kind: 'Node', title: 'Nodes' },
  { kind: 'Pod', title: 'Pods' },
  { kind: 'Service', title: 'Services' },
  { kind: 'EndpointSlice', title: 'EndpointSlices' },
  { kind: 'Ingress', title: 'Ingresses' },
  { kind: 'NetworkPolicy', title: 'NetworkPolicies' },
] as const

export function ClusterPane() {
  const objects = useStore(session.objects)
  const [scope, setScope] = useState<Scope>('lesson')
  const ready = useStore(session.sandbox, (sandbox) => sandbox?.state === 'ready')
  return (
    <section class="cluster-pane" aria-label="Cluster" data-region="map">
      {!ready && <SandboxSheet />}
      {objects.size > 0 && (
        <>
          <label class="scope">
            <input
              type="checkbox"
              checked={scope === 'all'}
              onChange={(event) => setScope(event.currentTarget.checked ? 'all' : 'lesson')}
            />
            Show the system's namespaces too
          </label>
          <ClusterMap objects={objects} scope={scope} />
          {kinds.map(({ kind, title }) => (
            <Rows kind={kind} title={title} rows={ofKind(objects, kind, scope)} />
          ))}
        </>
      )}
      {ready && objects.size === 0 && <p class="soft">Nothing was heard of the cluster's objects yet.</p>}
    </section>
  )
}

function Rows({ kind, title, rows }: { kind: ClusterObject['kind']; title: string; rows: ClusterObject[] }) {
  const shown = columns[kind] ?? []
  if (rows.length === 0) {
    return (
      <p class="no-rows">
        <strong>{title}</strong> none
      </p>
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard.
    <section class="rows" tabIndex={0} aria-label={title}>
      <table>
        <caption>
          {title} <span class="soft">{rows.length}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            {shown.map((column) => (
              <th scope="col">{column.label}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.uid} class={wrong(row) ? 'wrong' : ''}>
              <th scope="row">
                {row.namespace !== undefined && row.namespace !== 'demo' && (
                  <span class="soft">{row.namespace}/</span>
                )}
                {row.name}
              </th>
              {shown.map((column) => (
                <td>{cell(row.fields[column.field])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function wrong(row: ClusterObject): boolean {
  if (row.kind === 'Pod') return !isReadyPod(row)
  if (row.kind === 'Node') return row.fields.status?.startsWith('Ready') !== true
  return row.kind === 'EndpointSlice' && row.fields.addresses === ''
}

function cell(value: string | undefined) {
  if (value === undefined || value === '') return <span class="soft">none</span>
  return value.split(',').map((part, index) => (
    <>
      {index > 0 && ', '}
      {part}
    </>
  ))
}
