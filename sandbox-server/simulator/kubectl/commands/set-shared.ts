// What kubectl set's subcommands share: changing copies of objects, and finding containers in them.
import { patchToMatch, podSpecOf } from '../changes.ts'
import { CliError, throwAll } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { clone, equal, listAt, type Unstructured } from '../object.ts'
import { resultPrinter } from '../output/printer.ts'
import { fetchObjects, missingResources, resolveTargets } from '../targets.ts'

/** Changes a copy of every object named; those that come out the same are not sent. */
export async function changeEach(
  invocation: Invocation,
  resources: readonly string[],
  operation: string,
  change: (copy: Unstructured) => void | Promise<void>,
  printUnchanged = false,
): Promise<void> {
  const targets = await resolveTargets(invocation, resources, {
    selector: invocation.flags.string('selector'),
    typeAloneMeansAll: invocation.flags.boolean('all'),
    missing: missingResources,
  })
  const errors: unknown[] = []
  const print = resultPrinter(invocation)
  for (const found of await fetchObjects(invocation, targets, (error) => errors.push(error)))
    try {
      const copy = clone(found.object)
      await change(copy)
      if (equal(copy, found.object)) {
        if (printUnchanged) await print(found.object, operation, found.mapping)
        continue
      }
      const patched = await patchToMatch(invocation, found, copy, 'kubectl-set')
      await print(patched ?? copy, operation, found.mapping)
    } catch (error) {
      if (invocation.process.signal.aborted) throw error
      errors.push(error)
    }
  throwAll(errors)
}

export function split(
  args: readonly string[],
  isPair: (arg: string) => boolean,
): { resources: string[]; pairs: string[] } {
  return { resources: args.filter((arg) => !isPair(arg)), pairs: args.filter(isPair) }
}

export function containersOf(
  object: Unstructured,
  fields = ['initContainers', 'containers'],
): Record<string, unknown>[] {
  const spec = podSpecOf(object)
  if (!spec) throw new CliError(`the object is not a pod or does not have a pod template: ${object.kind}`)
  return fields.flatMap((field) => listAt(spec, field))
}

export function matchesWildcard(name: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${escaped}$`).test(name)
}
