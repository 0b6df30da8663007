// Cluster configurations on real clusters: network plugin, load balancer, Ingress controller, kube-proxy's mode, ports, feature gates.
// A configuration whose images are not on this machine is skipped.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { type Target, targetSchema, type Vantage } from '../../sandbox-server/contract/cluster.ts'
import { accessSchema, clusterSpecSchema } from '../../sandbox-server/contract/lesson.ts'
import { openClusterRecords } from '../../sandbox-server/providers/kind/cluster-records.ts'
import { readLessonImages } from '../../sandbox-server/providers/kind/images/lesson-images.ts'
import { waitUntilReady } from '../../sandbox-server/providers/kind/wait-for.ts'
import type { Cluster, ClusterProvider } from '../../sandbox-server/providers/provider.ts'
import { root } from '../architecture/source-files.ts'
import { openKind } from './support/open-kind.ts'

const agnhost = 'registry.k8s.io/e2e-test-images/agnhost:2.66.1'

/** A pod on every node, a Service of the given type, an Ingress. */
const app = (type: string) => ({
  waitFor: ['daemonset/web'],
  applied: `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      tolerations: [{ operator: Exists }]
      containers:
        - { name: web, image: "${agnhost}", args: [netexec, --http-port=8080] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: ${type}, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - host: web.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`,
})

const target = (host: string, more: Partial<Target> = {}): Target =>
  targetSchema.parse({ host, port: 80, path: '/hostname', ...more })
const throughIngress = { headers: { Host: 'web.example.com' } }
const never = new AbortController().signal

describe('cluster configurations of kind', () => {
  const data = mkdtempSync(join(tmpdir(), 'fairlead-test-'))
  let provider: ClusterProvider
  let cluster: Cluster | undefined
  beforeAll(async () => {
    const images = readLessonImages(join(root, 'lessons')).map(({ name }) => name)
    provider = await openKind({ data, images })
  })
  afterAll(async () => {
    await cluster?.dispose()
    await provider?.dispose()
    rmSync(data, { recursive: true, force: true })
  })

  /** The one cluster of the test; the one before it is removed. */
  async function create(
    id: string,
    spec: unknown,
    { applied, waitFor }: { readonly applied: string; readonly waitFor: readonly string[] },
    { skip }: TestContext,
  ): Promise<Cluster> {
    await cluster?.dispose()
    cluster = undefined
    const wanted = clusterSpecSchema.parse(spec)
    // Whoever installs a plugin makes namespaces, as the lesson about one says itself.
    const access = accessSchema.parse({ clusterAdmin: wanted.cni === 'none' })
    const exercise = { cluster: wanted, access, namespace: 'demo', waitFor: [...waitFor] }
    const setup = {
      id,
      exercise,
      applied: applied === '' ? [] : [{ path: 'app.yaml', content: applied }],
      files: [],
    }
    try {
      cluster = await provider.create(setup, () => {}, never)
      return cluster
    } catch (error) {
      const reason = provider.unsupported(wanted)
      if (reason === undefined) throw error
      return skip(reason)
    }
  }

  const get = async (path: string) =>
    await (await (cluster as Cluster).kubernetes(new Request(`http://cluster${path}`))).json()

  /** kube-proxy and an Ingress controller take a moment to see a new Service. */
  async function answered(
    from: Vantage,
    host: string,
    more: Partial<Target> = {},
  ): Promise<string | undefined> {
    for (let attempt = 0; ; attempt++) {
      const result = await (cluster as Cluster).probe(from, target(host, more), never)
      if (result.status === 200 || attempt === 50) return result.body
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  const record = () => {
    const [one] = openClusterRecords(join(data, 'kind')).list()
    if (!one) throw new Error('the cluster has no record')
    return one
  }

  it('flannel carries traffic between nodes, metallb gives a Service an address that answers, traefik serves behind one', async (context) => {
    const spec = { nodes: 2, cni: 'flannel', loadBalancer: 'metallb', ingress: 'traefik' }
    const made = await create('flannel', spec, app('LoadBalancer'), context)
    const { items: pods } = await get('/api/v1/namespaces/demo/pods?labelSelector=app%3Dweb')
    expect(pods).toHaveLength(2)
    for (const { metadata } of pods) {
      for (const { status } of pods) {
        const from = { pod: metadata.name, namespace: 'demo' }
        const result = await made.probe(from, target(status.podIP, { port: 8080 }), never)
        expect(result).toMatchObject({ outcome: 'answered', status: 200 })
      }
    }
    const { subnet } = record().network
    const pool = new RegExp(`^${subnet.replace(/\.\d+\/24$/, '').replaceAll('.', '\\.')}\\.2\\d\\d$`)
    const services = await Promise.all(
      ['demo/services/web', 'traefik/services/traefik'].map((path) => get(`/api/v1/namespaces/${path}`)),
    )
    const [web = '', traefik = ''] = services.map(({ status }) => status.loadBalancer.ingress?.[0]?.ip)
    expect([web, traefik]).toEqual([expect.stringMatching(pool), expect.stringMatching(pool)])
    expect(await answered('outside', web)).toMatch(/^web-/)
    expect(await answered('outside', traefik, throughIngress)).toMatch(/^web-/)
  })

  it('kube-proxy in nftables mode, a feature gate, and a port of the control plane that this machine answers on', async (context) => {
    const made = await create(
      'ports',
      {
        nodes: 1,
        kubeProxy: 'nftables',
        ingress: 'traefik',
        portMappings: [{ containerPort: 80 }],
        featureGates: { PodDeletionCost: false },
      },
      app('ClusterIP'),
      context,
    )
    const { data: config } = await get('/api/v1/namespaces/kube-system/configmaps/kube-proxy')
    expect(config['config.conf']).toContain('mode: nftables')
    const metrics = await (await made.kubernetes(new Request('http://cluster/metrics'))).text()
    expect(metrics).toContain('kubernetes_feature_enabled{name="PodDeletionCost",stage="BETA"} 0')
    const service = (await get('/api/v1/namespaces/demo/services/web')).spec.clusterIP
    expect(await answered({ node: 'fairlead-control-plane' }, service)).toMatch(/^web-/)
    expect(await answered('outside', 'fairlead-control-plane', throughIngress)).toMatch(/^web-/)
    const port = record().ports['80/TCP']
    // fetch does not send a Host header of one's own.
    const answer = await fetch(`http://127.0.0.1:${port}/hostname`)
    expect([answer.status, await answer.text()]).toEqual([404, '404 page not found\n'])
  })

  it('without a plugin nodes wait for one, and are ready once the learner has installed it', async (context) => {
    const made = await create('none', { nodes: 1, cni: 'none' }, { applied: '', waitFor: [] }, context)
    const ready = async () => {
      const { status } = await get('/api/v1/nodes/fairlead-control-plane')
      return status.conditions.find(({ type }: { type: string }) => type === 'Ready')
    }
    expect(await ready()).toMatchObject({ status: 'False', message: expect.stringContaining('cni plugin') })
    const lesson = join(root, 'lessons/05-inside-a-node/17-cni-plugin/solution/kube-flannel.yml')
    const applied = await made.apply(readFileSync(lesson, 'utf8'))
    expect(applied.filter(({ outcome }) => outcome !== 'created')).toEqual([])
    const kubernetes = (request: Request) => made.kubernetes(request)
    await waitUntilReady(kubernetes, ['node/fairlead-control-plane'], 'demo', never)
    await waitUntilReady(kubernetes, ['kube-system/deployment/coredns'], 'demo', never)
  })
})
