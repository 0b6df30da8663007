// A reset against an API server of two resources: what is removed, put back and left alone, and when it waits.
import { describe, expect, it } from 'vitest'
import { takeBaseline } from '../../../../../sandbox-server/providers/kind/reset/baseline.ts'
import { clearCluster } from '../../../../../sandbox-server/providers/kind/reset/clear-cluster.ts'

interface Stored {
  metadata: { name: string; namespace?: string; uid: string; deletionTimestamp?: string }
  data?: Record<string, string>
}

const resource = (name: string, kind: string, scope: string) => ({
  resource: name,
  responseKind: { kind },
  scope,
  verbs: ['list', 'delete'],
})
const discovery = {
  items: [
    {
      versions: [
        {
          version: 'v1',
          resources: [
            resource('namespaces', 'Namespace', 'Cluster'),
            resource('configmaps', 'ConfigMap', 'Namespaced'),
          ],
        },
      ],
    },
  ],
}

/** `sticky` objects outlive that many deletions. */
function fakeApi(sticky: Record<string, number> = {}) {
  const objects = new Map<string, Stored>()
  const calls: string[] = []
  const put = (namespace: string, name: string, data: Record<string, string> = {}) =>
    objects.set(`/api/v1/namespaces/${namespace}/configmaps/${name}`, {
      metadata: { name, namespace, uid: `${namespace}/${name}` },
      data,
    })
  for (const name of ['kube-system', 'demo'])
    objects.set(`/api/v1/namespaces/${name}`, { metadata: { name, uid: name } })
  const listed = (plural: string) => ({
    items: [...objects].flatMap(([path, object]) =>
      path.includes('/configmaps/') === (plural === 'configmaps') ? [object] : [],
    ),
  })
  async function kubernetes(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (request.method === 'GET') {
      if (pathname === '/api') return Response.json(discovery)
      if (pathname === '/apis') return Response.json({ items: [] })
      return Response.json(listed(pathname.split('/').at(-1) ?? ''))
    }
    calls.push(`${request.method} ${pathname}`)
    if (request.method === 'DELETE') {
      const left = sticky[pathname] ?? 0
      if (left > 0) sticky[pathname] = left - 1
      else objects.delete(pathname)
      return Response.json({})
    }
    const object = (await request.json()) as Stored
    const path = request.method === 'POST' ? `${pathname}/${object.metadata.name}` : pathname
    objects.set(path, { ...object, metadata: { ...object.metadata, uid: 'new' } })
    return Response.json(object)
  }
  return { kubernetes, calls, put }
}

function fakeTimers() {
  const waits: number[] = []
  let now = 0
  return {
    waits,
    now: () => now,
    setTimeout(act: () => void, ms: number) {
      waits.push(ms)
      now += ms
      queueMicrotask(act)
      return undefined
    },
    clearTimeout() {},
  }
}

async function cleared(api: ReturnType<typeof fakeApi>, change: () => void) {
  api.put('kube-system', 'coredns', { Corefile: 'as it was' })
  const baseline = await takeBaseline(api.kubernetes)
  change()
  const timers = fakeTimers()
  const keptNamespaces = new Set(['demo'])
  const { signal } = new AbortController()
  await clearCluster({ kubernetes: api.kubernetes, baseline, keptNamespaces, timers, signal })
  return timers.waits
}

describe('clearCluster', () => {
  it('removes what was added and puts back what was changed, and looks again without waiting', async () => {
    const api = fakeApi()
    const waits = await cleared(api, () => {
      api.put('demo', 'added')
      api.put('kube-system', 'coredns', { Corefile: 'broken' })
    })
    expect(api.calls).toEqual([
      'DELETE /api/v1/namespaces/demo/configmaps/added',
      'PUT /api/v1/namespaces/kube-system/configmaps/coredns',
    ])
    expect(waits).toEqual([])
  })

  it('waits between looks for what does not go at once', async () => {
    const api = fakeApi({ '/api/v1/namespaces/demo/configmaps/slow': 2 })
    expect(await cleared(api, () => api.put('demo', 'slow'))).toEqual([150, 150])
  })

  it('gives up naming what is in the way', async () => {
    const api = fakeApi({ '/api/v1/namespaces/demo/configmaps/stuck': Number.POSITIVE_INFINITY })
    await expect(cleared(api, () => api.put('demo', 'stuck'))).rejects.toThrow(
      'not as it was after 20 s: /api/v1/namespaces/demo/configmaps/stuck',
    )
  })
})
