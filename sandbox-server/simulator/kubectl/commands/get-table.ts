// How `kubectl get` prints tables: what its flags ask for.
import { kindName, type ResourceMapping } from '../discovery.ts'
import type { Invocation } from '../invocation.ts'
import type { TableOptions } from '../output/table.ts'

/** The options of a table of this resource. */
export function tableOptions(
  invocation: Invocation,
  mapping: ResourceMapping,
  withKind: boolean,
): TableOptions {
  const { flags } = invocation
  return {
    wide: flags.string('output') === 'wide',
    noHeaders: flags.boolean('no-headers'),
    showLabels: flags.boolean('show-labels'),
    labelColumns: flags.list('label-columns'),
    withNamespace: flags.boolean('all-namespaces') && mapping.namespaced,
    ...(withKind || flags.boolean('show-kind') ? { kind: kindName(mapping) } : {}),
  }
}
