// Making an object from a command's flags: print it, or send it. What create's subcommands, run and expose share.
// Source: kubectl/pkg/cmd/create (create.go and the subcommands' Run).
import { pathOf, type ResourceMapping } from '../../discovery.ts'
import { CliError, StatusError } from '../../errors.ts'
import { dryRunFlag, type FlagSpecs, fieldManagerFlag, printFlags } from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import type { Unstructured } from '../../object.ts'
import { toJson } from '../../output/go-text.ts'
import { markBuilt, resultPrinter } from '../../output/printer.ts'
import { validation, validationFlags, withLastApplied } from '../last-applied.ts'

export const createFlags: FlagSpecs = {
  ...dryRunFlag,
  ...printFlags,
  ...validationFlags,
  ...fieldManagerFlag('kubectl-create'),
  'save-config': {
    type: 'boolean',
    default: 'false',
    summary: 'Keep the configuration in the annotation of apply',
  },
}

type Kind = Pick<ResourceMapping, 'group' | 'version' | 'plural' | 'namespaced' | 'kind'>

export interface Creation {
  readonly kind: Kind
  readonly object: Unstructured
  /** `failed to create configmap`, put before what the server says. */
  readonly failure?: string
  readonly operation?: string
  readonly fieldManager?: string
}

/** Gives what the server made (or would make). */
export async function createObject(
  invocation: Invocation,
  creation: Creation,
  print = resultPrinter(invocation),
): Promise<Unstructured> {
  const { kind, failure, operation = 'created', fieldManager = 'kubectl-create' } = creation
  const namespace = kind.namespaced ? invocation.namespace : undefined
  let object = creation.object
  if (namespace && invocation.namespaceGiven) object.metadata = { ...object.metadata, namespace }
  if (invocation.flags.boolean('save-config')) object = withLastApplied(object)
  if (invocation.dryRun === 'client') {
    await print(markBuilt(object), operation)
    return object
  }
  try {
    const made = await invocation.client.json(pathOf(kind, namespace), {
      method: 'POST',
      body: toJson(object),
      query: { ...invocation.writeQuery(fieldManager), fieldValidation: validation(invocation) },
    })
    await print({ apiVersion: object.apiVersion ?? '', kind: kind.kind, ...made }, operation)
    return made
  } catch (error) {
    if (failure && error instanceof StatusError) throw new CliError(`${failure}: ${error.message}`)
    throw error
  }
}

export function exactName(invocation: Invocation, command: string): string {
  const { args, argsBeforeDash } = invocation
  const count = argsBeforeDash >= 0 ? argsBeforeDash : args.length
  const [name] = args
  if (count !== 1 || name === undefined)
    throw new CliError(
      `exactly one NAME is required, got ${count}\nSee 'kubectl ${command} -h' for help and examples`,
    )
  return name
}

/** `a=b,c=d` as a map. */
export function parsePairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const part of text.split(',').filter((piece) => piece !== '')) {
    const equals = part.indexOf('=')
    if (equals < 0) throw new CliError(`unexpected label spec: ${part}`)
    if (equals === 0) throw new CliError('unexpected empty label key')
    pairs[part.slice(0, equals)] = part.slice(equals + 1)
  }
  return pairs
}

export const kinds = {
  configMap: { group: '', version: 'v1', plural: 'configmaps', namespaced: true, kind: 'ConfigMap' },
  secret: { group: '', version: 'v1', plural: 'secrets', namespaced: true, kind: 'Secret' },
  service: { group: '', version: 'v1', plural: 'services', namespaced: true, kind: 'Service' },
  serviceAccount: {
    group: '',
    version: 'v1',
    plural: 'serviceaccounts',
    namespaced: true,
    kind: 'ServiceAccount',
  },
  namespace: { group: '', version: 'v1', plural: 'namespaces', namespaced: false, kind: 'Namespace' },
  pod: { group: '', version: 'v1', plural: 'pods', namespaced: true, kind: 'Pod' },
  quota: { group: '', version: 'v1', plural: 'resourcequotas', namespaced: true, kind: 'ResourceQuota' },
  deployment: { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true, kind: 'Deployment' },
  job: { group: 'batch', version: 'v1', plural: 'jobs', namespaced: true, kind: 'Job' },
  cronJob: { group: 'batch', version: 'v1', plural: 'cronjobs', namespaced: true, kind: 'CronJob' },
  ingress: {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'ingresses',
    namespaced: true,
    kind: 'Ingress',
  },
  role: {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    plural: 'roles',
    namespaced: true,
    kind: 'Role',
  },
  roleBinding: {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    plural: 'rolebindings',
    namespaced: true,
    kind: 'RoleBinding',
  },
  clusterRole: {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    plural: 'clusterroles',
    namespaced: false,
    kind: 'ClusterRole',
  },
  clusterRoleBinding: {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    plural: 'clusterrolebindings',
    namespaced: false,
    kind: 'ClusterRoleBinding',
  },
  disruptionBudget: {
    group: 'policy',
    version: 'v1',
    plural: 'poddisruptionbudgets',
    namespaced: true,
    kind: 'PodDisruptionBudget',
  },
  autoscaler: {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    namespaced: true,
    kind: 'HorizontalPodAutoscaler',
  },
} as const satisfies Record<string, Kind>
