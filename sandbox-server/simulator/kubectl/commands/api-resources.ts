// kubectl api-resources and api-versions. Source: kubectl/pkg/cmd/apiresources.
import type { KubectlCommand } from '../command.ts'
import { apiVersionOf, groupResource, type ResourceMapping } from '../discovery.ts'
import { CliError, usageError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { toJson } from '../output/go-text.ts'
import { align, tableColumns } from '../output/tab-writer.ts'
import { toYaml } from '../output/yaml.ts'

export const apiResourcesCommand: KubectlCommand = {
  name: 'api-resources',
  summary: 'Print the supported API resources on the server',
  group: 'Other Commands',
  usage: '[flags]',
  examples: [
    ['With verbs and categories', 'kubectl api-resources -o wide'],
    ['Of one group', 'kubectl api-resources --api-group=networking.k8s.io'],
  ],
  flags: {
    'api-group': { type: 'string', default: '', summary: 'Only this group' },
    cached: { type: 'boolean', default: 'false', summary: 'Accepted and ignored' },
    categories: { type: 'list', default: '[]', summary: 'Only resources in these categories' },
    namespaced: { type: 'boolean', default: 'true', summary: 'Only namespaced, or with =false only others' },
    'no-headers': { type: 'boolean', default: 'false', summary: 'Leave the column headings out' },
    output: {
      type: 'string',
      short: 'o',
      default: '',
      summary: 'json, yaml, kyaml, wide or name',
      values: ['json', 'yaml', 'kyaml', 'wide', 'name'],
    },
    'show-managed-fields': {
      type: 'boolean',
      default: 'false',
      summary: 'Accepted and ignored',
      hidden: true,
    },
    'sort-by': { type: 'string', default: '', summary: 'name or kind', values: ['name', 'kind'] },
    verbs: { type: 'list', default: '[]', summary: 'Only resources that know these verbs' },
  },
  run: printResources,
}

async function printResources(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  if (args.length > 0) throw usageError('api-resources', `unexpected arguments: [${args.join(' ')}]`)
  const sort = flags.string('sort-by')
  if (!['', 'name', 'kind'].includes(sort)) throw new CliError('--sort-by accepts only name or kind')
  const output = flags.string('output')
  const found = (await invocation.discovery.all()).filter((mapping) => chosen(invocation, mapping))
  const listed = found.sort((a, b) => {
    if (sort === 'name') return a.plural < b.plural ? -1 : 1
    if (sort === 'kind') return a.kind < b.kind ? -1 : 1
    return a.group !== b.group ? (a.group < b.group ? -1 : 1) : a.plural < b.plural ? -1 : 1
  })
  if (output === 'name')
    return invocation.out(listed.map((mapping) => `${groupResource(mapping)}\n`).join(''))
  if (output === 'json' || output === 'yaml' || output === 'kyaml') {
    const list = {
      apiVersion: 'v1',
      groupVersion: '',
      kind: 'APIResourceList',
      resources: listed.map((mapping) => ({
        name: mapping.plural,
        singularName: mapping.singular,
        namespaced: mapping.namespaced,
        ...(mapping.group ? { group: mapping.group } : {}),
        version: mapping.version,
        kind: mapping.kind,
        verbs: mapping.verbs,
        ...(mapping.shortNames.length > 0 ? { shortNames: mapping.shortNames } : {}),
        ...(mapping.categories.length > 0 ? { categories: mapping.categories } : {}),
      })),
    }
    return invocation.out(output === 'json' ? `${toJson(list, '    ')}\n` : toYaml(list))
  }
  const wide = output === 'wide'
  const rows = listed.map((mapping) =>
    [
      mapping.plural,
      mapping.shortNames.join(','),
      apiVersionOf(mapping),
      String(mapping.namespaced),
      mapping.kind,
      ...(wide ? [mapping.verbs.join(','), mapping.categories.join(',')] : []),
    ].join('\t'),
  )
  const heading = [
    'NAME',
    'SHORTNAMES',
    'APIVERSION',
    'NAMESPACED',
    'KIND',
    ...(wide ? ['VERBS', 'CATEGORIES'] : []),
  ]
  const lines = flags.boolean('no-headers') ? rows : [heading.join('\t'), ...rows]
  await invocation.out(align(lines.map((line) => `${line}\n`).join(''), tableColumns))
}

function chosen({ flags }: Invocation, mapping: ResourceMapping): boolean {
  if (!mapping.preferred || mapping.verbs.length === 0) return false
  if (flags.has('api-group') && mapping.group !== flags.string('api-group')) return false
  if (flags.has('namespaced') && mapping.namespaced !== flags.boolean('namespaced')) return false
  if (!flags.list('verbs').every((verb) => mapping.verbs.includes(verb))) return false
  return flags.list('categories').every((category) => mapping.categories.includes(category))
}

export const apiVersionsCommand: KubectlCommand = {
  name: 'api-versions',
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  group: 'Other Commands',
  run: async (invocation) => {
    if (invocation.args.length > 0)
      throw usageError('api-versions', `unexpected arguments: [${invocation.args.join(' ')}]`)
    const versions = new Set((await invocation.discovery.all()).map(apiVersionOf))
    await invocation.out(
      [...versions]
        .sort()
        .map((version) => `${version}\n`)
        .join(''),
    )
  },
}
