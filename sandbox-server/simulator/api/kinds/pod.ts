// Pod. Source: pkg/registry/core/pod/strategy.go, pkg/apis/core/v1/helper/qos/qos.go.
import type { Pod } from '../../../contract/kubernetes.ts'
import { admitPriority, admitTolerations } from '../admission/pod-priority.ts'
import { admitServiceAccount } from '../admission/service-account.ts'
import { fillUnset, type Item, itemsAt, objectAt } from '../defaults/fill.ts'
import { defaultPod, defaultPodSpec } from '../defaults/pod-spec.ts'
import { quantityValue } from '../schema/quantity.ts'
import type { Strategy } from '../strategy.ts'
import { validatePod, validatePodUpdate } from '../validation/pod.ts'

export const podStrategy: Strategy<Pod> = {
  generation: true,
  statusKeepsMetadata: true,
  defaultObject(pod) {
    const item = pod as unknown as Item
    fillUnset(item, { spec: {} })
    const spec = objectAt(item, 'spec')
    if (!spec) return
    defaultPodSpec(spec)
    defaultPod(spec)
    const status = objectAt(item, 'status')
    const podIPs = itemsAt(status, 'podIPs')
    if (status?.podIP && podIPs[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }]
    else if (status && !status.podIP && podIPs[0]) status.podIP = podIPs[0].ip
  },
  admit(pod, old, context) {
    if (old) return
    admitServiceAccount(pod, context)
    admitTolerations(pod)
    admitPriority(pod, context)
  },
  prepareForCreate(pod) {
    Object.assign(pod, { status: { phase: 'Pending', qosClass: qosClass(pod) } })
  },
  validateObject: validatePod,
  validateUpdate: validatePodUpdate,
  selectableFields: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
}

export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const spec = pod.spec as unknown as Item | undefined
  const containers = [...itemsAt(spec, 'containers'), ...itemsAt(spec, 'initContainers')]
  const amounts = (container: Item, kind: string): Record<string, number> => {
    const list = objectAt(objectAt(container, 'resources'), kind) ?? {}
    const entries = Object.entries(list).filter(([name]) => name === 'cpu' || name === 'memory')
    return Object.fromEntries(
      entries
        .map(([name, value]) => [name, quantityValue(String(value))])
        .filter(([, value]) => Number(value) > 0),
    )
  }
  const all = containers.map((one) => ({
    requests: amounts(one, 'requests'),
    limits: amounts(one, 'limits'),
  }))
  if (all.every(({ requests, limits }) => Object.keys(requests).length + Object.keys(limits).length === 0)) {
    return 'BestEffort'
  }
  const guaranteed = all.every(
    ({ requests, limits }) =>
      limits.cpu !== undefined &&
      limits.memory !== undefined &&
      (requests.cpu ?? limits.cpu) === limits.cpu &&
      (requests.memory ?? limits.memory) === limits.memory,
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
