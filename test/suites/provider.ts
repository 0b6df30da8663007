// What every cluster provider does. Run it on one with `providerSuite(name, open)`.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Target } from '../../sandbox-server/contract/cluster.ts'
import { accessSchema, clusterSpecSchema } from '../../sandbox-server/contract/lesson.ts'
import type { Step } from '../../sandbox-server/contract/sandbox.ts'
import type { WorkspaceChange } from '../../sandbox-server/contract/workspace.ts'
import type { Cluster, ClusterProvider, ClusterSetup } from '../../sandbox-server/providers/provider.ts'

const agnhost = 'registry.k8s.io/e2e-test-images/agnhost:2.66.1'

const app = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: ${agnhost}
          args: [netexec, --http-port=8080]
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata:
  name: nobody
spec:
  selector: { app: nobody }
  ports: [{ port: 80 }]
---
apiVersion: v1
kind: Pod
metadata:
  name: client
spec:
  containers:
    - name: client
      image: ${agnhost}
      args: [pause]
`

const setup = (id: string, more: Partial<ClusterSetup> = {}): ClusterSetup => ({
  id,
  exercise: {
    cluster: clusterSpecSchema.parse({}),
    access: accessSchema.parse({}),
    namespace: 'demo',
    waitFor: ['deployment/web', 'pod/client'],
  },
  applied: [{ path: 'app.yaml', content: app }],
  files: [{ path: 'web.yaml', content: 'kind: Service\n' }],
  ...more,
})

const target = (host: string, more: Partial<Target> = {}): Target => ({
  protocol: 'http',
  host,
  port: 80,
  path: '/hostname',
  headers: {},
  timeoutMs: 1000,
  ...more,
})

const client = { pod: 'client', namespace: 'demo' }
const never = () => new AbortController().signal

/** A terminal whose output somebody reads, as a page does. */
async function openTerminal(cluster: Cluster) {
  const terminal = await cluster.openTerminal({ columns: 80, rows: 24 })
  terminal.onOutput(() => {})
  return terminal
}

export function providerSuite(name: string, open: () => Promise<ClusterProvider>): void {
  describe(`provider ${name}`, () => {
    let provider: ClusterProvider
    let cluster: Cluster
    const steps: (readonly Step[])[] = []

    beforeAll(async () => {
      provider = await open()
      cluster = await provider.create(setup('suite'), (reported) => steps.push(reported), never())
    }, 300_000)
    afterAll(() => provider.dispose(), 60_000)

    const get = async (path: string) => {
      const response = await cluster.kubernetes(new Request(`http://cluster${path}`))
      return { status: response.status, body: await response.json() }
    }

    it('is available here, and tells its steps until all are done', async () => {
      expect(await provider.availability()).toMatchObject({ available: true, missing: [] })
      expect(steps.at(-1)?.map((step) => step.state)).toEqual(steps.at(-1)?.map(() => 'done'))
    })

    it('gives the cluster once everything that is waited for is ready', async () => {
      expect(cluster.nodes).toEqual(['fairlead-control-plane', 'fairlead-worker', 'fairlead-worker2'])
      const { body } = await get('/apis/apps/v1/namespaces/demo/deployments/web')
      expect(body.status.availableReplicas).toBe(2)
    })

    it('refuses what it does not know with a Status', async () => {
      expect(await get('/api/v1/namespaces/demo/pods/nobody')).toMatchObject({
        status: 404,
        body: { kind: 'Status', reason: 'NotFound', message: 'pods "nobody" not found' },
      })
    })

    it('streams a watch', async () => {
      const abort = new AbortController()
      const watch = await cluster.kubernetes(
        new Request('http://cluster/api/v1/namespaces/demo/configmaps?watch=1', { signal: abort.signal }),
      )
      const reader = watch.body?.getReader()
      await cluster.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: watched, namespace: demo}}')
      let text = ''
      while (!text.includes('"watched"')) text += new TextDecoder().decode((await reader?.read())?.value)
      abort.abort()
      expect(text).toContain('"type":"ADDED"')
    })

    describe('apply', () => {
      const service = (port: number, more = '') =>
        `apiVersion: v1\nkind: Service\nmetadata:\n  name: applied\nspec:\n  ports:\n    - port: ${port}\n${more}`

      it('creates, leaves alone, configures', async () => {
        const outcomes = []
        for (const manifest of [service(80), service(80), service(81)]) {
          outcomes.push(await cluster.apply(manifest))
        }
        expect(outcomes.flat().map(({ outcome, object }) => `${object} ${outcome}`)).toEqual([
          'service/applied created',
          'service/applied unchanged',
          'service/applied configured',
        ])
      })

      it('removes what was left out of the manifest', async () => {
        await cluster.apply(service(81, '  selector:\n    app: a\n    tier: b\n'))
        await cluster.apply(service(81, '  selector:\n    app: a\n'))
        const { body } = await get('/api/v1/namespaces/demo/services/applied')
        expect(body.spec.selector).toEqual({ app: 'a' })
      })

      it.each([
        ['an invalid port', service(99_999), 'spec.ports[0].port', 7],
        ['an unknown field', service(80, '  selektor: {}\n'), 'selektor', 8],
        ['a value of the wrong type', service(80).replace('port: 80', 'port: eighty'), 'port', 7],
      ])('marks %s on its line', async (_, manifest, word, line) => {
        const [document] = await cluster.apply(manifest)
        expect(document).toMatchObject({ outcome: 'failed', object: 'service/applied' })
        expect(document?.marks.map((mark) => mark.line)).toContain(line)
        expect(document?.message).toContain(word)
      })
    })

    describe('probe', () => {
      it.each([
        ['a pod', client],
        ['a node', { node: 'fairlead-worker' }],
      ])('from %s reaches every pod of a Service', async (_, from) => {
        const service = (await get('/api/v1/namespaces/demo/services/web')).body.spec.clusterIP
        const bodies = new Set<string | undefined>()
        for (let connection = 0; connection < 30; connection++) {
          const result = await cluster.probe(from, target(service), never())
          expect(result).toMatchObject({ outcome: 'answered', status: 200, address: service })
          bodies.add(result.body)
        }
        expect(bodies.size).toBe(2)
      })

      it('resolves a name as the vantage point does', async () => {
        const service = (await get('/api/v1/namespaces/demo/services/web')).body.spec.clusterIP
        const result = await cluster.probe(client, target('web'), never())
        expect(result).toMatchObject({ outcome: 'answered', status: 200, address: service })
        expect(result.body).toMatch(/^web-/)
      })

      it('tells no such name, refused and timeout apart', async () => {
        const pod = (await get('/api/v1/namespaces/demo/pods/client')).body.status.podIP
        const outcomes = [
          await cluster.probe(client, target('no-such-service'), never()),
          await cluster.probe(client, target('nobody'), never()),
          await cluster.probe(client, target(pod, { port: 81, protocol: 'tcp' }), never()),
          await cluster.probe(client, target('172.18.77.77', { timeoutMs: 300 }), never()),
        ]
        expect(outcomes.map(({ outcome }) => outcome).slice(0, 3)).toEqual(['no-name', 'refused', 'refused'])
        expect(['timeout', 'unreachable']).toContain(outcomes[3]?.outcome)
      })

      it('rejects where there is nobody to ask from, and at an abort', async () => {
        await expect(
          cluster.probe({ pod: 'gone', namespace: 'demo' }, target('web'), never()),
        ).rejects.toMatchObject({ code: 'NOT_FOUND' })
        const probe = cluster.probe(client, target('172.18.77.77'), AbortSignal.timeout(50))
        await expect(probe).rejects.toMatchObject({ name: 'TimeoutError' })
      })

      it('resolve gives answers, the code and what was asked', async () => {
        const service = (await get('/api/v1/namespaces/demo/services/web')).body.spec.clusterIP
        const found = await cluster.resolve(client, { name: 'web', type: 'A', search: true }, never())
        expect(found).toMatchObject({
          code: 'NOERROR',
          answers: [service],
          queries: ['web.demo.svc.cluster.local A'],
        })
        const missing = await cluster.resolve(
          client,
          { name: 'gone.demo.svc.cluster.local', type: 'A', search: false },
          never(),
        )
        expect(missing).toMatchObject({ code: 'NXDOMAIN', answers: [] })
      })
    })

    describe('terminal and workspace', () => {
      it('are one truth: what is saved is a file, what the shell writes is told', async () => {
        const terminal = await openTerminal(cluster)
        const changes: WorkspaceChange[] = []
        const off = cluster.workspace.onChange((change) => changes.push(change))
        const { revision } = cluster.workspace.write('notes/a.txt', 'one\n', 'tab-1')
        expect(await terminal.run('grep -q one notes/a.txt')).toBe(0)
        expect(await terminal.run('sed -i s/one/two/ notes/a.txt')).toBe(0)
        expect(await terminal.run('rm notes/a.txt')).toBe(0)
        off()
        terminal.dispose()
        expect(
          changes.map((change) => [change.type, change.origin]).filter(([, origin]) => origin !== ''),
        ).toEqual([
          ['written', 'tab-1'],
          ['written', 'terminal'],
          ['deleted', 'terminal'],
        ])
        const second = changes[1]
        expect(second?.type === 'written' && second.file).toMatchObject({
          path: 'notes/a.txt',
          content: 'two\n',
        })
        expect(second?.type === 'written' && second.file.revision).toBeGreaterThan(revision)
      })

      it('refuses paths outside and files over the limits', () => {
        const { workspace } = cluster
        expect(() => workspace.write('../x', '', 'tab')).toThrow(
          expect.objectContaining({ code: 'BAD_REQUEST' }),
        )
        expect(() => workspace.write('x', 'x'.repeat(1024 * 1024 + 1), 'tab')).toThrow(
          expect.objectContaining({ code: 'TOO_LARGE' }),
        )
      })

      it('kubectl in the terminal uses the exercise’s namespace', async () => {
        const terminal = await openTerminal(cluster)
        expect(await terminal.run('kubectl get service web')).toBe(0)
        expect(await terminal.run('kubectl get service gone')).toBe(1)
        terminal.dispose()
      })
    })

    it('gives a kubeconfig with a server and a credential', async () => {
      const kubeconfig = await cluster.kubeconfig()
      expect(kubeconfig).toMatch(/server"?: "?https:\/\//)
      expect(kubeconfig).toMatch(/token"?:|client-key-data"?:/)
    })

    it('goes back to the start state where it says that it did', { timeout: 120_000 }, async () => {
      const used = await provider.create(setup('used'), () => {}, never())
      await used.apply(
        '{apiVersion: v1, kind: ConfigMap, metadata: {name: extra}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: more}}',
      )
      const gone = '/api/v1/namespaces/demo/services/nobody'
      await used.kubernetes(new Request(`http://cluster${gone}`, { method: 'DELETE' }))
      used.workspace.write('web.yaml', 'changed\n', 'tab-1')
      if (await used.reset(setup('used'), never())) {
        const status = async (path: string) =>
          (await used.kubernetes(new Request(`http://cluster${path}`))).status
        expect(await status('/api/v1/namespaces/demo/configmaps/extra')).toBe(404)
        expect(await status(gone)).toBe(200)
        expect(used.workspace.list().map(({ path, content }) => [path, content])).toEqual([
          ['web.yaml', 'kind: Service\n'],
        ])
        expect(await used.probe(client, target('web'), never())).toMatchObject({ outcome: 'answered' })
      }
      await used.dispose()
    })

    it('comes back after it was suspended with objects, files, history and traffic', {
      timeout: 300_000,
    }, async () => {
      let dirty = 0
      const first = await provider.create(setup('kept'), () => {}, never())
      const off = first.onDirty(() => dirty++)
      const terminal = await openTerminal(first)
      await terminal.run('export COLOUR=blue; mkdir -p sub; cd sub; echo kept > file.txt')
      await first.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: kept}, data: {a: b}}')
      first.workspace.write('web.yaml', 'changed\n', 'tab-1')
      const snapshot = await first.checkpoint()
      off()
      terminal.dispose()
      await first.suspend()

      const again = setup('kept', snapshot && { snapshot })
      const second = await provider.create(again, () => {}, never())
      expect(second.workspace.list().map(({ path, content }) => [path, content])).toEqual([
        ['sub/file.txt', 'kept\n'],
        ['web.yaml', 'changed\n'],
      ])
      const kept = await second.kubernetes(
        new Request('http://cluster/api/v1/namespaces/demo/configmaps/kept'),
      )
      expect((await kept.json()).data).toEqual({ a: 'b' })
      expect(await second.probe(client, target('web'), never())).toMatchObject({ outcome: 'answered' })
      const shell = await openTerminal(second)
      expect(await shell.run('history | grep -q mkdir')).toBe(0)
      if (snapshot !== undefined) {
        // The shell itself is in the snapshot; a real one ends with its container.
        expect(dirty).toBeGreaterThan(0)
        expect(await shell.run('[ "$COLOUR $PWD" = "blue /root/sub" ]')).toBe(0)
        const nonsense = setup('nonsense', { snapshot: new Uint8Array([1, 2, 3]) })
        await expect(provider.create(nonsense, () => {}, never())).rejects.toThrow()
      }
      shell.dispose()
      await second.dispose()
    })

    it('knows nobody’s cluster after all were given back', async () => {
      await provider.discard('nobody')
      expect((await provider.adopt()).map(({ id }) => id)).not.toContain('kept')
    })

    it('rejects what cannot be made, naming what is wrong', { timeout: 120_000 }, async () => {
      const broken = setup('broken', {
        applied: [{ path: 'a.yaml', content: 'kind: Servise\napiVersion: v1\nmetadata: {name: a}\n' }],
      })
      await expect(provider.create(broken, () => {}, never())).rejects.toThrow(
        /a\.yaml:1: servise\/a: No matches for kind/,
      )
    })
  })
}
