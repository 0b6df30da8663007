// Containers within a description. Source: kubectl/pkg/describe/describe.go (describeContainers and below).
import type { Container, ContainerStatus, Pod, Probe } from '../../../contract/kubernetes.ts'
import { rfc1123 } from '../output/go-text.ts'
import { type DescribeWriter, orNone, sortedNames, yesNo } from './describe-writer.ts'

type State = NonNullable<ContainerStatus['state']>

export function describeContainers(
  writer: DescribeWriter,
  label: string,
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
  options: { readonly pod?: Pod; readonly indent?: string } = {},
): void {
  const indent = options.indent ?? ''
  writer.raw(`${indent}${label}:${containers.length === 0 ? ' <none>' : ''}\n`)
  for (const container of containers) {
    const status = statuses.find((candidate) => candidate.name === container.name)
    writer.line(1, `${indent ? ' ' : ''}${container.name}:`)
    basics(writer, container, status)
    words(writer, 'Command', container.command)
    words(writer, 'Args', container.args)
    if (status) {
      state(writer, 'State', status.state)
      if (status.lastState?.terminated) state(writer, 'Last State', status.lastState)
      writer.line(2, `Ready:\t${yesNo(status.ready)}`)
      writer.line(2, `Restart Count:\t${status.restartCount}`)
    }
    resources(writer, 'Limits', container.resources?.limits)
    resources(writer, 'Requests', container.resources?.requests)
    if (container.livenessProbe) writer.line(2, `Liveness:\t${probeText(container.livenessProbe)}`)
    if (container.readinessProbe) writer.line(2, `Readiness:\t${probeText(container.readinessProbe)}`)
    if (container.startupProbe) writer.line(2, `Startup:\t${probeText(container.startupProbe)}`)
    environmentFrom(writer, container)
    environment(writer, container, options.pod)
    mounts(writer, container)
  }
}

function basics(writer: DescribeWriter, container: Container, status: ContainerStatus | undefined): void {
  if (status) writer.line(2, `Container ID:\t${status.containerID ?? ''}`)
  writer.line(2, `Image:\t${container.image ?? ''}`)
  if (status) writer.line(2, `Image ID:\t${status.imageID}`)
  const ports = (container.ports ?? []).map(
    (port) => `${port.containerPort}/${port.protocol ?? 'TCP'}${port.name ? ` (${port.name})` : ''}`,
  )
  writer.line(2, ports.length > 1 ? `Ports:\t${ports.join(', ')}` : `Port:\t${orNone(ports[0])}`)
  const hostPorts = (container.ports ?? []).map(
    (port) => `${port.hostPort ?? 0}/${port.protocol ?? 'TCP'}${port.name ? ` (${port.name})` : ''}`,
  )
  writer.line(
    2,
    hostPorts.length > 1 ? `Host Ports:\t${hostPorts.join(', ')}` : `Host Port:\t${orNone(hostPorts[0])}`,
  )
  const profile = container.securityContext?.seccompProfile?.type
  if (profile) writer.line(2, `SeccompProfile:\t${profile}`)
}

function words(writer: DescribeWriter, title: string, list: readonly string[] | undefined): void {
  if (!list || list.length === 0) return
  writer.line(2, `${title}:`)
  for (const word of list) for (const line of word.split('\n')) writer.line(3, line)
}

function state(writer: DescribeWriter, title: string, value: State | undefined): void {
  if (value?.running) {
    writer.line(2, `${title}:\tRunning`)
    writer.line(3, `Started:\t${timeText(value.running.startedAt)}`)
  } else if (value?.terminated) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = value.terminated
    writer.line(2, `${title}:\tTerminated`)
    if (reason) writer.line(3, `Reason:\t${reason}`)
    if (message) writer.line(3, `Message:\t${message}`)
    writer.line(3, `Exit Code:\t${exitCode}`)
    if (signal) writer.line(3, `Signal:\t${signal}`)
    writer.line(3, `Started:\t${timeText(startedAt)}`)
    writer.line(3, `Finished:\t${timeText(finishedAt)}`)
  } else {
    writer.line(2, `${title}:\tWaiting`)
    if (value?.waiting?.reason) writer.line(3, `Reason:\t${value.waiting.reason}`)
  }
}

export function timeText(time: string | undefined): string {
  return time ? rfc1123(time) : 'Mon, 01 Jan 0001 00:00:00 +0000'
}

export function resources(
  writer: DescribeWriter,
  title: string,
  list: Readonly<Record<string, string>> | undefined,
  level = 2,
): void {
  if (!list || Object.keys(list).length === 0) return
  writer.line(level, `${title}:`)
  for (const name of sortedNames(list)) writer.line(level + 1, `${name}:\t${list[name]}`)
}

export function probeText(probe: Probe): string {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s successThreshold=${probe.successThreshold ?? 0} failureThreshold=${probe.failureThreshold ?? 0}`
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${attributes}`
  if (probe.httpGet) {
    const { scheme = 'HTTP', host = '', port, path = '' } = probe.httpGet
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path} ${attributes}`
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attributes}`
  const grpc = (probe as { grpc?: { port: number; service?: string } }).grpc
  return grpc ? `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${attributes}` : `unknown ${attributes}`
}

function environmentFrom(writer: DescribeWriter, container: Container): void {
  if (!container.envFrom || container.envFrom.length === 0) return
  writer.line(2, 'Environment Variables from:')
  for (const from of container.envFrom) {
    const reference = from.configMapRef ?? from.secretRef
    const kind = from.configMapRef ? 'ConfigMap' : 'Secret'
    const prefix = from.prefix ? ` with prefix '${from.prefix}'` : ''
    writer.line(3, `${reference?.name ?? ''}\t${kind}${prefix}\tOptional: ${reference?.optional === true}`)
  }
}

function environment(writer: DescribeWriter, container: Container, pod: Pod | undefined): void {
  const list = container.env ?? []
  writer.line(2, `Environment:${list.length === 0 ? '\t<none>' : ''}`)
  for (const { name, value, valueFrom } of list) {
    if (!valueFrom) {
      const [first = '', ...more] = (value ?? '').split('\n')
      writer.line(3, `${name}:\t${first}`)
      for (const line of more) writer.line(3, `\t${line}`)
    } else if (valueFrom.fieldRef) {
      const { apiVersion, fieldPath } = valueFrom.fieldRef
      writer.line(
        3,
        `${name}:\t${pod ? fieldValue(pod, fieldPath) : ''} (${apiVersion ?? 'v1'}:${fieldPath})`,
      )
    } else if (valueFrom.resourceFieldRef) {
      const { resource } = valueFrom.resourceFieldRef
      const [kind, what = ''] = resource.split('.')
      const set = kind === 'limits' ? container.resources?.limits : container.resources?.requests
      const fallback = resource === 'limits.cpu' || resource === 'limits.memory' ? 'node allocatable' : '0'
      writer.line(3, `${name}:\t${set?.[what] ?? fallback} (${resource})`)
    } else if (valueFrom.secretKeyRef) {
      const { key, name: secret, optional } = valueFrom.secretKeyRef
      writer.line(
        3,
        `${name}:\t<set to the key '${key}' in secret '${secret}'>\tOptional: ${optional === true}`,
      )
    } else if (valueFrom.configMapKeyRef) {
      const { key, name: map, optional } = valueFrom.configMapKeyRef
      writer.line(
        3,
        `${name}:\t<set to the key '${key}' of config map '${map}'>\tOptional: ${optional === true}`,
      )
    }
  }
}

/** fieldpath.ExtractFieldPathAsString, with the status fields that describe resolves. */
function fieldValue(pod: Pod, path: string): string {
  const metadata = pod.metadata ?? {}
  const bracket = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (bracket) return metadata[bracket[1] as 'labels' | 'annotations']?.[bracket[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    default:
      return ''
  }
}

function mounts(writer: DescribeWriter, container: Container): void {
  const list = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1))
  writer.line(2, `Mounts:${list.length === 0 ? '\t<none>' : ''}`)
  for (const mount of list) {
    const flags = [
      mount.readOnly ? 'ro' : 'rw',
      ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : []),
    ]
    writer.line(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`)
  }
}
