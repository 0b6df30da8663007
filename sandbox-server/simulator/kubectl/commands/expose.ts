// kubectl expose. Source: kubectl/pkg/cmd/expose/expose.go.

import { podSpecOf } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import { fileFlags } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { at, listAt, numberAt, textAt, textsAt, type Unstructured } from '../object.ts'
import { fetchObjects, missingResources, resolveTargets } from '../targets.ts'
import { createFlags, createObject, kinds, parsePairs } from './create/objects.ts'

export const exposeCommand: KubectlCommand = {
  name: 'expose',
  summary:
    'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  group: 'Basic Commands (Beginner)',
  usage:
    '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  examples: [
    ['A Service for a Deployment', 'kubectl expose deployment web --port=80 --target-port=8080'],
    ['On a port of every node', 'kubectl expose deployment web --type=NodePort --port=80'],
  ],
  flags: {
    ...fileFlags,
    ...createFlags,
    'cluster-ip': { type: 'string', default: '', summary: 'Address, or None for a headless service' },
    'external-ip': { type: 'string', default: '', summary: 'Another address to take traffic from' },
    labels: { type: 'string', short: 'l', default: '', summary: 'Labels of the service' },
    'load-balancer-ip': { type: 'string', default: '', summary: 'Address to ask the load balancer for' },
    name: { type: 'string', default: '', summary: "Name of the service; the object's own if left out" },
    port: { type: 'string', default: '', summary: 'Port of the service' },
    protocol: { type: 'string', default: '', summary: 'TCP, UDP or SCTP', values: ['TCP', 'UDP', 'SCTP'] },
    selector: { type: 'string', default: '', summary: 'Labels of the pods, equality only' },
    'session-affinity': {
      type: 'string',
      default: '',
      summary: 'None or ClientIP',
      values: ['None', 'ClientIP'],
    },
    'target-port': { type: 'string', default: '', summary: 'Port of the pods, by number or name' },
    type: {
      type: 'string',
      default: '',
      summary: 'ClusterIP, NodePort, LoadBalancer or ExternalName',
      values: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
    },
  },
  arguments: 'types-and-names',
  resourceTypes: ['deployments', 'pods', 'replicasets', 'replicationcontrollers', 'services'],
  run: expose,
}

async function expose(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const targets = await resolveTargets(invocation, args, { missing: missingResources })
  for (const { object, mapping, name } of await fetchObjects(invocation, targets)) {
    if (!['Deployment', 'Pod', 'ReplicaSet', 'ReplicationController', 'Service'].includes(mapping.kind))
      throw new CliError(`cannot expose a ${mapping.kind}`)
    const selector = flags.string('selector') ? parsePairs(flags.string('selector')) : selectorOf(object)
    const ports = portsOf(object)
    const portText = flags.string('port')
    if (portText === '' && ports.length === 0)
      throw new CliError("couldn't find port via --port flag or introspection")
    const numbers = portText ? portText.split(',').map(Number) : ports.map(({ port }) => port)
    const target = flags.string('target-port')
    const servicePorts = numbers.map((port, index) => ({
      ...(numbers.length > 1 ? { name: `port-${index + 1}` } : {}),
      port,
      protocol: flags.string('protocol') || ports.find((known) => known.port === port)?.protocol || 'TCP',
      targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target,
    }))
    const labels = flags.string('labels')
      ? parsePairs(flags.string('labels'))
      : (object.metadata?.labels ?? {})
    const optional = (field: string, flag: string) =>
      flags.string(flag) ? { [field]: flags.string(flag) } : {}
    await createObject(invocation, {
      kind: kinds.service,
      operation: 'exposed',
      fieldManager: 'kubectl-expose',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: flags.string('name') || name,
          ...(Object.keys(labels).length > 0 ? { labels } : {}),
        },
        spec: {
          ports: servicePorts,
          selector,
          ...optional('type', 'type'),
          ...optional('clusterIP', 'cluster-ip'),
          ...optional('loadBalancerIP', 'load-balancer-ip'),
          ...optional('sessionAffinity', 'session-affinity'),
          ...(flags.string('external-ip') ? { externalIPs: [flags.string('external-ip')] } : {}),
        },
        status: { loadBalancer: {} },
      },
    })
  }
}

function selectorOf(object: Unstructured): Record<string, string> {
  if (object.kind === 'Pod') {
    const labels = object.metadata?.labels ?? {}
    if (Object.keys(labels).length === 0)
      throw new CliError(
        `couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed`,
      )
    return labels
  }
  if (object.kind === 'Service' || object.kind === 'ReplicationController') {
    const selector = textsAt(object, 'spec', 'selector')
    if (Object.keys(selector).length === 0)
      throw new CliError(
        `couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set`,
      )
    return selector
  }
  if (listAt(object, 'spec', 'selector', 'matchExpressions').length > 0)
    throw new CliError(
      `couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "${JSON.stringify(at(object, 'spec', 'selector', 'matchExpressions'))}" to map-based selector format`,
    )
  return textsAt(object, 'spec', 'selector', 'matchLabels')
}

function portsOf(object: Unstructured): { port: number; protocol: string }[] {
  if (object.kind === 'Service')
    return listAt(object, 'spec', 'ports').map((port) => ({
      port: numberAt(port, 'port') ?? 0,
      protocol: textAt(port, 'protocol') ?? 'TCP',
    }))
  return listAt(podSpecOf(object), 'containers').flatMap((container) =>
    listAt(container, 'ports').map((port) => ({
      port: numberAt(port, 'containerPort') ?? 0,
      protocol: textAt(port, 'protocol') ?? 'TCP',
    })),
  )
}
