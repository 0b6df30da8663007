// kubectl explain. Source: kubectl/pkg/explain/v2/templates/plaintext.tmpl.
import type { KubectlCommand } from '../command.ts'
import { apiVersionOf } from '../discovery.ts'
import { CliError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { at, isRecord } from '../object.ts'
import { wrap } from '../output/wrap.ts'
import { openApiDocument, type Schema, schemaOfKind } from '../patch/schema.ts'
import { describeSchema, fieldsOf, guessType, listEnum, listFields } from './explain-fields.ts'

export const explainCommand: KubectlCommand = {
  name: 'explain',
  summary: 'Get documentation for a resource',
  group: 'Basic Commands (Intermediate)',
  usage:
    'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  examples: [
    ['The fields of a kind', 'kubectl explain services'],
    ['One field', 'kubectl explain service.spec.type'],
    ['All fields below one', 'kubectl explain networkpolicy.spec --recursive'],
  ],
  flags: {
    'api-version': { type: 'string', default: '', summary: 'Group and version to explain' },
    'max-depth': {
      type: 'integer',
      default: '0',
      summary: 'How deep to go with --recursive; 0 has no limit',
    },
    output: { type: 'string', short: 'o', default: 'plaintext', summary: 'plaintext', values: ['plaintext'] },
    recursive: { type: 'boolean', default: 'false', summary: 'Print the fields of fields too' },
  },
  arguments: 'types-and-names',
  run: explain,
}

async function explain(invocation: Invocation): Promise<void> {
  const { flags, args, client } = invocation
  const [argument] = args
  if (argument === undefined)
    throw new CliError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    )
  if (args.length > 1) throw new CliError('We accept only this format: explain RESOURCE\n')
  const [type = '', ...rest] = argument.split('.')
  // `deployments.apps.spec` names a group as well as a field: the longest group that is served wins.
  let mapping = await invocation.discovery.find(type)
  let path = rest
  for (let length = rest.length; length > 0; length--) {
    const withGroup = await invocation.discovery.find([type, ...rest.slice(0, length)].join('.'))
    if (withGroup && withGroup.group === rest.slice(0, length).join('.')) {
      mapping = withGroup
      path = rest.slice(length)
      break
    }
  }
  if (!mapping) throw new CliError(`the server doesn't have a resource type "${type}"`, 1, true)
  const wanted = flags.string('api-version')
  const apiVersion = wanted || apiVersionOf(mapping)
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const document = await openApiDocument(client, apiVersion)
  const schema =
    document && schemaOfKind(document, { group: group ?? '', version: version ?? '', kind: mapping.kind })
  if (!schema) throw new CliError(`couldn't find resource for "${apiVersion}, Kind=${mapping.kind}"`)
  let text = group ? `GROUP:      ${group}\n` : ''
  text += `KIND:       ${mapping.kind}\nVERSION:    ${version}\n\n`
  const found = walk(schema, path)
  if (!found) {
    await invocation.out(text)
    throw new CliError(`field "${path.at(-1)}" does not exist`)
  }
  if (found.field !== undefined)
    text += `FIELD: ${found.field} <${guessType(schema, found.node)}>\n${listEnum(found.node)}\n\n`
  const description = describeSchema(schema, found.node)
  // The line feed at the end of a description becomes a line of its own, indented.
  text += `DESCRIPTION:\n${description ? `${wrap(description, 76, 4)}    \n` : '    <empty>\n'}`
  const recursive = flags.boolean('recursive')
  const fields = listFields(schema, found.node, { recursive, maxDepth: flags.integer('max-depth') })
  if (fields !== '') text += `FIELDS:\n${fields}`
  await invocation.out(`${text}\n`)
}

/** The node of the last field of the path, through lists and maps. */
function walk(schema: Schema, path: readonly string[]): { node: unknown; field?: string } | undefined {
  let node: unknown = schema.definition
  let field: string | undefined
  for (const name of path) {
    const next = at(fieldsOf(schema, node), name)
    if (!isRecord(next)) return undefined
    node = next
    field = name
  }
  return { node, ...(field === undefined ? {} : { field }) }
}
