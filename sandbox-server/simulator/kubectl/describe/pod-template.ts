// The pod template within descriptions of workloads. Source: kubectl/pkg/describe/describe.go (DescribePodTemplate).
import type { PodTemplateSpec } from '../../../contract/kubernetes.ts'
import { describeContainers } from './containers.ts'
import type { DescribeWriter } from './describe-writer.ts'
import { describeTolerations, describeVolumes } from './volumes.ts'

export function describePodTemplate(w: DescribeWriter, template: PodTemplateSpec | undefined): void {
  w.line(0, 'Pod Template:')
  if (!template) {
    w.line(1, '<unset>')
    return
  }
  const { metadata, spec } = template
  w.labels('  Labels', metadata?.labels)
  if (metadata?.annotations && Object.keys(metadata.annotations).length > 0)
    w.annotations('  Annotations', metadata.annotations)
  if (spec?.serviceAccountName) w.line(1, `Service Account:\t${spec.serviceAccountName}`)
  if (spec?.initContainers && spec.initContainers.length > 0)
    describeContainers(w, 'Init Containers', spec.initContainers, [], { indent: '  ' })
  describeContainers(w, 'Containers', spec?.containers ?? [], [], { indent: '  ' })
  describeVolumes(w, spec?.volumes, '  ')
  if (spec?.priorityClassName) w.line(1, `Priority Class Name:\t${spec.priorityClassName}`)
  w.labels('  Node-Selectors', spec?.nodeSelector)
  describeTolerations(w, '  Tolerations', spec?.tolerations)
}
