// What a kubelet tells of its node: registration, conditions, addresses, images, the heartbeat and its Lease (pkg/kubelet/nodestatus).
import type { Node } from '../../../contract/kubernetes.ts'
import { leases, nodes } from '../../api/resources.ts'
import { timestamp } from '../../controllers/runtime/conditions.ts'
import type { KubeletContext } from './kubelet-parts.ts'

export const kubernetesVersion = 'v1.37.2'
const heartbeatMs = 10_000
/** nodeStatusReportFrequency: an unchanged status is written so often. */
const reportMs = 300_000

type Condition = NonNullable<NonNullable<Node['status']>['conditions']>[number]

export const nodeCapacity: Readonly<Record<string, string>> = {
  cpu: '8',
  'ephemeral-storage': '103072784Ki',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '16389836Ki',
  pods: '110',
}

const healthy = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const

/** Reports until `signal` aborts. */
export function reportNode(parts: KubeletContext, signal: AbortSignal): void {
  register(parts)
  let writtenAt = parts.clock.now()
  writeStatus(parts)
  writeLease(parts)
  const beat = () => {
    if (signal.aborted) return
    writeLease(parts)
    if (parts.clock.now() - writtenAt >= reportMs) {
      writtenAt = parts.clock.now()
      writeStatus(parts)
    }
    parts.clock.after(heartbeatMs, beat)
  }
  parts.clock.after(heartbeatMs, beat)
  // The runtime notices a CNI configuration that appears or goes (go-cni's fsnotify watch).
  let looking = false
  const stop = parts.nodeFiles.onChange((path) => {
    if (looking || !(path === '/' || path.startsWith('/etc/cni/') || path.startsWith('/opt/cni/'))) return
    looking = true
    parts.clock.after(200, () => {
      looking = false
      if (!signal.aborted) writeStatus(parts)
    })
  })
  signal.addEventListener('abort', stop, { once: true })
}

function register(parts: KubeletContext): void {
  const { nodeName: name, objects, events } = parts
  const existing = objects.get(nodes, { name })
  if (!existing) {
    objects.create(nodes, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          ...parts.nodeLabels,
        },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: {
        providerID: `kind://docker/fairlead/${name}`,
        ...(parts.nodeTaints?.length ? { taints: parts.nodeTaints.map((taint) => ({ ...taint })) } : {}),
      },
    })
  }
  if (!parts.snapshot) events.record(aboutNode(parts), 'Normal', 'Starting', 'Starting kubelet.')
}

function aboutNode({ nodeName: name }: KubeletContext) {
  // kubelets name themselves as the uid until they know it (nodeRefWithUID).
  return { apiVersion: 'v1', kind: 'Node', name, uid: name }
}

function writeStatus(parts: KubeletContext): void {
  const { nodeName: name, objects, clock, events } = parts
  const notReady = parts.podNetwork.notReady()
  let turned: 'NodeReady' | 'NodeNotReady' | undefined
  objects.mutate(
    nodes,
    { name },
    (draft) => {
      const before = draft.status?.conditions ?? []
      const now = timestamp(clock.now())
      const wanted: Omit<Condition, 'lastHeartbeatTime' | 'lastTransitionTime'>[] = [
        ...healthy.map(([type, reason, message]) => ({ type, status: 'False', reason, message })),
        notReady === undefined
          ? {
              type: 'Ready',
              status: 'True',
              reason: 'KubeletReady',
              message: 'kubelet is posting ready status',
            }
          : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReady },
      ]
      const own = new Set(wanted.map((condition) => condition.type))
      const conditions = wanted.map((condition) => {
        const old = before.find((one) => one.type === condition.type)
        const isSame = old?.status === condition.status
        if (condition.type === 'Ready' && old && !isSame) {
          turned = condition.status === 'True' ? 'NodeReady' : 'NodeNotReady'
        }
        return {
          ...condition,
          lastHeartbeatTime: now,
          lastTransitionTime: (isSame ? old.lastTransitionTime : undefined) ?? now,
        }
      })
      Object.assign(draft, {
        status: {
          ...draft.status,
          conditions: [...before.filter((one) => !own.has(one.type)), ...conditions],
          addresses: [
            { type: 'InternalIP', address: parts.nodeAddress },
            { type: 'Hostname', address: name },
          ],
          capacity: { ...nodeCapacity },
          allocatable: { ...nodeCapacity },
          daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
          nodeInfo: nodeInfo(parts),
          images: parts.images.present(),
        },
      })
    },
    { subresource: 'status', fieldManager: 'kubelet' },
  )
  if (turned) events.record(aboutNode(parts), 'Normal', turned, `Node ${name} status is now: ${turned}`)
  parts.changed?.()
}

function nodeInfo({ nodeName }: KubeletContext) {
  // Ids that repeat with the name: nothing reads them, and they must not change with a restart.
  const id = [...nodeName].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0, 7)
  const digits = id.toString(16).padStart(8, '0')
  return {
    architecture: 'amd64',
    bootID: `${digits}-0000-4000-8000-${digits}0000`,
    containerRuntimeVersion: 'containerd://2.1.9',
    kernelVersion: '6.12.0-simulated',
    kubeProxyVersion: '',
    kubeletVersion: kubernetesVersion,
    machineID: digits.repeat(4),
    operatingSystem: 'linux',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    systemUUID: `${digits}-0000-4000-8000-${digits}0001`,
  }
}

function writeLease({ nodeName: name, objects, clock }: KubeletContext): void {
  const renewTime = `${new Date(clock.now()).toISOString().slice(0, -1)}000Z`
  const key = { namespace: 'kube-node-lease', name }
  const renewed = objects.mutate(leases, key, (draft) => {
    Object.assign(draft, { spec: { ...draft.spec, renewTime } })
  })
  if (renewed) return
  const uid = objects.get(nodes, { name })?.metadata.uid
  try {
    objects.create(leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        ...key,
        ...(uid ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] } : {}),
      },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime },
    })
  } catch {
    // The namespace kube-node-lease is not there yet; the next heartbeat tries again, as the kubelet does.
  }
}
