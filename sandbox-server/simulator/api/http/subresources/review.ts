// Reviews: who am I, and may I? The learner is the cluster's administrator, so that everything may.
// Source: pkg/registry/authorization/*, pkg/registry/authentication/selfsubjectreview; RBAC is not evaluated here.
import { methodUnknown } from '../../api-error.ts'
import type { Call } from '../../handler.ts'
import { apiVersionOf } from '../../resources.ts'
import { timestamp } from '../../store/deep-equal.ts'
import { readPlain } from '../body.ts'
import { json } from '../respond.ts'

const user = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] }
const reason =
  'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"'

interface Review {
  metadata?: object
  spec?: Record<string, unknown>
}

export async function answerReview(call: Call): Promise<Response> {
  const { type } = call.target
  if (call.request.method !== 'POST') throw methodUnknown()
  const review = ((await readPlain(call.request)) ?? {}) as Review
  const metadata = { ...review.metadata, creationTimestamp: timestamp(call.store.clock.now()) }
  const head = { kind: type.kind, apiVersion: apiVersionOf(type), metadata }
  switch (type.plural) {
    case 'selfsubjectreviews':
      return json({ ...head, status: { userInfo: user } }, 201)
    case 'selfsubjectrulesreviews':
      return json({ ...head, spec: {}, status: rules }, 201)
    case 'tokenreviews':
      return json(
        { ...head, spec: review.spec ?? {}, status: { user: {}, error: 'invalid bearer token' } },
        201,
      )
    case 'selfsubjectaccessreviews':
      return json({ ...head, spec: review.spec ?? {}, status: { allowed: true, reason } }, 201)
    default:
      return json({ ...head, spec: review.spec ?? {}, status: subjectStatus(review.spec) }, 201)
  }
}

const rules = {
  resourceRules: [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
}

/** Administrators and the masters group may; of others nothing is known, since RBAC is not simulated. */
function subjectStatus(spec: Record<string, unknown> | undefined) {
  const groups = (spec?.groups ?? []) as string[]
  const may =
    spec?.user === user.username ||
    groups.includes('system:masters') ||
    groups.includes('kubeadm:cluster-admins')
  return may
    ? { allowed: true, reason }
    : { allowed: false, evaluationError: 'this simulated cluster does not evaluate RBAC' }
}
