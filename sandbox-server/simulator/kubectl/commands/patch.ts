// kubectl patch. Source: kubectl/pkg/cmd/patch/patch.go.
import { parse } from 'yaml'
import { resolvePath } from '../../node/file-system.ts'
import { type PatchType, sendPatch } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, StatusError, throwAll } from '../errors.ts'
import { dryRunFlag, fieldManagerFlag, fileFlags, printFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { textAt } from '../object.ts'
import { quote, toJson } from '../output/go-text.ts'
import { resultPrinter } from '../output/printer.ts'
import { fetchObjects, missingResources, resolveTargets } from '../targets.ts'

export const patchCommand: KubectlCommand = {
  name: 'patch',
  summary: 'Update fields of a resource',
  description: 'The patch is JSON or YAML: a strategic merge patch, a JSON merge patch, or a JSON patch.',
  group: 'Advanced Commands',
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  examples: [
    [
      'Change the selector of a Service',
      `kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'`,
    ],
    [
      'Replace one value by its path',
      `kubectl patch service web --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'`,
    ],
  ],
  flags: {
    ...fileFlags,
    ...dryRunFlag,
    ...printFlags,
    ...fieldManagerFlag('kubectl-patch'),
    patch: { type: 'string', short: 'p', default: '', summary: 'The patch' },
    'patch-file': { type: 'string', default: '', summary: 'A file with the patch' },
    subresource: {
      type: 'string',
      default: '',
      summary: 'Patch a part: status, scale, resize',
      values: ['status', 'scale', 'resize'],
    },
    type: {
      type: 'string',
      default: 'strategic',
      summary: 'json, merge or strategic',
      values: ['json', 'merge', 'strategic'],
    },
  },
  arguments: 'types-and-names',
  run: patch,
}

async function patch(invocation: Invocation): Promise<void> {
  const { flags, args, process } = invocation
  const inline = flags.string('patch')
  const file = flags.string('patch-file')
  if (inline && file) throw new CliError('cannot specify --patch and --patch-file together')
  if (!inline && !file)
    throw new CliError('must specify --patch or --patch-file containing the contents of the patch')
  const type = flags.string('type').toLowerCase()
  if (type !== 'json' && type !== 'merge' && type !== 'strategic')
    throw new CliError(`--type must be one of [json merge strategic], not ${quote(flags.string('type'))}`)
  let text = inline
  if (file) {
    const path = resolvePath(process.cwd, file)
    if (!process.files.stat(path))
      throw new CliError(`unable to read patch file: open ${file}: no such file or directory`)
    text = process.files.readText(path)
  }
  let body: unknown
  try {
    body = text.trimStart().startsWith('{') ? undefined : parse(text)
  } catch (cause) {
    throw new CliError(
      `unable to parse ${quote(text)}: yaml: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
  const targets = await resolveTargets(invocation, args, { missing: missingResources })
  const print = resultPrinter(invocation)
  const errors: unknown[] = []
  const subresource = flags.string('subresource') || undefined
  const found = await fetchObjects(invocation, targets, (error) => errors.push(error))
  for (const item of found)
    try {
      if (invocation.dryRun === 'client') {
        await print(item.object, 'patched', item.mapping)
        continue
      }
      const patched = await sendPatch(
        invocation,
        item,
        type as PatchType,
        body === undefined ? text : toJson(body),
        'kubectl-patch',
        subresource,
      )
      const changed = textAt(patched, 'metadata', 'resourceVersion') !== item.object.metadata?.resourceVersion
      await print(
        subresource === 'scale' ? item.object : patched,
        changed ? 'patched' : 'patched (no change)',
        item.mapping,
      )
    } catch (error) {
      if (error instanceof StatusError && error.status.code === 415)
        throw new CliError(
          `${type} is not supported by ${item.mapping.group}/${item.mapping.version}, Kind=${item.mapping.kind}: ${error.message}`,
        )
      errors.push(error)
    }
  throwAll(errors)
}
