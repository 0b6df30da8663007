// kubectl auth: can-i, whoami. Source: kubectl/pkg/cmd/auth.
import type { KubectlCommand } from '../command.ts'
import { ExitError, usageError } from '../errors.ts'
import { allNamespacesFlag, printFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { at, listAt, textAt } from '../object.ts'
import { objectPrinter } from '../output/printer.ts'
import { align, tableColumns } from '../output/tab-writer.ts'

async function canI(invocation: Invocation): Promise<void> {
  const { flags, args, client, discovery } = invocation
  const [verb, resourceArgument, name] = args
  if (flags.boolean('list')) return listRules(invocation)
  if (verb === undefined || resourceArgument === undefined)
    throw usageError(
      'auth can-i',
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    )
  const namespace = flags.boolean('all-namespaces') ? '' : invocation.namespace
  let attributes: Record<string, unknown>
  if (resourceArgument.startsWith('/'))
    attributes = { nonResourceAttributes: { path: resourceArgument, verb } }
  else {
    const [resource = '', resourceName = name] = resourceArgument.split('/')
    const mapping = resource === '*' ? undefined : await discovery.find(resource)
    if (!mapping && resource !== '*')
      await invocation.err(`Warning: the server doesn't have a resource type '${resource}'\n\n`)
    else if (mapping && !mapping.namespaced && !flags.boolean('all-namespaces'))
      await invocation.err(
        `Warning: resource '${mapping.plural}' is not namespace scoped${mapping.group ? ` in group '${mapping.group}'` : ''}\n\n`,
      )
    attributes = {
      resourceAttributes: {
        verb,
        group: mapping?.group ?? (resource === '*' ? '*' : ''),
        resource: mapping?.plural ?? resource,
        ...(mapping && !mapping.namespaced ? {} : { namespace }),
        ...(resourceName ? { name: resourceName } : {}),
        ...(flags.string('subresource') ? { subresource: flags.string('subresource') } : {}),
      },
    }
  }
  const review = await client.json('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    method: 'POST',
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: attributes,
    }),
  })
  const allowed = at(review, 'status', 'allowed') === true
  const reason = textAt(review, 'status', 'reason')
  if (!flags.boolean('quiet')) await invocation.line(allowed ? 'yes' : `no${reason ? ` - ${reason}` : ''}`)
  if (!allowed) throw new ExitError(1)
}

async function listRules(invocation: Invocation): Promise<void> {
  const review = await invocation.client.json('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    method: 'POST',
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: invocation.namespace },
    }),
  })
  const list = (value: unknown) => `[${Array.isArray(value) ? value.join(' ') : ''}]`
  const rules = [
    ...listAt(review, 'status', 'resourceRules').flatMap((rule) => {
      const groups: unknown[] = Array.isArray(rule.apiGroups) ? rule.apiGroups : ['']
      const resources: unknown[] = Array.isArray(rule.resources) ? rule.resources : []
      return resources.flatMap((resource) => groups.map((group) => ({ ...rule, resource, group })))
    }),
    ...listAt(review, 'status', 'nonResourceRules').map((rule) => ({ ...rule, resource: '', group: '' })),
  ].map((rule: Record<string, unknown>) => {
    const { resource, group } = rule
    const [verbs, names, urls] = [list(rule.verbs), list(rule.resourceNames), list(rule.nonResourceURLs)]
    return {
      // rbac's SortableRuleSlice orders rules by their Go text, which begins with the verbs.
      order: `${verbs}[${group}][${resource}]${names}${urls}`,
      row: `${group ? `${resource}.${group}` : resource}\t${urls}\t${names}\t${verbs}\n`,
    }
  })
  const rows = rules.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ row }) => row)
  const heading = invocation.flags.boolean('no-headers')
    ? ''
    : 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n'
  await invocation.out(align(heading + rows.join(''), tableColumns))
}

async function whoami(invocation: Invocation): Promise<void> {
  const review = await invocation.client.json('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    method: 'POST',
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
  })
  const printer = objectPrinter(invocation)
  if (printer) return invocation.out(printer(review))
  const username = textAt(review, 'status', 'userInfo', 'username') ?? ''
  const groups = at(review, 'status', 'userInfo', 'groups')
  const rows = [
    `Username\t${username}\n`,
    ...(Array.isArray(groups) ? [`Groups\t[${groups.join(' ')}]\n`] : []),
  ]
  await invocation.out(align(`ATTRIBUTE\tVALUE\n${rows.join('')}`, tableColumns))
}

export const authCommand: KubectlCommand = {
  name: 'auth',
  summary: 'Inspect authorization',
  group: 'Troubleshooting and Debugging Commands',
  subcommands: [
    {
      name: 'can-i',
      summary: 'Check whether an action is allowed',
      usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
      examples: [
        ['May I create pods here?', 'kubectl auth can-i create pods'],
        ['May this service account?', 'kubectl auth can-i list pods --as=system:serviceaccount:demo:default'],
      ],
      flags: {
        ...allNamespacesFlag,
        list: { type: 'boolean', default: 'false', summary: 'All that is allowed' },
        'no-headers': { type: 'boolean', default: 'false', summary: 'Leave the column headings out' },
        quiet: { type: 'boolean', short: 'q', default: 'false', summary: 'Only the exit code' },
        subresource: { type: 'string', default: '', summary: 'Such as log or scale' },
      },
      arguments: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
      run: canI,
    },
    {
      name: 'whoami',
      summary: 'Experimental: Check self subject attributes',
      flags: printFlags,
      run: whoami,
    },
  ],
}
