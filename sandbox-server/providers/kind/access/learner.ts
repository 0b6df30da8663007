// Who the learner is on a real cluster, and how their namespaces are known.

export const learnerUser = 'learner'
export const learnerGroup = 'fairlead:learners'

/** On every namespace that the learner may change; only an administrator sets or removes it. */
export const learnerLabel = 'fairlead.dev/learner'
/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
export const enforceLabel = 'pod-security.kubernetes.io/enforce'
export const enforceVersionLabel = 'pod-security.kubernetes.io/enforce-version'
export const warnLabel = 'pod-security.kubernetes.io/warn'

/** What is applied to set a learner's rights. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object }
  readonly [field: string]: unknown
}
