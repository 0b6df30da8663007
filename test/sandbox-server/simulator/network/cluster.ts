// Three nodes with kube-proxy and a CNI plugin over a real object store, without kubelets: pods are made by hand.
import type { EndpointSlice, Pod, Service } from '../../../../sandbox-server/contract/kubernetes.ts'
import { createObjectStore } from '../../../../sandbox-server/simulator/api/object-store.ts'
import type { Objects } from '../../../../sandbox-server/simulator/api/objects.ts'
import {
  endpointSlices,
  namespaces,
  nodes as nodeType,
  pods as podType,
  serviceAccounts,
  services,
} from '../../../../sandbox-server/simulator/api/resources.ts'
import { SimulatedClock } from '../../../../sandbox-server/simulator/clock.ts'
import { flanneld } from '../../../../sandbox-server/simulator/network/cni/flannel/flanneld.ts'
import { kindnetd } from '../../../../sandbox-server/simulator/network/cni/kindnet/kindnetd.ts'
import { createPodNetwork } from '../../../../sandbox-server/simulator/network/cni/pod-network.ts'
import { readText } from '../../../../sandbox-server/simulator/network/http/body.ts'
import { httpGet } from '../../../../sandbox-server/simulator/network/http/get.ts'
import { serveHttp } from '../../../../sandbox-server/simulator/network/http/server.ts'
import { kubeProxy } from '../../../../sandbox-server/simulator/network/kube-proxy/kube-proxy.ts'
import { insideOf, type Namespace } from '../../../../sandbox-server/simulator/network/namespace.ts'
import { Network } from '../../../../sandbox-server/simulator/network/network.ts'
import { NodesNetwork } from '../../../../sandbox-server/simulator/network/nodes-network.ts'
import type { Sockets, TraceSink } from '../../../../sandbox-server/simulator/network/socket.ts'
import { createMachine, type MachineRuntime } from '../../../../sandbox-server/simulator/node/machine.ts'
import { MemoryFileSystem } from '../../../../sandbox-server/simulator/node/memory-file-system.ts'
import type { Program } from '../../../../sandbox-server/simulator/node/process.ts'
import { collector } from '../../../../sandbox-server/simulator/node/streams.ts'
import { Volume } from '../../../../sandbox-server/simulator/node/volume.ts'
import { seededRandom } from '../../../../sandbox-server/simulator/random.ts'

export interface TestNode {
  readonly name: string
  readonly address: string
  readonly network: Namespace
  readonly machine: MachineRuntime
  readonly files: MemoryFileSystem
  /** What the CNI plugin's daemon logged, and its exit code once it ended. */
  readonly daemon: { log: string; exit: number | undefined }
}

export interface TestPod {
  readonly name: string
  readonly address: string
  readonly network: Namespace
}

export interface TestCluster {
  readonly clock: SimulatedClock
  readonly objects: Objects
  readonly network: Network
  readonly nodes: readonly [TestNode, TestNode, TestNode]
  readonly outside: Namespace
  pod(
    node: TestNode,
    name: string,
    options?: { labels?: Record<string, string>; namespace?: string },
  ): TestPod
  service(name: string, options: ServiceOptions): Service
  /** Waits until what kube-proxy and the daemons do has been done. */
  settle(): Promise<void>
  get(from: Sockets, url: string, options?: { trace?: TraceSink; timeoutMs?: number }): Promise<string>
}

interface ServiceOptions {
  readonly clusterIP: string
  readonly pods: readonly TestPod[]
  readonly spec?: Partial<Service['spec']> & { type?: string }
  readonly ports?: NonNullable<Service['spec']>['ports']
  readonly ready?: boolean
}

const names = ['fairlead-control-plane', 'fairlead-worker', 'fairlead-worker2'] as const

export async function testCluster(
  cni: 'kindnet' | 'flannel',
  netConf: object = { Network: '10.244.0.0/16', Backend: { Type: 'vxlan' } },
): Promise<TestCluster> {
  const clock = new SimulatedClock(Date.UTC(2026, 10, 24))
  const random = seededRandom(7)
  const objects = createObjectStore({ clock, random })
  const network = new Network({ clock, random })
  const nodesNetwork = new NodesNetwork(network)
  const outside = nodesNetwork.machine('outside', '172.18.0.9')
  for (const name of ['kube-system', 'demo', 'elsewhere']) {
    objects.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    const account = { name: 'default', namespace: name }
    objects.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account })
  }
  const nodeOf = new Map<string, TestNode>()
  const programs = new Map<string, Program>([
    ['kube-proxy', kubeProxy],
    ['kindnetd', kindnetd],
    ['flanneld', flanneld],
  ])
  const made = names.map((name, index): TestNode => {
    const address = `172.18.0.${index + 2}`
    const namespace = nodesNetwork.machine(name, address, { forwards: true })
    const files = new MemoryFileSystem(new Volume(), () => clock.now())
    files.makeDirectory('/opt/cni/bin', { recursive: true })
    for (const plugin of ['ptp', 'portmap', 'bridge', 'flannel']) files.write(`/opt/cni/bin/${plugin}`, '')
    files.makeDirectory('/etc/kube-flannel', { recursive: true })
    files.write('/etc/kube-flannel/net-conf.json', JSON.stringify(netConf))
    objects.create(nodeType, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec: { podCIDR: `10.244.${index}.0/24`, podCIDRs: [`10.244.${index}.0/24`] },
    })
    objects.mutate(
      nodeType,
      { name },
      (node) => {
        Object.assign(node, { status: { ...node.status, addresses: [{ type: 'InternalIP', address }] } })
      },
      { subresource: 'status' },
    )
    const machine = createMachine({
      machine: { kind: 'node', hostname: name, network: namespace },
      files,
      clock,
      random,
      env: { PATH: '/bin' },
      workingDirectory: '/',
      programs,
      objects,
    })
    const daemon: TestNode['daemon'] = { log: '', exit: undefined }
    const node = { name, address, network: namespace, machine, files, daemon }
    nodeOf.set(name, node)
    return node
  })
  const run = (node: TestNode, program: Program, argv: readonly string[]) => {
    const errors = collector()
    const process = node.machine.process({ stderr: errors })
    const ended = (exit: number | undefined) => {
      if (program !== kubeProxy) Object.assign(node.daemon, { log: errors.text(), exit })
    }
    program({ ...process, argv }).then(ended, () => ended(undefined))
  }
  for (const node of made) {
    run(node, kubeProxy, ['kube-proxy', `--hostname-override=${node.name}`])
    if (cni === 'kindnet') run(node, kindnetd, ['kindnetd'])
    else {
      run(node, flanneld, ['flanneld', '--ip-masq', '--kube-subnet-mgr'])
      node.files.makeDirectory('/etc/cni/net.d', { recursive: true })
      node.files.write(
        '/etc/cni/net.d/10-flannel.conflist',
        JSON.stringify({
          name: 'cbr0',
          cniVersion: '1.0.0',
          plugins: [
            { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
            { type: 'portmap', capabilities: { portMappings: true } },
          ],
        }),
      )
    }
  }
  const settle = () => clock.advance(2500)
  await settle()
  const [controlPlane, worker, worker2] = made
  if (!controlPlane || !worker || !worker2) throw new Error('three nodes were asked for')
  return {
    clock,
    objects,
    network,
    nodes: [controlPlane, worker, worker2],
    outside,
    pod(node, name, options = {}) {
      const namespace = options.namespace ?? 'demo'
      const object: Pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, labels: options.labels ?? { app: name } },
        spec: {
          nodeName: node.name,
          containers: [{ name: 'app', image: 'agnhost', ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      }
      const stored = objects.create(podType, object)
      const podNetwork = createPodNetwork({ name: node.name, network: node.network, files: node.files })
      const { network: own, addresses } = podNetwork.add(
        { namespace, name, uid: stored.metadata.uid },
        undefined,
        [],
      )
      const address = addresses[0] ?? ''
      objects.mutate(
        podType,
        { namespace, name },
        (draft) => {
          Object.assign(draft, { status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] } })
        },
        { subresource: 'status' },
      )
      serveHttp(own.sockets, { port: 8080 }, async (request) => {
        if (request.path === '/clientip') return { status: 200, body: request.remote.address }
        if (request.path === '/echo') return { status: 200, body: await readText(request.body) }
        return { status: 200, body: name }
      })
      return { name, address, network: insideOf(own) }
    },
    service(name, options) {
      const ports = options.ports ?? [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }]
      const service = objects.create(services, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'demo' },
        spec: { clusterIP: options.clusterIP, clusterIPs: [options.clusterIP], ...options.spec, ports },
      } as Service)
      objects.create(endpointSlices, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-abc`, namespace: 'demo', labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        ports: ports.map((port) => ({
          ...(port.name !== undefined && { name: port.name }),
          port: 8080,
          protocol: port.protocol ?? 'TCP',
        })),
        endpoints: options.pods.map((pod) => ({
          addresses: [pod.address],
          conditions: { ready: options.ready ?? true, serving: options.ready ?? true, terminating: false },
          nodeName: nodeNameOf(objects, pod.name),
        })),
      } as EndpointSlice)
      return service
    },
    settle,
    async get(from, url, options = {}) {
      const { hostname, port, pathname } = new URL(url)
      const abort = new AbortController()
      const timer = clock.after(options.timeoutMs ?? 2000, () => abort.abort(new Error('timeout')))
      let result: string | undefined
      httpGet(from, {
        address: hostname,
        port: Number(port || 80),
        path: pathname,
        signal: abort.signal,
        ...(options.trace && { trace: options.trace }),
      }).then(
        (answer) => {
          result = answer.body
        },
        (error: { code?: string; message: string }) => {
          result = error.code ?? error.message
        },
      )
      await clock.runUntil(() => result !== undefined, 10_000)
      timer.cancel()
      return result ?? 'never'
    },
  }
}

function nodeNameOf(objects: Objects, pod: string): string | undefined {
  return objects.get(podType, { namespace: 'demo', name: pod })?.spec?.nodeName
}
