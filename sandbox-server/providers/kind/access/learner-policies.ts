// What RBAC cannot say: a learner changes, enters and deletes only what is in namespaces of their own, and those keep their
// Pod Security level. https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
import type { Access } from '../../../contract/lesson.ts'
import {
  enforceLabel,
  enforceVersionLabel,
  type KubernetesObject,
  learnerGroup,
  learnerLabel,
  warnLabel,
} from './learner.ts'

type Level = Access['podSecurity']

const api = 'admissionregistration.k8s.io/v1'
const isLearner = {
  name: 'learner',
  expression: `${JSON.stringify(learnerGroup)} in request.userInfo.groups`,
}

/** A stricter level than the exercise's own is the learner's choice. */
const allowed: Record<Level, readonly Level[]> = {
  privileged: ['privileged', 'baseline', 'restricted'],
  baseline: ['baseline', 'restricted'],
  restricted: ['restricted'],
}

/** CEL for the value of a label of a namespace, '' where it has none. */
const label = (namespace: string, name: string) =>
  `${namespace}.metadata.?labels[${JSON.stringify(name)}].orValue("")`

const isOwn = (namespace: string, level: Level) =>
  `${label(namespace, learnerLabel)} == "true" && ${label(namespace, enforceLabel)} in ${JSON.stringify(allowed[level])}`

const isNone = (namespace: string, name: string) => `${label(namespace, name)} == ""`
const isKept = (name: string) => `${label('object', name)} == ${label('oldObject', name)}`

export function learnerPolicies(level: Level): KubernetesObject[] {
  return [
    ...validating('fairlead-learner-namespaces', {
      rule: { apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], scope: 'Namespaced' },
      operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'],
      validations: [
        {
          expression: isOwn('namespaceObject', level),
          messageExpression:
            '"namespace " + request.namespace + " belongs to the cluster: you can read it, not change it. Yours are those with the label ' +
            `${learnerLabel}=true; kubectl get namespaces -l ${learnerLabel} lists them"`,
        },
      ],
    }),
    ...validating('fairlead-learner-namespace-labels', {
      rule: { apiGroups: [''], apiVersions: ['*'], resources: ['namespaces', 'namespaces/*'] },
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      validations: [
        {
          expression: `request.operation == "CREATE" || (${isOwn('oldObject', level)})`,
          messageExpression: `"namespace " + request.name + " belongs to the cluster: it cannot be changed or deleted here"`,
        },
        {
          expression: `request.operation != "CREATE" || (${isOwn('object', level)} && ${isNone('object', enforceVersionLabel)})`,
          message: `a namespace of yours needs the labels ${learnerLabel}: "true" and ${enforceLabel}: ${level}, and no ${enforceVersionLabel}`,
        },
        {
          expression: `request.operation != "UPDATE" || (${[learnerLabel, enforceLabel, enforceVersionLabel].map(isKept).join(' && ')})`,
          message: `the labels ${learnerLabel}, ${enforceLabel} and ${enforceVersionLabel} of a namespace stay as they are`,
        },
      ],
    }),
    ...labelling(level),
  ]
}

interface Validating {
  readonly rule: object
  readonly operations: readonly string[]
  readonly validations: readonly object[]
}

function validating(name: string, { rule, operations, validations }: Validating): KubernetesObject[] {
  const reason = 'Forbidden'
  return [
    {
      apiVersion: api,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: [{ ...rule, operations }] },
        matchConditions: [isLearner],
        validations: validations.map((validation) => ({ ...validation, reason })),
      },
    },
    {
      apiVersion: api,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'] },
    },
  ]
}

/** Gives the labels to namespaces that a learner makes. Where the API is too old for it, the policy above says which are missing. */
function labelling(level: Level): KubernetesObject[] {
  const name = 'fairlead-learner-namespaces'
  const absent = (key: string) =>
    `${isNone('object', key)} ? ${JSON.stringify(level)} : ${label('object', key)}`
  const labels = [
    `${JSON.stringify(learnerLabel)}: "true"`,
    ...[enforceLabel, warnLabel].map((key) => `${JSON.stringify(key)}: ${absent(key)}`),
  ]
  const expression = `Object{metadata: Object.metadata{labels: {${labels.join(', ')}}}}`
  return [
    {
      apiVersion: api,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['*'], resources: ['namespaces'], operations: ['CREATE'] },
          ],
        },
        matchConditions: [isLearner],
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
      },
    },
    {
      apiVersion: api,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name },
    },
  ]
}
