import { describe, expect, it } from 'vitest'
import { waitUntilReady } from '../../../../sandbox-server/providers/kind/wait-for.ts'

const signal = new AbortController().signal
const options = { deadlineMs: 1_000, intervalMs: 1 }

const resource = (plural: string, kind: string, scope = 'Namespaced') => ({
  resource: plural,
  responseKind: { kind },
  scope,
  verbs: ['list', 'delete'],
})
const discovery: Readonly<Record<string, unknown>> = {
  '/api': {
    items: [
      {
        versions: [
          { version: 'v1', resources: [resource('pods', 'Pod'), resource('nodes', 'Node', 'Cluster')] },
        ],
      },
    ],
  },
  '/apis': {
    items: [
      {
        metadata: { name: 'apps' },
        versions: [{ version: 'v1', resources: [resource('deployments', 'Deployment')] }],
      },
    ],
  },
}
const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } }
const deployment = (available: number) => ({
  metadata: { generation: 1 },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } } },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: available },
})

/** Each path answers its objects in turn, the last one again and again; a path that is not there answers 404. */
function fakeKubernetes(objects: Readonly<Record<string, readonly unknown[]>>) {
  const asked = new Map<string, number>()
  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (discovery[pathname]) return Response.json(discovery[pathname])
    const turn = asked.get(pathname) ?? 0
    asked.set(pathname, turn + 1)
    const body = objects[pathname]?.[Math.min(turn, (objects[pathname]?.length ?? 0) - 1)]
    return body === undefined ? Response.json({ message: 'not found' }, { status: 404 }) : Response.json(body)
  }
}

describe('waiting for objects', () => {
  it('ends once each is ready, in its namespace or cluster-wide', async () => {
    const kubernetes = fakeKubernetes({
      '/api/v1/namespaces/demo/pods/client': [{}, ready],
      '/apis/apps/v1/namespaces/traefik/deployments/traefik': [deployment(1), deployment(2)],
      '/api/v1/nodes/worker': [ready],
    })
    const waitFor = ['pod/client', 'traefik/deployment/traefik', 'node/worker']
    await expect(waitUntilReady(kubernetes, waitFor, 'demo', signal, options)).resolves.toBeUndefined()
  })

  it('says at the deadline what is not ready, and why its containers do not run', async () => {
    const waiting = { reason: 'ErrImagePull', message: 'no such host' }
    const kubernetes = fakeKubernetes({
      '/apis/apps/v1/namespaces/demo/deployments/web': [deployment(0)],
      '/api/v1/namespaces/demo/pods': [
        { items: [{ status: { containerStatuses: [{ name: 'web', state: { waiting } }] } }] },
      ],
    })
    const late = waitUntilReady(kubernetes, ['deployment/web', 'pod/gone'], 'demo', signal, {
      ...options,
      deadlineMs: 5,
    })
    await expect(late).rejects.toThrow(
      'Not ready after 0.005 s: deployment/web: 0 of 2 pods are available (web: ErrImagePull: no such host); pod/gone: does not exist yet.',
    )
  })

  it('rejects a kind that the cluster does not know, and what names none', async () => {
    const kubernetes = fakeKubernetes({})
    await expect(waitUntilReady(kubernetes, ['deploy/web'], 'demo', signal, options)).rejects.toThrow(
      'waitFor: deploy/web: this cluster knows no kind deploy.',
    )
    await expect(waitUntilReady(kubernetes, ['web'], 'demo', signal, options)).rejects.toThrow(
      'waitFor: web is neither kind/name nor namespace/kind/name',
    )
  })

  it('waits through an API server that is not there for a moment, and ends at an abort', async () => {
    const abort = new AbortController()
    let asked = 0
    const kubernetes = async (request: Request) => {
      const known = discovery[new URL(request.url).pathname]
      if (known) return Response.json(known)
      if (++asked === 3) abort.abort(new Error('called off'))
      throw new Error('connection refused')
    }
    await expect(waitUntilReady(kubernetes, ['pod/a'], 'demo', abort.signal, options)).rejects.toThrow(
      'called off',
    )
    expect(asked).toBe(3)
  })
})
