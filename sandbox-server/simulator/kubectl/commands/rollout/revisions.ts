// The revisions of a workload: ReplicaSets of a Deployment, ControllerRevisions of the others.
// Source: kubectl/pkg/polymorphichelpers (history.go, rollback.go).

import { CliError } from '../../errors.ts'
import type { Invocation } from '../../invocation.ts'
import { clone, recordAt, type Unstructured } from '../../object.ts'
import type { Found } from '../../targets.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const changeCauseAnnotation = 'kubernetes.io/change-cause'

export interface Revision {
  readonly number: number
  readonly changeCause: string
  /** The pod template as it was. */
  readonly template: Record<string, unknown>
  readonly object: Unstructured
}

/** Oldest first. */
export async function revisionsOf(invocation: Invocation, found: Found): Promise<Revision[]> {
  const plural = found.mapping.kind === 'Deployment' ? 'replicasets' : 'controllerrevisions'
  const list = await invocation.client.json(`/apis/apps/v1/namespaces/${found.namespace}/${plural}`)
  const items = (Array.isArray(list.items) ? list.items : []) as Unstructured[]
  return items
    .filter((item) => item.metadata?.ownerReferences?.some(({ uid }) => uid === found.object.metadata?.uid))
    .map((item) => ({
      object: item,
      number:
        plural === 'replicasets'
          ? Number(item.metadata?.annotations?.[revisionAnnotation] ?? 0)
          : Number(item.revision ?? 0),
      changeCause: item.metadata?.annotations?.[changeCauseAnnotation] ?? '<none>',
      template:
        plural === 'replicasets' ? templateWithoutHash(item) : recordAt(item, 'data', 'spec', 'template'),
    }))
    .sort((a, b) => a.number - b.number)
}

function templateWithoutHash(replicaSet: Unstructured): Record<string, unknown> {
  const template = clone(recordAt(replicaSet, 'spec', 'template'))
  const labels = recordAt(template, 'metadata', 'labels')
  delete labels['pod-template-hash']
  return template
}

/** Revision 0 is the one before the current. */
export function chooseRevision(revisions: readonly Revision[], wanted: number, name: string): Revision {
  if (wanted > 0) {
    const found = revisions.find(({ number }) => number === wanted)
    if (!found) throw new CliError(`unable to find specified revision ${wanted} in history`)
    return found
  }
  const previous = revisions.at(-2)
  if (!previous) throw new CliError(`no rollout history found for deployment ${JSON.stringify(name)}`)
  return previous
}
