// kubectl describe pod. Source: kubectl/pkg/describe/describe.go (describePod).
import type { Container, Pod } from '../../../contract/kubernetes.ts'
import type { Unstructured } from '../object.ts'
import { quantity } from '../output/sort.ts'
import { describeContainers, timeText } from './containers.ts'
import { DescribeWriter } from './describe-writer.ts'
import type { Describer } from './describer.ts'
import { describeTolerations, describeVolumes } from './volumes.ts'

export const describePod: Describer = async (context, object) => {
  const pod = object as Pod
  const { metadata = {}, spec, status } = pod
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace}`)
  if (spec?.priority !== undefined) w.line(0, `Priority:\t${spec.priority}`)
  if (spec?.priorityClassName) w.line(0, `Priority Class Name:\t${spec.priorityClassName}`)
  if (spec?.serviceAccountName) w.line(0, `Service Account:\t${spec.serviceAccountName}`)
  w.line(0, `Node:\t${spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}`)
  if (status?.startTime) w.line(0, `Start Time:\t${timeText(status.startTime)}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  const ended = status?.phase === 'Failed' || status?.phase === 'Succeeded'
  if (metadata.deletionTimestamp && !ended) {
    w.line(0, `Status:\tTerminating (lasts ${context.since(metadata.deletionTimestamp)})`)
    w.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else w.line(0, `Status:\t${status?.phase ?? ''}`)
  if (status?.reason) w.line(0, `Reason:\t${status.reason}`)
  if (status?.message) w.line(0, `Message:\t${status.message}`)
  const profile = spec?.securityContext?.seccompProfile?.type
  if (profile) w.line(0, `SeccompProfile:\t${profile}`)
  w.line(0, `IP:\t${status?.podIP ?? ''}`)
  const addresses = status?.podIPs ?? []
  w.line(0, addresses.length === 0 ? 'IPs:\t<none>' : 'IPs:')
  for (const { ip } of addresses) w.line(1, `IP:\t${ip ?? ''}`)
  const owner = controllerOf(object)
  if (owner) w.line(0, `Controlled By:\t${owner}`)
  if (status?.nominatedNodeName) w.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`)
  if (spec?.initContainers && spec.initContainers.length > 0)
    describeContainers(w, 'Init Containers', spec.initContainers, status?.initContainerStatuses ?? [], {
      pod,
    })
  describeContainers(w, 'Containers', spec?.containers ?? [], status?.containerStatuses ?? [], { pod })
  const ephemeral = (spec?.ephemeralContainers ?? []) as Container[]
  if (ephemeral.length > 0)
    describeContainers(w, 'Ephemeral Containers', ephemeral, status?.ephemeralContainerStatuses ?? [], {
      pod,
    })
  if (spec?.readinessGates && spec.readinessGates.length > 0) {
    w.raw('Readiness Gates:\n  Type\tStatus\n')
    for (const gate of spec.readinessGates) {
      const found = status?.conditions?.find((condition) => condition.type === gate.conditionType)
      w.line(1, `${gate.conditionType} \t${found?.status ?? '<none>'} `)
    }
  }
  if (status?.conditions && status.conditions.length > 0) {
    w.raw('Conditions:\n  Type\tStatus\n')
    for (const condition of status.conditions) w.line(1, `${condition.type} \t${condition.status} `)
  }
  describeVolumes(w, spec?.volumes)
  w.line(0, `QoS Class:\t${status?.qosClass ?? qosClass(pod)}`)
  w.labels('Node-Selectors', spec?.nodeSelector)
  describeTolerations(w, 'Tolerations', spec?.tolerations)
  const spread = spec?.topologySpreadConstraints ?? []
  spread.forEach((constraint, index) => {
    const selector = Object.entries(constraint.labelSelector?.matchLabels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(',')
    w.raw(
      `${index === 0 ? 'Topology Spread Constraints:\t' : '\t'}${constraint.topologyKey}:${constraint.whenUnsatisfiable} when max skew ${constraint.maxSkew} is exceeded${selector ? ` for selector ${selector}` : ''}\n`,
    )
  })
  await context.events(object, w)
  return w.text()
}

/** `ReplicaSet/web-6d4b75cb6d` */
export function controllerOf(object: Unstructured): string | undefined {
  const owner = object.metadata?.ownerReferences?.find((reference) => reference.controller === true)
  return owner && `${owner.kind}/${owner.name}`
}

/** qos.GetPodQOS, for pods whose status lacks it. */
function qosClass(pod: Pod): string {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const amounts = containers.flatMap((container) => [
    ...Object.values(container.resources?.requests ?? {}),
    ...Object.values(container.resources?.limits ?? {}),
  ])
  if (!amounts.some((amount) => (quantity(String(amount)) ?? 0) > 0)) return 'BestEffort'
  const guaranteed = containers.every((container) =>
    ['cpu', 'memory'].every((name) => {
      const limit = container.resources?.limits?.[name]
      const request = container.resources?.requests?.[name] ?? limit
      return limit !== undefined && quantity(limit) === quantity(request ?? '')
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
