// Puts a cluster together: storage, network, machines, kubelets, control loops. The same for a fresh cluster, a restored one and one
// from the template; what they differ in is what they start from.
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import { createObjectStore, type ObjectStore } from '../api/object-store.ts'
import { SimulatedClock } from '../clock.ts'
import type { RunningMachine, SimulatedCluster } from '../cluster.ts'
import { controllers } from '../controllers/index.ts'
import { createPodNetwork } from '../network/cni/pod-network.ts'
import { Network } from '../network/network.ts'
import { NodesNetwork } from '../network/nodes-network.ts'
import { imageCatalogue } from '../node/images/shared-catalogue.ts'
import { type Kubelet, startKubelet } from '../node/kubelet/kubelet.ts'
import { createPodStreams } from '../node/kubelet/pod-streams.ts'
import type { PodStreams } from '../node/process.ts'
import { type Random, seededRandom } from '../random.ts'
import { createAccess } from './access.ts'
import { createApiProxy } from './api-proxy.ts'
import { applyObjects } from './apply-objects.ts'
import { createSystemObjects, createSystemWorkloads, staticPods } from './bootstrap.ts'
import {
  type ClusterPlan,
  clusterDns,
  clusterDomain,
  type NodePlan,
  planCluster,
  type SimulatedSpec,
} from './cluster-plan.ts'
import { type AssembledMachine, assembleMachine, startOutside } from './machines.ts'
import type { ClusterState } from './snapshot.ts'

export interface AssemblyOptions {
  readonly spec: SimulatedSpec
  readonly seed: number
  readonly startsAt: number
  /** What an earlier cluster was; a fresh one where left out. */
  readonly state?: ClusterState | undefined
}

export interface Assembly extends SimulatedCluster {
  readonly store: ObjectStore
  readonly spec: SimulatedSpec
  state(): ClusterState
}

const hosts = ['terminal', 'outside'] as const
type HostName = (typeof hosts)[number]

export function assemble(options: AssemblyOptions): Assembly {
  const { spec, state } = options
  const plan = planCluster(spec)
  const clock = new SimulatedClock(options.startsAt)
  const random = seededRandom(options.seed)
  const store = createObjectStore({ clock, random, snapshot: state?.objects })
  const network = new Network({ clock, random })
  const nodesNetwork = new NodesNetwork(network)
  const kubelets = new Map<string, Kubelet>()
  const streams = createPodStreams({ objects: store, clock, kubelet: (name) => kubelets.get(name) })
  const controlPlane = () => must(nodes.get(plan.nodes[0]?.name ?? '')).machine.machine.network.sockets
  const proxy = createApiProxy({ objects: store, clock, random, sockets: controlPlane })
  const access = createAccess({ store, streams, proxy })
  const dirty = new Dirty()
  const shared = { clock, random, plan }

  const machineOf = (kind: 'node' | 'outside', hostname: string, address: string) => {
    const namespace = nodesNetwork.machine(hostname, address, { forwards: kind === 'node' })
    const isTerminal = hostname === 'terminal'
    const assembled = assembleMachine({
      ...shared,
      kind,
      hostname,
      network: namespace,
      ...(kind === 'node' || isTerminal ? { kubernetes: access.asAdministrator, streams } : {}),
    })
    assembled.disk.restore(state?.disks[hostname] ?? [])
    assembled.disk.onChange(() => dirty.tell())
    return assembled
  }
  const nodes = new Map(
    plan.nodes.map((node) => [node.name, machineOf('node', node.name, node.address)] as const),
  )
  const others = new Map(hosts.map((name) => [name, machineOf('outside', name, plan[name])] as const))
  const outside = others.get('outside')
  if (outside) startOutside(outside)

  if (!state) createSystemObjects(store, plan)
  const launch = { store, clock, random, streams, access, dirty, state }
  for (const node of plan.nodes) {
    const assembled = nodes.get(node.name)
    if (!assembled) continue
    kubelets.set(node.name, launchKubelet({ ...launch, node, assembled, isAlone: plan.nodes.length === 1 }))
  }
  if (!state) createSystemWorkloads(store, spec)
  const stops = controllers.map((controller) => controller.start({ objects: store, clock, random }))
  // Heartbeats are no reason to keep a cluster anew.
  store.onChange((storage) => {
    if (storage !== 'coordination.k8s.io/leases') dirty.tell()
  })

  return {
    clock,
    objects: store,
    store,
    spec,
    streams,
    nodes: plan.nodes.map(({ name }) => name),
    handle: access.asAdministrator,
    host: (name: HostName) => must(others.get(name)).machine,
    node: (name) => nodes.get(name)?.machine,
    container: ({ namespace, name, container }) => containerOf(kubelets, { namespace, name, container }),
    apply: (objects: readonly KubernetesObject[], fieldManager) => applyObjects(store, objects, fieldManager),
    state: () => ({
      takenAt: clock.now(),
      random: random.state(),
      objects: store.snapshot(),
      kubelets: Object.fromEntries([...kubelets].map(([name, kubelet]) => [name, kubelet.snapshot()])),
      disks: Object.fromEntries([...nodes, ...others].map(([name, { disk }]) => [name, disk.changes()])),
    }),
    snapshot() {
      return { version: 1, ...this.state() }
    },
    onDirty: (listener) => dirty.listen(listener),
    dispose() {
      dirty.close()
      for (const stop of stops) stop()
      for (const kubelet of kubelets.values()) kubelet.dispose()
      network.dispose()
      clock.dispose()
    },
  }
}

interface KubeletLaunch {
  readonly node: NodePlan
  /** Whether it is the cluster's only node. */
  readonly isAlone: boolean
  readonly assembled: AssembledMachine
  readonly store: ObjectStore
  readonly clock: SimulatedClock
  readonly random: Random
  readonly streams: PodStreams
  readonly access: ReturnType<typeof createAccess>
  readonly dirty: Dirty
  readonly state: ClusterState | undefined
}

function launchKubelet(launch: KubeletLaunch): Kubelet {
  const { node, isAlone, assembled, store, clock, random, streams, access, dirty, state } = launch
  return startKubelet({
    nodeName: node.name,
    nodeAddress: node.address,
    node: assembled.machine,
    nodeFiles: assembled.files,
    objects: store,
    clock,
    random,
    images: imageCatalogue(),
    podNetwork: createPodNetwork({
      name: node.name,
      network: assembled.machine.machine.network,
      files: assembled.files,
    }),
    clusterDns,
    clusterDomain,
    credentials: access.asServiceAccount,
    streams,
    snapshot: state?.kubelets[node.name],
    changed: () => dirty.tell(),
    ...(node.isControlPlane && { staticPods, ...controlPlaneMarks(isAlone) }),
  })
}

/**
 * What kubeadm marks a control plane with, so that pods and load balancers leave it alone. kind takes both away where there
 * is no other node (pkg/cluster/internal/create/actions/kubeadminit/init.go).
 */
function controlPlaneMarks(isAlone: boolean) {
  const role = 'node-role.kubernetes.io/control-plane'
  if (isAlone) return { nodeLabels: { [role]: '' } }
  return {
    nodeLabels: { [role]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' },
    nodeTaints: [{ key: role, effect: 'NoSchedule' }],
  }
}

function containerOf(
  kubelets: ReadonlyMap<string, Kubelet>,
  { namespace, name, container }: { namespace: string; name: string; container?: string | undefined },
): RunningMachine | undefined {
  for (const kubelet of kubelets.values()) {
    const found = kubelet.runningContainer(namespace, name, container)
    if (found) return found.instance?.machine
  }
  return undefined
}

/** Tells listeners of changes until it is closed. */
class Dirty {
  readonly #listeners = new Set<() => void>()

  tell(): void {
    for (const listener of this.#listeners) listener()
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#listeners.clear()
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the cluster was assembled without this machine')
  return value
}

export type { ClusterPlan }
