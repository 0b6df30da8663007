// Cluster configurations on real clusters: network plugin, load balancer, Ingress controller, kube-proxy's mode, ports, feature gates.
// A configuration whose images are not on this machine is skipped.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { type Target, targetSchema } from '../../sandbox-server/contract/cluster.ts'
import { accessSchema, clusterSpecSchema } from '../../sandbox-server/contract/lesson.ts'
import { openClusterRecords } from '../../sandbox-server/providers/kind/cluster-records.ts'
import { readLessonImages } from '../../sandbox-server/providers/kind/images/lesson-images.ts'
import type { Cluster, ClusterProvider } from '../../sandbox-server/providers/provider.ts'
import { root } from '../architecture/source-files.ts'
import { openKind } from './support/open-kind.ts'

const agnhost = 'registry.k8s.io/e2e-test-images/agnhost:2.66.1'

/** A pod on every node, a Service of the given type, an Ingress. */
const app = (type: string) => `apiVersion: apps/v1
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
`

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
  async function create(id: string, spec: unknown, type: string, { skip }: TestContext): Promise<Cluster> {
    await cluster?.dispose()
    cluster = undefined
    const wanted = clusterSpecSchema.parse(spec)
    const exercise = {
      cluster: wanted,
      access: accessSchema.parse({}),
      namespace: 'demo',
      waitFor: ['daemonset/web'],
    }
    const applied = [{ path: 'app.yaml', content: app(type) }]
    try {
      cluster = await provider.create({ id, exercise, applied, files: [] }, () => {}, never)
      return cluster
    } catch (error) {
      const reason = provider.unsupported(wanted)
      if (reason === undefined) throw error
      return skip(reason)
    }
  }

  const get = async (path: string) =>
    await (await (cluster as Cluster).kubernetes(new Request(`http://cluster${path}`))).json()

  /** An Ingress controller takes a moment to see a new Ingress. */
  async function answered(host: string, more: Partial<Target>): Promise<string | undefined> {
    for (let attempt = 0; ; attempt++) {
      const result = await (cluster as Cluster).probe('outside', target(host, more), never)
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
    const made = await create('flannel', spec, 'LoadBalancer', context)
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
    expect(await answered(web, {})).toMatch(/^web-/)
    expect(await answered(traefik, throughIngress)).toMatch(/^web-/)
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
      'ClusterIP',
      context,
    )
    const { data: config } = await get('/api/v1/namespaces/kube-system/configmaps/kube-proxy')
    expect(config['config.conf']).toContain('mode: nftables')
    const metrics = await (await made.kubernetes(new Request('http://cluster/metrics'))).text()
    expect(metrics).toContain('kubernetes_feature_enabled{name="PodDeletionCost",stage="BETA"} 0')
    const service = (await get('/api/v1/namespaces/demo/services/web')).spec.clusterIP
    const fromNode = await made.probe({ node: 'fairlead-control-plane' }, target(service), never)
    expect(fromNode).toMatchObject({ outcome: 'answered', status: 200 })
    expect(await answered('fairlead-control-plane', throughIngress)).toMatch(/^web-/)
    const port = record().ports['80/TCP']
    // fetch does not send a Host header of one's own.
    const answer = await fetch(`http://127.0.0.1:${port}/hostname`)
    expect([answer.status, await answer.text()]).toEqual([404, '404 page not found\n'])
  })
})
