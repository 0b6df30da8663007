// kubectl apply, client-side and --server-side. Source: kubectl/pkg/cmd/apply (apply.go, patcher.go).
import type { KubectlCommand } from '../command.ts'
import { apiVersionOf, pathOf } from '../discovery.ts'
import { CliError, isStatus, StatusError, throwAll } from '../errors.ts'
import { dryRunFlag, fileFlags, printFlags, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { type Manifest, readManifests } from '../manifests.ts'
import { isRecord, nameOf, type Unstructured } from '../object.ts'
import { quote, toJson } from '../output/go-text.ts'
import { resultPrinter } from '../output/printer.ts'
import { patchSchema } from '../patch/schema.ts'
import { threeWayMergePatch, threeWayStrategicPatch } from '../patch/three-way.ts'
import { matchesSelector } from '../selector.ts'
import { fetchOptional } from '../targets.ts'
import { lastApplied, lastAppliedOf, validation, validationFlags, withLastApplied } from './last-applied.ts'
import { applyServerSide } from './server-side-apply.ts'

export const applyCommand: KubectlCommand = {
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  description: `The resource is created if it does not exist. What a manifest set before and sets no more is removed, what others set
is kept. JSON and YAML formats are accepted.`,
  group: 'Advanced Commands',
  usage: '(-f FILENAME | -k DIRECTORY)',
  examples: [
    ['Apply the manifests of a file', 'kubectl apply -f web.yaml'],
    ['Apply every manifest of a directory', 'kubectl apply -f .'],
    ['Apply what comes from the standard input', 'cat web.yaml | kubectl apply -f -'],
    ['Let the server merge and tell of conflicts', 'kubectl apply --server-side -f web.yaml'],
  ],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...dryRunFlag,
    ...printFlags,
    ...validationFlags,
    all: { type: 'boolean', default: 'false', summary: 'With --prune; not simulated' },
    'field-manager': { type: 'string', default: '', summary: 'Name to own the fields under' },
    force: {
      type: 'boolean',
      default: 'false',
      summary: 'Delete and create again where a change is refused',
    },
    'force-conflicts': {
      type: 'boolean',
      default: 'false',
      summary: 'Take over the fields of others (with --server-side)',
    },
    overwrite: {
      type: 'boolean',
      default: 'true',
      summary: 'Resolve conflicts with the live object by the manifest',
    },
    prune: {
      type: 'boolean',
      default: 'false',
      summary: 'Delete what no manifest names any more; not simulated',
    },
    'server-side': { type: 'boolean', default: 'false', summary: 'Let the server merge' },
    wait: { type: 'boolean', default: 'false', summary: 'Wait for deletions of --force' },
  },
  arguments: 'files',
  run: apply,
}

async function apply(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  if (flags.list('filename').length === 0 && !flags.string('kustomize'))
    throw new CliError('must specify one of -f and -k')
  if (args.length > 0)
    throw new CliError(`Unexpected args: [${args.join(' ')}]\nSee 'kubectl apply -h' for help and examples`)
  if (flags.boolean('prune')) throw new CliError('--prune is not simulated; delete with kubectl delete -f')
  if (flags.boolean('force-conflicts') && !flags.boolean('server-side'))
    throw new CliError('--force-conflicts only works with --server-side')
  if (invocation.dryRun === 'client' && flags.boolean('server-side'))
    throw new CliError(
      "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
    )
  const errors: unknown[] = []
  const manifests = await readManifests(
    invocation,
    (error) => errors.push(error),
    validation(invocation) !== 'Ignore',
  )
  const selector = flags.string('selector')
  const chosen = selector
    ? manifests.filter(({ object }) => matchesSelector(object.metadata?.labels ?? {}, selector))
    : manifests
  if (chosen.length === 0 && errors.length === 0) throw new CliError('no objects passed to apply')
  const print = resultPrinter(invocation)
  for (const manifest of chosen)
    try {
      const { object, operation } = flags.boolean('server-side')
        ? await applyServerSide(invocation, manifest)
        : await applyClientSide(invocation, manifest)
      await print(object, operation, manifest.mapping)
    } catch (error) {
      if (invocation.process.signal.aborted) throw error
      errors.push(error)
    }
  throwAll(errors)
}

interface Applied {
  readonly object: Unstructured
  readonly operation: string
}

async function applyClientSide(invocation: Invocation, manifest: Manifest): Promise<Applied> {
  const { client } = invocation
  const { mapping, namespace, source } = manifest
  const modified = withLastApplied(manifest.object)
  const name = nameOf(modified)
  const query = {
    ...invocation.writeQuery('kubectl-client-side-apply'),
    fieldValidation: validation(invocation),
  }
  const during = (verb: string) => (error: unknown) => {
    throw error instanceof StatusError ? error.during(verb, source) : error
  }
  if (name === '' && modified.metadata?.generateName)
    throw new CliError(
      `from ${manifest.object.metadata?.generateName ?? ''}: cannot use generate name with apply`,
    )
  const current = await fetchOptional(invocation, { mapping, namespace, name }).catch((error: unknown) => {
    if (error instanceof StatusError)
      throw new StatusError(
        error.status,
        `error when retrieving current configuration of:\nResource: ${quote(resourceText(manifest))}, GroupVersionKind: ${quote(kindText(manifest))}\nName: ${quote(name)}, Namespace: ${quote(namespace ?? '')}\nfrom server for: ${quote(source)}: `,
      )
    throw error
  })
  if (!current) {
    if (invocation.dryRun === 'client') return { object: modified, operation: 'created' }
    const body = toJson(modified)
    const made = await client
      .json(pathOf(mapping, namespace), { method: 'POST', body, query })
      .catch(during('creating'))
    return { object: made, operation: 'created' }
  }
  const annotation = current.metadata?.annotations?.[lastApplied]
  if (annotation === undefined)
    await invocation.err(
      `Warning: resource ${mapping.plural}/${name} is missing the ${lastApplied} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  const original = lastAppliedOf(current)
  const schema = await patchSchema(client, mapping)
  const patch = schema
    ? threeWayStrategicPatch(original, modified, current, schema)
    : threeWayMergePatch(original, modified, current)
  if (!isRecord(patch) || Object.keys(patch).length === 0) return { object: current, operation: 'unchanged' }
  if (invocation.dryRun === 'client') return { object: modified, operation: 'configured' }
  const body = toJson(patch)
  const request = {
    method: 'PATCH',
    body,
    contentType: schema ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
    query,
  }
  try {
    const patched = await client.json(pathOf(mapping, namespace, name), request)
    const unchanged =
      patched.metadata?.resourceVersion === current.metadata?.resourceVersion && !invocation.dryRun
    return { object: patched, operation: unchanged ? 'unchanged' : 'configured' }
  } catch (error) {
    const replaceable = isStatus(error, 'Invalid') || isStatus(error, 'Conflict')
    if (invocation.flags.boolean('force') && replaceable)
      return recreate(invocation, manifest, modified, query)
    if (!(error instanceof StatusError)) throw error
    throw new StatusError(
      error.status,
      `error when applying patch:\n${body}\nto:\nResource: ${quote(resourceText(manifest))}, GroupVersionKind: ${quote(kindText(manifest))}\nName: ${quote(name)}, Namespace: ${quote(namespace ?? '')}\nfor: ${quote(source)}: error when patching ${quote(source)}: `,
    )
  }
}

async function recreate(
  invocation: Invocation,
  { mapping, namespace }: Manifest,
  modified: Unstructured,
  query: Record<string, string | undefined>,
): Promise<Applied> {
  const name = nameOf(modified)
  const path = pathOf(mapping, namespace, name)
  await invocation.client.json(path, { method: 'DELETE', body: '{"gracePeriodSeconds":0}' })
  while (await fetchOptional(invocation, { mapping, namespace, name }))
    await invocation.process.clock.sleep(500, invocation.process.signal)
  const made = await invocation.client.json(pathOf(mapping, namespace), {
    method: 'POST',
    body: toJson(modified),
    query,
  })
  return { object: made, operation: 'configured' }
}

function resourceText({ mapping }: Manifest): string {
  const groupVersion = mapping.group === '' ? `/${mapping.version}` : apiVersionOf(mapping)
  return `${groupVersion}, Resource=${mapping.plural}`
}

function kindText({ mapping }: Manifest): string {
  const groupVersion = mapping.group === '' ? `/${mapping.version}` : apiVersionOf(mapping)
  return `${groupVersion}, Kind=${mapping.kind}`
}
