// What the learner may do on their cluster, in one pass of server-side applies. docs/threat-model.md says it in words.
import { AppError } from '../../../contract/errors.ts'
import type { Access } from '../../../contract/lesson.ts'
import { enforceLabel, type KubernetesObject, learnerLabel, warnLabel } from './learner.ts'
import { learnerPolicies } from './learner-policies.ts'
import { administratorBinding, learnerClusterRoles, secretsBinding } from './learner-roles.ts'

type Kubernetes = (request: Request) => Promise<Response>

export interface Granted {
  readonly access: Pick<Access, 'clusterAdmin' | 'podSecurity'>
  /** The exercise's; made where it is missing. */
  readonly namespace: string
}

/**
 * `kubernetes` speaks as an administrator. Policies hold about a second after they were applied, long before a learner arrives.
 * Throws AppError PROVIDER_FAILED.
 */
export async function grantAccess(kubernetes: Kubernetes, { access, namespace }: Granted): Promise<void> {
  const rights = access.clusterAdmin
    ? [administratorBinding()]
    : [...learnerPolicies(access.podSecurity), ...learnerClusterRoles()]
  await Promise.all([
    ...rights.map((object) => applyObject(kubernetes, object)),
    ...[...new Set([namespace, 'default'])].map((name) =>
      grantNamespace(kubernetes, { access, namespace: name }),
    ),
  ])
}

/** One more namespace, on a cluster where `grantAccess` was called for the same access. */
export async function grantNamespace(kubernetes: Kubernetes, { access, namespace }: Granted): Promise<void> {
  await applyObject(kubernetes, ownNamespace(namespace, access))
  if (!access.clusterAdmin) await applyObject(kubernetes, secretsBinding(namespace))
}

/** An administrator's have only the labels that change something: no policy asks for `learnerLabel`, and privileged is the default. */
function ownNamespace(
  name: string,
  { clusterAdmin, podSecurity: level }: Granted['access'],
): KubernetesObject {
  const security = clusterAdmin && level === 'privileged' ? {} : { [enforceLabel]: level, [warnLabel]: level }
  const labels = { ...(!clusterAdmin && { [learnerLabel]: 'true' }), ...security }
  const hasLabels = Object.keys(labels).length > 0
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(hasLabels && { labels }) } }
}

const plurals: Record<string, string> = {
  Namespace: 'namespaces',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  RoleBinding: 'rolebindings',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
}

async function applyObject(kubernetes: Kubernetes, object: KubernetesObject): Promise<void> {
  const { apiVersion, kind, metadata } = object
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  const path = `${base}${place}/${plurals[kind]}/${metadata.name}`
  const response = await kubernetes(
    new Request(`http://cluster${path}?fieldManager=fairlead&force=true`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify(object),
    }),
  )
  // Kubernetes before 1.36 has no MutatingAdmissionPolicy: there the learner writes the labels, and is told which.
  const isMissing = response.status === 404 && kind.startsWith('MutatingAdmissionPolicy')
  if (!response.ok && !isMissing) throw await refusal(`apply ${kind} ${metadata.name}`, response)
  await response.body?.cancel()
}

async function refusal(what: string, response: Response): Promise<AppError> {
  const text = (await response.text()).slice(0, 500)
  return new AppError(
    'PROVIDER_FAILED',
    `The learner's rights were not set: ${what}: HTTP ${response.status}: ${text}`,
    {
      hint: 'Start the cluster again; the log of the API server says more.',
    },
  )
}
