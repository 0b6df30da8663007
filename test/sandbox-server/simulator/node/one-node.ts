// One node with a kubelet on a real object store and a real network, without controllers: pods are bound by hand.
import type { Pod } from '../../../../sandbox-server/contract/kubernetes.ts'
import {
  createObjectStore,
  type ObjectStoreSnapshot,
} from '../../../../sandbox-server/simulator/api/object-store.ts'
import {
  configMaps,
  events,
  namespaces,
  pods,
  serviceAccounts,
} from '../../../../sandbox-server/simulator/api/resources.ts'
import { SimulatedClock } from '../../../../sandbox-server/simulator/clock.ts'
import { planCluster } from '../../../../sandbox-server/simulator/cluster-assembly/cluster-plan.ts'
import { assembleMachine } from '../../../../sandbox-server/simulator/cluster-assembly/machines.ts'
import { createPodNetwork } from '../../../../sandbox-server/simulator/network/cni/pod-network.ts'
import { Network } from '../../../../sandbox-server/simulator/network/network.ts'
import { NodesNetwork } from '../../../../sandbox-server/simulator/network/nodes-network.ts'
import type { Image } from '../../../../sandbox-server/simulator/node/image.ts'
import { createCatalogue } from '../../../../sandbox-server/simulator/node/images/catalogue.ts'
import { images } from '../../../../sandbox-server/simulator/node/images/index.ts'
import { type Kubelet, startKubelet } from '../../../../sandbox-server/simulator/node/kubelet/kubelet.ts'
import type { KubeletSnapshot } from '../../../../sandbox-server/simulator/node/kubelet/kubelet-parts.ts'
import { createPodStreams } from '../../../../sandbox-server/simulator/node/kubelet/pod-streams.ts'
import type { Program } from '../../../../sandbox-server/simulator/node/process.ts'
import { collector } from '../../../../sandbox-server/simulator/node/streams.ts'
import type { VolumeChange } from '../../../../sandbox-server/simulator/node/volume.ts'
import { seededRandom } from '../../../../sandbox-server/simulator/random.ts'
import { programsOf } from '../../../../sandbox-server/simulator/shell/commands/index.ts'
import { loadParser } from '../../../../sandbox-server/simulator/shell/interpreter/parse.ts'

export const agnhostImage = 'registry.k8s.io/e2e-test-images/agnhost:2.66.1'

const cniConfiguration = `{"cniVersion":"0.3.1","name":"kindnet","plugins":[{"type":"ptp","ipam":{"type":"host-local",
  "routes":[{"dst":"0.0.0.0/0"}],"ranges":[[{"subnet":"10.244.1.0/24"}]]},"mtu":1500}]}`

export interface OneNodeOptions {
  readonly cni?: boolean
  readonly programs?: Readonly<Record<string, Program>>
  readonly images?: readonly Image[]
  readonly snapshot?: {
    readonly objects: ObjectStoreSnapshot
    readonly kubelet: KubeletSnapshot
    readonly files: readonly VolumeChange[]
    readonly at: number
  }
}

export async function startOneNode(options: OneNodeOptions = {}) {
  // Loading takes real time, in which a simulated clock would run away.
  await loadParser()
  const clock = new SimulatedClock(options.snapshot?.at ?? Date.parse('2026-11-24T12:00:00Z'))
  const random = seededRandom(7)
  const stored = options.snapshot ? { snapshot: options.snapshot.objects } : {}
  const objects = createObjectStore({ clock, random, ...stored })
  if (!options.snapshot) {
    for (const name of ['demo', 'kube-node-lease', 'kube-system']) {
      if (!objects.get(namespaces, { name })) objects.create(namespaces, { metadata: { name } })
      objects.create(serviceAccounts, { metadata: { name: 'default', namespace: name } })
      const data = { 'ca.crt': 'a certificate' }
      objects.create(configMaps, { metadata: { name: 'kube-root-ca.crt', namespace: name }, data })
    }
  }
  const network = new Network({ clock, random })
  const switched = new NodesNetwork(network)
  const namespace = switched.machine('worker', '172.18.0.3', { forwards: true })
  const programs = { ...programsOf('container'), ...options.programs }
  const { machine: runtime, files } = assembleMachine({
    kind: 'node',
    hostname: 'worker',
    network: namespace,
    clock,
    random,
    plan: planCluster({ nodes: 1, cni: 'kindnet' }),
  })
  if (options.cni !== false && !options.snapshot)
    files.write('/etc/cni/net.d/10-kindnet.conflist', cniConfiguration)
  if (options.snapshot) files.root.restore(options.snapshot.files)
  const kubelet: Kubelet = startKubelet({
    nodeName: 'worker',
    nodeAddress: '172.18.0.3',
    node: runtime,
    nodeFiles: files,
    objects,
    clock,
    random,
    images: createCatalogue({ images: [...images, ...(options.images ?? [])], basePrograms: programs }),
    podNetwork: createPodNetwork({ name: 'worker', network: namespace, files }),
    clusterDns: '10.96.0.10',
    clusterDomain: 'cluster.local',
    credentials: () => ({ objects }),
    snapshot: options.snapshot?.kubelet,
  })
  const streams = createPodStreams({ objects, clock, kubelet: () => kubelet })
  const pod = (name: string) => objects.get(pods, { namespace: 'demo', name })
  return {
    clock,
    objects,
    network,
    node: { runtime, files, namespace },
    kubelet,
    streams,
    pod,
    /** Creates a pod that is bound to the node already. */
    run(name: string, spec: Pod['spec'] & object, metadata: Pod['metadata'] = {}) {
      return objects.create(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name, namespace: 'demo' },
        spec: { nodeName: 'worker', ...spec },
      })
    },
    condition: (name: string, type: string) =>
      pod(name)?.status?.conditions?.find((condition) => condition.type === type)?.status,
    /** Runs time until it holds; fails the test where it does not within the seconds. */
    async until(done: () => boolean, seconds = 30) {
      if (!(await clock.runUntil(done, seconds * 1000))) throw new Error('did not happen in time')
    },
    events: (name: string) =>
      objects
        .list(events, { namespace: 'demo' })
        .filter((event) => event.involvedObject.name === name)
        .map((event) => `${event.type} ${event.reason} ${event.count}: ${event.message}`),
    async logs(name: string, more: Record<string, unknown> = {}) {
      let text = ''
      const options = { namespace: 'demo', pod: name, signal: new AbortController().signal, ...more }
      for await (const data of streams.logs(options)) text += new TextDecoder().decode(data)
      return text
    },
    async exec(name: string, ...command: string[]) {
      const stdout = collector()
      const stderr = collector()
      const { signal } = new AbortController()
      const [container = ''] = pod(name)?.spec?.containers.map((one) => one.name) ?? []
      const done = streams.exec({ namespace: 'demo', pod: name, container, command, stdout, stderr, signal })
      let code: number | undefined
      done.then(
        (value) => {
          code = value
        },
        () => {
          code = -1
        },
      )
      await clock.runUntil(() => code !== undefined, 60_000)
      return { code: await done, stdout: stdout.text(), stderr: stderr.text() }
    },
  }
}
