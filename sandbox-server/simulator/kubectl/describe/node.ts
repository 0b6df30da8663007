// kubectl describe node. Source: kubectl/pkg/describe/describe.go (describeNode, describeNodeResource).
import type { Container, Node, Pod } from '../../../contract/kubernetes.ts'
import { textAt } from '../object.ts'
import { timeText } from './containers.ts'
import { DescribeWriter, quantityValue, sortedNames } from './describe-writer.ts'
import type { DescribeContext, Describer } from './describer.ts'

export const describeNode: Describer = async (context, object) => {
  const { metadata = {}, spec = {}, status = {} } = object as Node
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(metadata.labels ?? {})
    .filter((label) => label.startsWith(prefix) && label.length > prefix.length)
    .map((label) => label.slice(prefix.length))
    .sort()
  w.line(0, `Roles:\t${roles.join(',') || '<none>'}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.line(0, `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`)
  const taints = (spec.taints ?? [])
    .map(({ key, value, effect }) => ({
      text: `${key}${value ? `=${value}` : ''}:${effect}`,
      order: `${effect},${key}`,
    }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
  if (taints.length === 0) w.line(0, 'Taints:\t<none>')
  taints.forEach(({ text }, index) => {
    w.line(0, `${index === 0 ? 'Taints:' : ''}\t${text}`)
  })
  w.line(0, `Unschedulable:\t${spec.unschedulable ?? false}`)
  await lease(context, w, metadata.name ?? '')
  if (status.conditions && status.conditions.length > 0) {
    w.raw('Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n')
    w.raw('  ----\t------\t-----------------\t------------------\t------\t-------\n')
    for (const {
      type,
      status: value,
      lastHeartbeatTime,
      lastTransitionTime,
      reason,
      message,
    } of status.conditions)
      w.line(
        1,
        `${type} \t${value} \t${timeText(lastHeartbeatTime)} \t${timeText(lastTransitionTime)} \t${reason ?? ''} \t${message ?? ''}`,
      )
  }
  w.line(0, 'Addresses:')
  for (const { type, address } of status.addresses ?? []) w.line(1, `${type}:\t${address}`)
  for (const [title, list] of [
    ['Capacity', status.capacity],
    ['Allocatable', status.allocatable],
  ] as const) {
    if (!list || Object.keys(list).length === 0) continue
    w.line(0, `${title}:`)
    for (const name of sortedNames(list)) w.line(1, `${name}:\t${list[name]}`)
  }
  w.line(0, 'System Info:')
  const info = status.nodeInfo
  const facts: [string, string | undefined][] = [
    ['Machine ID', info?.machineID],
    ['System UUID', info?.systemUUID],
    ['Boot ID', info?.bootID],
    ['Kernel Version', info?.kernelVersion],
    ['OS Image', info?.osImage],
    ['Operating System', info?.operatingSystem],
    ['Architecture', info?.architecture],
    ['Container Runtime Version', info?.containerRuntimeVersion],
    ['Kubelet Version', info?.kubeletVersion],
  ]
  for (const [title, value] of facts) w.line(1, `${title}:\t${value ?? ''}`)
  if (spec.podCIDR) w.line(0, `PodCIDR:\t${spec.podCIDR}`)
  if (spec.podCIDRs && spec.podCIDRs.length > 0) w.line(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}`)
  if (spec.providerID) w.line(0, `ProviderID:\t${spec.providerID}`)
  await podsOnNode(context, w, object as Node)
  await context.events(object, w)
  return w.text()
}

async function lease(context: DescribeContext, w: DescribeWriter, name: string): Promise<void> {
  const found = await context.get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`)
  if (!found) {
    w.line(0, `Lease:\tFailed to get lease: leases.coordination.k8s.io "${name}" not found`)
    return
  }
  const time = (field: string) => {
    const value = textAt(found, 'spec', field)
    return value ? timeText(value) : '<unset>'
  }
  w.line(0, 'Lease:')
  w.line(1, `HolderIdentity:\t${textAt(found, 'spec', 'holderIdentity') ?? '<unset>'}`)
  w.line(1, `AcquireTime:\t${time('acquireTime')}`)
  w.line(1, `RenewTime:\t${time('renewTime')}`)
}

type Kind = 'requests' | 'limits'

function amountOf(pod: Pod, kind: Kind, resource: string): number {
  const of = (containers: readonly Container[] | undefined) =>
    (containers ?? []).map((container) => quantityValue(container.resources?.[kind]?.[resource]))
  const sum = of(pod.spec?.containers).reduce((total, value) => total + value, 0)
  return Math.max(sum, ...of(pod.spec?.initContainers), 0)
}

/** 0.1 as 100m, 2 as 2. */
const cpuText = (cores: number) => (Number.isInteger(cores) ? String(cores) : `${Math.round(cores * 1000)}m`)

function memoryText(bytes: number): string {
  for (const [unit, size] of [
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const)
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  return String(bytes)
}

async function podsOnNode(context: DescribeContext, w: DescribeWriter, node: Node): Promise<void> {
  const pods = await context.list<Pod>('/api/v1/pods', {
    fieldSelector: `spec.nodeName=${node.metadata?.name},status.phase!=Succeeded,status.phase!=Failed`,
  })
  const allocatable = node.status?.allocatable ?? node.status?.capacity ?? {}
  const percent = (amount: number, resource: string) => {
    const all = quantityValue(allocatable[resource])
    return all === 0 ? 0 : Math.floor((amount / all) * 100 + 1e-9)
  }
  const cell = (amount: number, resource: string) =>
    `${resource === 'cpu' ? cpuText(amount) : memoryText(amount)} (${percent(amount, resource)}%)`
  w.line(0, `Non-terminated Pods:\t(${pods.length} in total)`)
  w.raw('  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n')
  w.raw('  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n')
  for (const pod of pods) {
    const cells = (['cpu', 'memory'] as const).flatMap((resource) =>
      (['requests', 'limits'] as const).map((kind) => cell(amountOf(pod, kind, resource), resource)),
    )
    w.line(
      1,
      `${pod.metadata?.namespace}\t${pod.metadata?.name}\t\t${cells.join('\t')}\t${context.since(pod.metadata?.creationTimestamp)}`,
    )
  }
  w.raw('Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n')
  w.raw('  Resource\tRequests\tLimits\n  --------\t--------\t------\n')
  const total = (kind: Kind, resource: string) =>
    pods.reduce((sum, pod) => sum + amountOf(pod, kind, resource), 0)
  const huge = Object.keys(allocatable)
    .filter((name) => name.startsWith('hugepages-'))
    .sort()
  for (const resource of ['cpu', 'memory', 'ephemeral-storage', ...huge])
    w.line(
      1,
      `${resource}\t${cell(total('requests', resource), resource)}\t${cell(total('limits', resource), resource)}`,
    )
}
