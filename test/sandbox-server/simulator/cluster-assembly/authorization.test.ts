// Who may do what: the words and verdicts of transcript 11-inside of a real 1.37.2.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SimulatedCluster } from '../../../../sandbox-server/simulator/cluster.ts'
import { createCluster } from '../../../../sandbox-server/simulator/cluster-assembly/create-cluster.ts'

let cluster: SimulatedCluster
beforeAll(async () => {
  const startsAt = Date.parse('2026-11-24T12:00:00Z')
  cluster = await createCluster({ spec: { nodes: 1, cni: 'none' }, seed: 1, startsAt })
})
afterAll(() => cluster.dispose())

const account = 'system:serviceaccount:default:default'

async function ask(method: string, path: string, options: { as?: string; body?: object } = {}) {
  const headers = new Headers({ 'content-type': 'application/json' })
  if (options.as) headers.set('impersonate-user', options.as)
  const body = options.body && JSON.stringify(options.body)
  const response = await cluster.handle(
    new Request(`http://api${path}`, { method, headers, ...(body && { body }) }),
  )
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function canI(verb: string, resource: string, as?: string) {
  const answer = await ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    ...(as && { as }),
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace: 'default', verb, resource } },
    },
  })
  return answer.body.status
}

it('refuses an account what no role grants it, in the words of a real API server', async () => {
  const refused = await ask('GET', '/api/v1/namespaces/default/pods', { as: account })
  expect([refused.status, refused.body.message]).toEqual([
    403,
    `pods is forbidden: User "${account}" cannot list resource "pods" in API group "" in the namespace "default"`,
  ])
  const named = await ask('GET', '/apis/apps/v1/namespaces/default/deployments/web', { as: account })
  expect(named.body.message).toBe(
    `deployments.apps "web" is forbidden: User "${account}" cannot get resource "deployments" in API group "apps" in the namespace "default"`,
  )
})

it('grants it what a role and its binding say, and no more', async () => {
  expect(await canI('list', 'pods', account)).toEqual({ allowed: false })
  const metadata = { name: 'reader', namespace: 'default' }
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
  }
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
  }
  cluster.apply([role, binding], 'test')
  expect(await canI('list', 'pods', account)).toEqual({
    allowed: true,
    reason:
      'RBAC: allowed by RoleBinding "reader/default" of Role "reader" to ServiceAccount "default/default"',
  })
  expect(await canI('delete', 'pods', account)).toEqual({ allowed: false })
  expect((await ask('GET', '/api/v1/namespaces/default/pods', { as: account })).status).toBe(200)
})

it('lets the administrator do everything, and say who that is', async () => {
  expect(await canI('delete', 'nodes')).toMatchObject({ allowed: true })
  const who = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  })
  expect(who.body.status).toEqual({
    userInfo: { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] },
  })
})
