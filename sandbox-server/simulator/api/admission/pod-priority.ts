// A pod's priority from its class, and the tolerations that every pod has.
// Source: plugin/pkg/admission/priority/admission.go, plugin/pkg/admission/defaulttolerationseconds/admission.go.
import type { Pod } from '../../../contract/kubernetes.ts'
import { forbidden } from '../api-error.ts'
import { fillUnset, type Item, itemsAt } from '../defaults/fill.ts'
import { pods, priorityClasses } from '../resources.ts'
import type { StrategyContext } from '../strategy.ts'

const system: Record<string, number> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

export function admitPriority(pod: Pod, { objects }: StrategyContext): void {
  const spec = pod.spec as unknown as Item | undefined
  if (!spec) return
  const name = String(spec.priorityClassName ?? '')
  if (name !== '') {
    const found = objects.get(priorityClasses, { name })
    const value = found?.value ?? system[name]
    if (value === undefined)
      throw forbidden(pods, pod.metadata?.name ?? '', `no PriorityClass with name ${name} was found`)
    spec.priority = value
    fillUnset(spec, { preemptionPolicy: found?.preemptionPolicy ?? 'PreemptLowerPriority' })
    return
  }
  const standard = objects.list(priorityClasses).find((one) => one.globalDefault)
  if (standard) spec.priorityClassName = standard.metadata.name
  spec.priority = standard?.value ?? 0
  fillUnset(spec, { preemptionPolicy: standard?.preemptionPolicy ?? 'PreemptLowerPriority' })
}

export function admitTolerations(pod: Pod): void {
  const spec = pod.spec as unknown as Item | undefined
  if (!spec) return
  const tolerations = itemsAt(spec, 'tolerations')
  const tolerates = (key: string) =>
    tolerations.some((one) => (one.key === key || !one.key) && (one.effect === 'NoExecute' || !one.effect))
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (key) => !tolerates(key),
  )
  if (missing.length === 0) return
  spec.tolerations = [
    ...tolerations,
    ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
  ]
}
