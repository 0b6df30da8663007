// kubectl diff: runs diff(1) on the live objects and on what a server-side dry run of the manifests gives.
// Source: kubectl/pkg/cmd/diff/diff.go.
import type { KubectlCommand } from '../command.ts'
import { apiVersionOf, pathOf } from '../discovery.ts'
import { CliError, ExitError } from '../errors.ts'
import { fileFlags, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { type Manifest, readManifests } from '../manifests.ts'
import { nameOf, type Unstructured } from '../object.ts'
import { toJson } from '../output/go-text.ts'
import { withoutManagedFields } from '../output/printer.ts'
import { toYaml } from '../output/yaml.ts'
import { patchSchema } from '../patch/schema.ts'
import { threeWayMergePatch, threeWayStrategicPatch } from '../patch/three-way.ts'
import { matchesSelector } from '../selector.ts'
import { fetchOptional } from '../targets.ts'
import { lastAppliedOf, withoutLastApplied } from './last-applied.ts'

export const diffCommand: KubectlCommand = {
  name: 'diff',
  summary: 'Diff the live version against a would-be applied version',
  description:
    'Exit code 0: no difference, 1: differences, more: an error. KUBECTL_EXTERNAL_DIFF names another program than diff -u -N.',
  group: 'Advanced Commands',
  usage: '-f FILENAME',
  flags: {
    ...fileFlags,
    ...selectorFlag,
    'field-manager': {
      type: 'string',
      default: 'kubectl-client-side-apply',
      summary: 'Name to own the fields under',
    },
    'force-conflicts': { type: 'boolean', default: 'false', summary: 'With --server-side: take fields over' },
    'server-side': { type: 'boolean', default: 'false', summary: 'Let the server merge' },
    'show-managed-fields': {
      type: 'boolean',
      default: 'false',
      summary: 'Compare metadata.managedFields too',
    },
  },
  arguments: 'files',
  run: async (invocation) => {
    try {
      await diff(invocation)
    } catch (error) {
      // Errors of diff end with a code above 1, so that 1 means a difference.
      if (error instanceof CliError && error.exitCode === 1) throw new CliError(error.message, 2)
      throw error
    }
  },
}

async function diff(invocation: Invocation): Promise<void> {
  const { flags, process } = invocation
  if (flags.list('filename').length === 0) throw new CliError('must specify one of -f and -k')
  const suffix = process.random.integer(1_000_000_000)
  const [live, merged] = [`/tmp/LIVE-${suffix}`, `/tmp/MERGED-${suffix}`]
  for (const directory of [live, merged]) process.files.makeDirectory(directory, { recursive: true })
  try {
    const selector = flags.string('selector')
    for (const manifest of await readManifests(invocation)) {
      const { object, mapping, namespace } = manifest
      if (selector && !matchesSelector(object.metadata?.labels ?? {}, selector)) continue
      const current = await fetchOptional(invocation, { mapping, namespace, name: nameOf(object) })
      const future = await dryRun(invocation, manifest, current)
      const file = `${apiVersionOf(mapping).replace('/', '.')}.${mapping.kind}.${namespace ?? ''}.${nameOf(object)}`
      const clean = (value: Unstructured) =>
        toYaml(flags.boolean('show-managed-fields') ? value : withoutManagedFields(value))
      if (current) process.files.write(`${live}/${file}`, clean(current))
      process.files.write(`${merged}/${file}`, clean(future))
    }
    const external = process.env.KUBECTL_EXTERNAL_DIFF?.split(' ').filter((word) => word !== '')
    const code = await process.spawn([
      ...(external ?? ['diff', '-u', '-N']),
      ...(external ? [] : ['-r']),
      live,
      merged,
    ])
    if (code === 127) throw new CliError('failed to run "diff": executable file not found in $PATH', 2)
    if (code !== 0) throw new ExitError(code)
  } finally {
    for (const directory of [live, merged]) process.files.remove(directory, { recursive: true })
  }
}

async function dryRun(
  invocation: Invocation,
  { object, mapping, namespace }: Manifest,
  current: Unstructured | undefined,
): Promise<Unstructured> {
  const { client, flags } = invocation
  const query = { dryRun: 'All', fieldManager: flags.string('field-manager') }
  const path = pathOf(mapping, namespace, nameOf(object))
  if (flags.boolean('server-side'))
    return client.json(path, {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      body: toJson(object),
      query: { ...query, force: flags.boolean('force-conflicts') ? 'true' : 'false' },
    })
  // Without the annotation of apply, which would show up as a difference of its own (diff.go, GetModifiedConfiguration).
  const modified = withoutLastApplied(object)
  if (!current)
    return client.json(pathOf(mapping, namespace), { method: 'POST', body: toJson(modified), query })
  const schema = await patchSchema(client, mapping)
  const original = lastAppliedOf(current)
  const patch = schema
    ? threeWayStrategicPatch(original, modified, current, schema)
    : threeWayMergePatch(original, modified, current)
  return client.json(path, {
    method: 'PATCH',
    contentType: schema ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
    body: toJson(patch),
    query,
  })
}
