// kubectl replace. Source: kubectl/pkg/cmd/replace/replace.go.
import type { KubectlCommand } from '../command.ts'
import { pathOf } from '../discovery.ts'
import { CliError, isStatus, StatusError, throwAll } from '../errors.ts'
import { fileFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { readManifests } from '../manifests.ts'
import { nameOf } from '../object.ts'
import { toJson } from '../output/go-text.ts'
import { resultPrinter } from '../output/printer.ts'
import { waitUntilDeleted } from '../waiting.ts'
import { createFlags } from './create/objects.ts'
import { lastApplied, validation, withLastApplied } from './last-applied.ts'

export const replaceCommand: KubectlCommand = {
  name: 'replace',
  summary: 'Replace a resource by file name or stdin',
  description: 'The manifest must describe the whole object. With --force it is deleted and created again.',
  group: 'Advanced Commands',
  usage: '-f FILENAME',
  flags: {
    ...fileFlags,
    ...createFlags,
    cascade: {
      type: 'string',
      default: 'background',
      bare: 'background',
      summary: 'What becomes of dependents, with --force',
    },
    force: { type: 'boolean', default: 'false', summary: 'Delete and create again' },
    'grace-period': { type: 'integer', default: '-1', summary: 'Seconds to end gracefully, with --force' },
    subresource: { type: 'string', default: '', summary: 'Replace a part: status, scale, resize' },
    timeout: { type: 'duration', default: '0s', summary: 'How long to wait for the deletion, with --force' },
    wait: { type: 'boolean', default: 'true', summary: 'Accepted' },
  },
  arguments: 'files',
  run: replace,
}

async function replace(invocation: Invocation): Promise<void> {
  const { flags, client } = invocation
  if (flags.list('filename').length === 0) throw new CliError('must specify one of -f and -k')
  const errors: unknown[] = []
  const manifests = await readManifests(
    invocation,
    (error) => errors.push(error),
    validation(invocation) !== 'Ignore',
  )
  const print = resultPrinter(invocation)
  const subresource = flags.string('subresource') || undefined
  for (const { object, mapping, namespace, source } of manifests) {
    const path = pathOf(mapping, namespace, nameOf(object), subresource)
    const query = { ...invocation.writeQuery('kubectl-replace'), fieldValidation: validation(invocation) }
    try {
      if (flags.boolean('force')) {
        await remove(invocation, path, { mapping, namespace, name: nameOf(object) })
        const made = await client.json(pathOf(mapping, namespace), {
          method: 'POST',
          body: toJson(object),
          query,
        })
        await print(made, 'replaced', mapping)
        continue
      }
      // An object that apply made keeps an annotation that fits (util.CreateOrUpdateAnnotation).
      const current = await client.json(path)
      const wanted =
        current.metadata?.annotations?.[lastApplied] === undefined ? object : withLastApplied(object)
      if (invocation.dryRun === 'client') await print(wanted, 'replaced', mapping)
      else
        await print(
          await client.json(path, { method: 'PUT', body: toJson(wanted), query }),
          'replaced',
          mapping,
        )
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error.during('replacing', source))
    }
  }
  throwAll(errors)
  if (manifests.length === 0) throw new CliError('no objects passed to replace')
}

async function remove(
  invocation: Invocation,
  path: string,
  found: Parameters<typeof waitUntilDeleted>[1],
): Promise<void> {
  const { flags, process } = invocation
  const grace = flags.integer('grace-period')
  try {
    await invocation.client.json(path, {
      method: 'DELETE',
      body: JSON.stringify({
        ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
        propagationPolicy: 'Background',
      }),
    })
  } catch (error) {
    if (isStatus(error, 'NotFound')) return
    throw error
  }
  await invocation.line(
    `${found.mapping.kind.toLowerCase()} "${found.name}" deleted from ${found.namespace} namespace`,
  )
  const limit = flags.duration('timeout') || 168 * 3_600_000
  await waitUntilDeleted(invocation, found, undefined, process.clock.now() + limit)
}
