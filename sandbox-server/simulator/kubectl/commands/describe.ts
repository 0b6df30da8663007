// kubectl describe. Source: kubectl/pkg/cmd/describe/describe.go.
import type { KubectlCommand } from '../command.ts'
import { describeContext } from '../describe/describer.ts'
import { describerOf } from '../describe/index.ts'
import { pathOf } from '../discovery.ts'
import { CliError, isStatus, throwAll } from '../errors.ts'
import { allNamespacesFlag, fileFlags, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { isList, nameOf, type Unstructured } from '../object.ts'
import { type Found, fetchObjects, resolveTargets } from '../targets.ts'

export const describeCommand: KubectlCommand = {
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  description:
    'A name that does not exist is taken as the beginning of names. Events of the object come last.',
  group: 'Troubleshooting and Debugging Commands',
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  examples: [
    ['A node', 'kubectl describe node fairlead-worker'],
    ['A pod', 'kubectl describe pod/web'],
    ['Every pod whose name begins with web', 'kubectl describe pods web'],
    ['Pods by label', 'kubectl describe pods -l app=web'],
  ],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...allNamespacesFlag,
    'chunk-size': { type: 'integer', default: '500', summary: 'Objects to ask for at a time' },
    'show-events': {
      type: 'boolean',
      default: 'true',
      summary: 'Show the events; left out, those of a single object are shown',
    },
  },
  arguments: 'types-and-names',
  run: describe,
}

async function describe(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const targets = await resolveTargets(invocation, args, {
    selector: flags.string('selector'),
    allNamespaces: flags.boolean('all-namespaces'),
    typeAloneMeansAll: true,
    missing:
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
  })
  const errors: unknown[] = []
  const found: Found[] = []
  let byPrefix = false
  for (const target of targets)
    try {
      found.push(...(await fetchObjects(invocation, [target])))
    } catch (error) {
      const named = isStatus(error, 'NotFound') && args.length === 2 && !args.some((arg) => arg.includes('/'))
      const matching = named
        ? await withPrefix(invocation, target.mapping, target.namespace, args[1] ?? '')
        : []
      byPrefix ||= matching.length > 0
      if (matching.length > 0) found.push(...matching)
      else errors.push(error)
    }
  const single = found.length === 1 && errors.length === 0 && !byPrefix
  const context = describeContext(
    invocation,
    flags.has('show-events') ? flags.boolean('show-events') : single,
  )
  for (const [index, { mapping, object }] of found.entries()) {
    const text = await describerOf(mapping.group, mapping.kind)(context, object)
    await invocation.out(`${index > 0 ? '\n\n' : ''}${text}`)
  }
  throwAll(errors)
  if (found.length === 0 && errors.length === 0) {
    await invocation.flushWarnings()
    await invocation.err(
      flags.boolean('all-namespaces') || !targets.every(({ mapping }) => mapping.namespaced)
        ? 'No resources found\n'
        : `No resources found in ${invocation.namespace} namespace.\n`,
    )
  }
}

async function withPrefix(
  invocation: Invocation,
  mapping: Found['mapping'],
  namespace: string | undefined,
  prefix: string,
): Promise<Found[]> {
  const list: Unstructured = await invocation.client.json(pathOf(mapping, namespace))
  if (!isList(list)) throw new CliError(`unexpected answer for ${mapping.plural}`)
  return list.items
    .filter((item) => nameOf(item).startsWith(prefix))
    .map((item) => ({
      mapping,
      namespace,
      name: nameOf(item),
      object: { apiVersion: list.apiVersion ?? 'v1', kind: mapping.kind, ...item },
    }))
}
