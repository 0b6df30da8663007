import { describe, expect, it } from 'vitest'
import type { Pod } from '../../../../../sandbox-server/contract/kubernetes.ts'
import { createVantageFinder } from '../../../../../sandbox-server/providers/kind/probe/vantage.ts'

const record = {
  nodes: [
    { name: 'fairlead-control-plane', container: 'x-control-plane', address: '10.201.0.2' },
    { name: 'fairlead-worker', container: 'x-worker', address: '10.201.0.3' },
  ],
  toolbox: { container: 'x-toolbox', address: '10.201.0.100' },
}
const running = (name: string, id: string) => ({
  name,
  containerID: `containerd://${id}`,
  state: { running: {} },
  image: '',
  imageID: '',
  ready: true,
  restartCount: 0,
})
const pod = (status: Pod['status'], nodeName = 'fairlead-worker'): Pod => ({
  spec: { nodeName, containers: [{ name: 'main' }, { name: 'side' }] },
  ...(status && { status }),
})
const client = { pod: 'client', namespace: 'demo' }

function finder(pods: Record<string, Pod | number>) {
  const asked: string[] = []
  const find = createVantageFinder(record, async (request) => {
    const { pathname } = new URL(request.url)
    asked.push(pathname)
    const found = pods[pathname.split('/').at(-1) ?? ''] ?? 404
    return typeof found === 'number' ? new Response('trouble', { status: found }) : Response.json(found)
  })
  return { find, asked, pods }
}

describe('where a probe leaves from', () => {
  it('is the toolbox, a node, or a container on its node', async () => {
    const { find, asked } = finder({
      client: pod({ containerStatuses: [running('side', 'bb'), running('main', 'aa')] }),
    })
    expect(await find('outside')).toEqual({ container: 'x-toolbox' })
    expect(await find({ node: 'fairlead-worker' })).toEqual({ container: 'x-worker' })
    expect(asked).toEqual([])
    expect(await find(client)).toEqual({ container: 'x-worker', containerId: 'aa' })
    expect(await find({ ...client, container: 'side' })).toEqual({ container: 'x-worker', containerId: 'bb' })
    expect(asked[0]).toBe('/api/v1/namespaces/demo/pods/client')
  })

  it('is nowhere while the pod does not run', async () => {
    const { find } = finder({
      waiting: pod({ containerStatuses: [{ ...running('main', 'aa'), state: { waiting: {} } }] }),
      pending: pod(undefined),
      ill: 500,
    })
    for (const name of ['waiting', 'pending', 'gone']) {
      await expect(find({ pod: name, namespace: 'demo' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: `Pod ${name} in namespace demo is not running.`,
        hint: `See kubectl describe pod ${name} -n demo.`,
      })
    }
    await expect(find({ node: 'other' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no node other.',
    })
    await expect(find({ pod: 'ill', namespace: 'demo' })).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'The API server answered 500 for pod ill.',
      log: 'trouble',
    })
  })

  it('is asked for once by many at a time, and again by whoever comes later', async () => {
    const { find, asked, pods } = finder({ client: pod({ containerStatuses: [running('main', 'aa')] }) })
    await Promise.all(Array.from({ length: 29 }, () => find(client)))
    expect(asked).toHaveLength(1)
    Object.assign(pods, { client: pod({ containerStatuses: [running('main', 'cc')] }) })
    expect((await find(client)).containerId).toBe('cc')
    Object.assign(pods, { client: 404 })
    await expect(find(client)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
