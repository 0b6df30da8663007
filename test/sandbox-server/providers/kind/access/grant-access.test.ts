import { describe, expect, it } from 'vitest'
import type { Access } from '../../../../../sandbox-server/contract/lesson.ts'
import { grantAccess } from '../../../../../sandbox-server/providers/kind/access/grant-access.ts'

interface Call {
  readonly call: string
  readonly object: { metadata: { labels?: Record<string, string> }; spec?: unknown; subjects?: unknown }
}

async function grant(access: Partial<Access>, answer = () => new Response('{}')) {
  const calls: Call[] = []
  await grantAccess(
    async (request) => {
      const { pathname, search } = new URL(request.url)
      expect(search).toBe('?fieldManager=fairlead&force=true')
      const object = JSON.parse(await request.text())
      calls.push({ call: `${request.method} ${pathname}`, object })
      return answer()
    },
    { access: { clusterAdmin: false, podSecurity: 'baseline', ...access }, namespace: 'demo' },
  )
  return calls
}

const namesOf = (calls: Call[]) => calls.map(({ call }) => call.replace(/^PATCH \/apis?\//, '')).toSorted()
const policies = 'admissionregistration.k8s.io/v1'
const rbac = 'rbac.authorization.k8s.io/v1'

describe('a learner’s rights', () => {
  it('are roles, policies, and the labels of their namespaces', async () => {
    const calls = await grant({})
    expect(namesOf(calls)).toEqual([
      `${policies}/mutatingadmissionpolicies/fairlead-learner-namespaces`,
      `${policies}/mutatingadmissionpolicybindings/fairlead-learner-namespaces`,
      `${policies}/validatingadmissionpolicies/fairlead-learner-namespace-labels`,
      `${policies}/validatingadmissionpolicies/fairlead-learner-namespaces`,
      `${policies}/validatingadmissionpolicybindings/fairlead-learner-namespace-labels`,
      `${policies}/validatingadmissionpolicybindings/fairlead-learner-namespaces`,
      `${rbac}/clusterrolebindings/fairlead-learner`,
      `${rbac}/clusterroles/fairlead-learner`,
      `${rbac}/clusterroles/fairlead-learner-secrets`,
      `${rbac}/namespaces/default/rolebindings/fairlead-learner-secrets`,
      `${rbac}/namespaces/demo/rolebindings/fairlead-learner-secrets`,
      'v1/namespaces/default',
      'v1/namespaces/demo',
    ])
    const demo = calls.find(({ call }) => call.endsWith('v1/namespaces/demo'))
    expect(demo?.object.metadata.labels).toEqual({
      'fairlead.dev/learner': 'true',
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/warn': 'baseline',
    })
  })

  it.each([
    ['privileged', '["privileged","baseline","restricted"]'],
    ['baseline', '["baseline","restricted"]'],
    ['restricted', '["restricted"]'],
  ] as const)(
    'at level %s let them change what is in namespaces of these levels: %s',
    async (podSecurity, levels) => {
      const calls = await grant({ podSecurity })
      const policy = calls.find(({ call }) =>
        call.endsWith('/validatingadmissionpolicies/fairlead-learner-namespaces'),
      )
      expect(policy?.object.spec).toMatchObject({
        failurePolicy: 'Fail',
        validations: [
          {
            expression: `namespaceObject.metadata.?labels["fairlead.dev/learner"].orValue("") == "true" && namespaceObject.metadata.?labels["pod-security.kubernetes.io/enforce"].orValue("") in ${levels}`,
          },
        ],
      })
    },
  )

  it('of an administrator are one binding, and leave namespaces as they are', async () => {
    const calls = await grant({ clusterAdmin: true, podSecurity: 'privileged' })
    expect(calls.flatMap(({ object }) => Object.keys(object.metadata.labels ?? {}))).toEqual([])
    expect(namesOf(calls)).toEqual([
      `${rbac}/clusterrolebindings/fairlead-learner-administrator`,
      'v1/namespaces/default',
      'v1/namespaces/demo',
    ])
  })

  it('of an administrator do not lift the Pod Security level that an exercise asks for', async () => {
    const calls = await grant({ clusterAdmin: true, podSecurity: 'restricted' })
    const demo = calls.find(({ call }) => call.endsWith('v1/namespaces/demo'))
    expect(demo?.object.metadata.labels).toEqual({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    })
  })

  it('say what the API refused', async () => {
    const refused = grant({}, () => new Response('no room', { status: 507 }))
    await expect(refused).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringMatching(/^The learner's rights were not set: apply \w+ \S+: HTTP 507: no room$/),
    })
  })
})
