// kubectl create namespace, serviceaccount, quota, role, rolebinding, poddisruptionbudget, token and the cluster roles.
// Source: kubectl/pkg/cmd/create.
import type { KubectlCommand } from '../../command.ts'
import { CliError } from '../../errors.ts'
import type { FlagSpecs } from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import { textAt } from '../../object.ts'
import { createFlags, createObject, exactName, kinds, parsePairs } from './objects.ts'

export const namespaceCommand: KubectlCommand = {
  name: 'namespace',
  aliases: ['ns'],
  summary: 'Create a namespace with the specified name',
  usage: 'NAME [--dry-run=server|client|none]',
  flags: createFlags,
  run: async (invocation) => {
    const name = exactName(invocation, 'create namespace')
    await createObject(invocation, {
      kind: kinds.namespace,
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {}, status: {} },
    })
  },
}

export const serviceAccountCommand: KubectlCommand = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Create a service account with the specified name',
  usage: 'NAME [--dry-run=server|client|none]',
  flags: createFlags,
  run: async (invocation) => {
    const name = exactName(invocation, 'create serviceaccount')
    await createObject(invocation, {
      kind: kinds.serviceAccount,
      failure: 'failed to create serviceaccount',
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    })
  },
}

export const quotaCommand: KubectlCommand = {
  name: 'quota',
  aliases: ['resourcequota'],
  summary: 'Create a quota with the specified name',
  usage: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]',
  flags: {
    ...createFlags,
    hard: { type: 'string', default: '', summary: 'resource=quantity pairs' },
    scopes: { type: 'string', default: '', summary: 'Scopes of the quota' },
  },
  run: async (invocation) => {
    const { flags } = invocation
    const name = exactName(invocation, 'create quota')
    const hard = parsePairs(flags.string('hard'))
    const scopes = flags.string('scopes')
    await createObject(invocation, {
      kind: kinds.quota,
      failure: 'failed to create quota',
      object: {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name },
        spec: {
          ...(Object.keys(hard).length > 0 ? { hard } : {}),
          ...(scopes ? { scopes: scopes.split(',') } : {}),
        },
        status: {},
      },
    })
  },
}

export const disruptionBudgetCommand: KubectlCommand = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  summary: 'Create a pod disruption budget with the specified name',
  usage: 'NAME --selector=SELECTOR --min-available=N',
  flags: {
    ...createFlags,
    selector: { type: 'string', default: '', summary: 'Labels of the pods' },
    'min-available': { type: 'string', default: '', summary: 'Number or percentage that must stay' },
    'max-unavailable': { type: 'string', default: '', summary: 'Number or percentage that may go' },
  },
  run: async (invocation) => {
    const { flags } = invocation
    const name = exactName(invocation, 'create poddisruptionbudget')
    const amount = (flag: string) => {
      const text = flags.string(flag)
      return text === '' ? undefined : /^\d+$/.test(text) ? Number(text) : text
    }
    const [minAvailable, maxUnavailable] = [amount('min-available'), amount('max-unavailable')]
    if (!flags.string('selector')) throw new CliError('a selector must be specified')
    if ((minAvailable === undefined) === (maxUnavailable === undefined))
      throw new CliError(
        minAvailable === undefined
          ? 'one of min-available or max-unavailable must be specified'
          : 'min-available and max-unavailable cannot be both specified',
      )
    await createObject(invocation, {
      kind: kinds.disruptionBudget,
      failure: 'failed to create poddisruptionbudgets',
      object: {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name },
        spec: {
          ...(minAvailable === undefined ? { maxUnavailable } : { minAvailable }),
          selector: { matchLabels: parsePairs(flags.string('selector')) },
        },
        status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      },
    })
  },
}

const roleFlags: FlagSpecs = {
  ...createFlags,
  verb: { type: 'list', default: '[]', summary: 'Verbs that are allowed' },
  resource: { type: 'list', default: '[]', summary: 'Resources, as RESOURCE[.GROUP][/SUBRESOURCE]' },
  'resource-name': { type: 'array', default: '[]', summary: 'Only objects of this name' },
}

async function rulesOf(invocation: Invocation): Promise<Record<string, unknown>[]> {
  const { flags, discovery } = invocation
  const verbs = flags.list('verb')
  if (verbs.length === 0) throw new CliError('at least one verb must be specified')
  if (flags.list('resource').length === 0)
    throw new CliError('one or more resources must be specified as <resource>')
  const groups = new Map<string, string[]>()
  for (const text of flags.list('resource')) {
    const [resource = '', subresource] = text.split('/')
    const mapping = resource === '*' ? undefined : await discovery.find(resource)
    if (!mapping && resource !== '*')
      throw new CliError(`can not perform any verbs: the server doesn't have a resource type "${resource}"`)
    const group = mapping?.group ?? '*'
    const name = `${mapping?.plural ?? '*'}${subresource ? `/${subresource}` : ''}`
    groups.set(group, [...(groups.get(group) ?? []), name])
  }
  const resourceNames = flags.list('resource-name')
  return [...groups].map(([group, resources]) => ({
    apiGroups: [group],
    resources,
    ...(resourceNames.length > 0 ? { resourceNames } : {}),
    verbs,
  }))
}

const rbac = 'rbac.authorization.k8s.io/v1'

export const roleCommand: KubectlCommand = {
  name: 'role',
  summary: 'Create a role with single rule',
  usage: 'NAME --verb=verb --resource=resource.group/subresource',
  flags: roleFlags,
  run: async (invocation) => {
    const name = exactName(invocation, 'create role')
    const rules = await rulesOf(invocation)
    await createObject(invocation, {
      kind: kinds.role,
      failure: 'failed to create role',
      object: { apiVersion: rbac, kind: 'Role', metadata: { name }, rules },
    })
  },
}

export const clusterRoleCommand: KubectlCommand = {
  name: 'clusterrole',
  summary: 'Create a cluster role',
  usage: 'NAME --verb=verb --resource=resource.group',
  flags: roleFlags,
  run: async (invocation) => {
    const name = exactName(invocation, 'create clusterrole')
    const rules = await rulesOf(invocation)
    await createObject(invocation, {
      kind: kinds.clusterRole,
      object: { apiVersion: rbac, kind: 'ClusterRole', metadata: { name }, rules },
    })
  },
}

const bindingFlags: FlagSpecs = {
  ...createFlags,
  role: { type: 'string', default: '', summary: 'Role to bind' },
  clusterrole: { type: 'string', default: '', summary: 'ClusterRole to bind' },
  user: { type: 'list', default: '[]', summary: 'User' },
  group: { type: 'list', default: '[]', summary: 'Group' },
  serviceaccount: { type: 'list', default: '[]', summary: 'Service account, as NAMESPACE:NAME' },
}

function bindingOf(invocation: Invocation): Record<string, unknown> {
  const { flags } = invocation
  const apiGroup = 'rbac.authorization.k8s.io'
  const [role, clusterRole] = [flags.string('role'), flags.string('clusterrole')]
  if ((role === '') === (clusterRole === ''))
    throw new CliError('exactly one of clusterrole or role must be specified')
  return {
    roleRef: { apiGroup, kind: role ? 'Role' : 'ClusterRole', name: role || clusterRole },
    subjects: [
      ...flags.list('user').map((name) => ({ apiGroup, kind: 'User', name })),
      ...flags.list('group').map((name) => ({ apiGroup, kind: 'Group', name })),
      ...flags.list('serviceaccount').map((text) => {
        const [namespace, name] = text.split(':')
        if (!namespace || !name) throw new CliError('serviceaccount must be <namespace>:<name>')
        return { kind: 'ServiceAccount', name, namespace }
      }),
    ],
  }
}

export const roleBindingCommand: KubectlCommand = {
  name: 'rolebinding',
  summary: 'Create a role binding for a particular role or cluster role',
  usage:
    'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: bindingFlags,
  run: async (invocation) => {
    const name = exactName(invocation, 'create rolebinding')
    await createObject(invocation, {
      kind: kinds.roleBinding,
      failure: 'failed to create rolebinding',
      object: { apiVersion: rbac, kind: 'RoleBinding', metadata: { name }, ...bindingOf(invocation) },
    })
  },
}

export const clusterRoleBindingCommand: KubectlCommand = {
  name: 'clusterrolebinding',
  summary: 'Create a cluster role binding for a particular cluster role',
  usage:
    'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: bindingFlags,
  run: async (invocation) => {
    const name = exactName(invocation, 'create clusterrolebinding')
    await createObject(invocation, {
      kind: kinds.clusterRoleBinding,
      failure: 'failed to create clusterrolebinding',
      object: { apiVersion: rbac, kind: 'ClusterRoleBinding', metadata: { name }, ...bindingOf(invocation) },
    })
  },
}

export const tokenCommand: KubectlCommand = {
  name: 'token',
  summary: 'Request a service account token',
  usage: 'SERVICE_ACCOUNT_NAME',
  flags: {
    ...createFlags,
    audience: { type: 'array', default: '[]', summary: 'Audience of the token' },
    duration: { type: 'duration', default: '0s', summary: 'How long it is valid' },
  },
  run: async (invocation) => {
    const { flags } = invocation
    const name = exactName(invocation, 'create token')
    const seconds = Math.floor(flags.duration('duration') / 1000)
    const answer = await invocation.client.json(
      `/api/v1/namespaces/${invocation.namespace}/serviceaccounts/${name}/token`,
      {
        method: 'POST',
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { audiences: flags.list('audience'), ...(seconds > 0 ? { expirationSeconds: seconds } : {}) },
        }),
      },
    )
    const token = textAt(answer, 'status', 'token')
    if (!token) throw new CliError('failed to create token: no token in server response')
    await invocation.out(invocation.process.terminal ? `${token}\n` : token)
  },
}
