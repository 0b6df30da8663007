import { describe, expect, it } from 'vitest'
import { applyUntilAccepted } from '../../../../../sandbox-server/providers/kind/add-ons/install-add-ons.ts'

const manifest = `# A comment alone.
---
apiVersion: example.io/v1
kind: Pool
metadata: { name: pool, namespace: system }
---
apiVersion: v1
kind: Namespace
metadata: { name: system }
---
`
const signal = new AbortController().signal
const options = { deadlineMs: 1_000, intervalMs: 1 }

/** Serves Namespaces at once, and Pools from the given round of discovery on. */
function fakeKubernetes({ poolsFrom, refuse = '' }: { poolsFrom: number; refuse?: string }) {
  const applied: string[] = []
  let rounds = 0
  const json = (body: unknown, status = 200) => Response.json(body, { status })
  const kubernetes = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (pathname === '/api/v1')
      return json({ resources: [{ name: 'namespaces', kind: 'Namespace', namespaced: false }] })
    if (pathname === '/apis/example.io/v1') {
      rounds++
      const pools = { name: 'pools', kind: 'Pool', namespaced: true }
      return rounds < poolsFrom ? json({ message: 'not found' }, 404) : json({ resources: [pools] })
    }
    if (request.method === 'GET') return json({}, 404)
    if (refuse !== '' && pathname.endsWith('/pool')) return json({ message: refuse }, 500)
    applied.push(pathname)
    return json({ metadata: {} })
  }
  return { kubernetes, applied }
}

describe('applying an add-on', () => {
  it('begins with namespaces and definitions, and tries a kind that is not served yet again', async () => {
    const { kubernetes, applied } = fakeKubernetes({ poolsFrom: 3 })
    await applyUntilAccepted(kubernetes, manifest, 'example', signal, options)
    expect(applied).toEqual(['/api/v1/namespaces/system', '/apis/example.io/v1/namespaces/system/pools/pool'])
  })

  it('says at the deadline what was refused last', async () => {
    const { kubernetes } = fakeKubernetes({ poolsFrom: 1, refuse: 'the webhook does not answer' })
    const applying = applyUntilAccepted(kubernetes, manifest, 'example', signal, {
      ...options,
      deadlineMs: 10,
    })
    await expect(applying).rejects.toThrow(
      'example could not be installed: pool.example.io/pool: the webhook does not answer',
    )
  })

  it('ends at an abort', async () => {
    const { kubernetes } = fakeKubernetes({ poolsFrom: 1, refuse: 'never' })
    const abort = new AbortController()
    const applying = applyUntilAccepted(kubernetes, manifest, 'example', abort.signal, options)
    abort.abort(new Error('called off'))
    await expect(applying).rejects.toThrow('called off')
  })
})
