// Creating and deleting pods on behalf of an owner, with the events that tell of it (RealPodControl in controller_utils.go).
import type { KubernetesObject, LabelSelector, Pod, PodTemplateSpec } from '../../../contract/kubernetes.ts'
import type { Objects, ResourceType, Stored } from '../../api/objects.ts'
import { pods } from '../../api/resources.ts'
import { isNamespaceTerminating, isRefusal, messageOf } from './api-refusal.ts'
import { type EventRecorder, subjectOf } from './events.ts'
import { matchesSelector } from './label-selector.ts'
import { controllerReference } from './owner-references.ts'
import { podFromTemplate } from './pod-template.ts'

type Selecting = KubernetesObject & { readonly spec?: { readonly selector?: LabelSelector } }

export interface PodOwner<T extends Selecting> {
  readonly type: ResourceType<T>
  readonly object: Stored<T>
}

export interface PodControl {
  /** Throws what the API threw, after an event. `change` completes the pod, for names and node affinity. */
  create<T extends Selecting>(
    owner: PodOwner<T>,
    template: PodTemplateSpec,
    change?: (pod: Pod) => void,
  ): Stored<Pod>
  delete<T extends Selecting>(owner: PodOwner<T>, pod: Stored<Pod>): void
}

export function createPodControl(objects: Objects, recorder: EventRecorder): PodControl {
  return {
    create(owner, template, change) {
      const { type, object } = owner
      const reference = controllerReference(object, {
        apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
        kind: type.kind,
      })
      const pod = podFromTemplate(template, { name: object.metadata.name, reference })
      if (pod.metadata && object.metadata.namespace) pod.metadata.namespace = object.metadata.namespace
      change?.(pod)
      try {
        checkSelector(object, pod)
        const created = objects.create(pods, pod)
        recorder.record(
          subjectOf(type, object),
          'Normal',
          'SuccessfulCreate',
          `Created pod: ${created.metadata.name}`,
        )
        return created
      } catch (error) {
        if (!isNamespaceTerminating(error)) {
          recorder.record(
            subjectOf(type, object),
            'Warning',
            'FailedCreate',
            `Error creating: ${messageOf(error)}`,
          )
        }
        throw error
      }
    },
    delete({ type, object }, pod) {
      try {
        objects.delete(pods, pod.metadata)
      } catch (error) {
        if (isRefusal(error, 'NotFound')) return
        recorder.record(
          subjectOf(type, object),
          'Warning',
          'FailedDelete',
          `Error deleting: ${messageOf(error)}`,
        )
        throw error
      }
      recorder.record(
        subjectOf(type, object),
        'Normal',
        'SuccessfulDelete',
        `Deleted pod: ${pod.metadata.name}`,
      )
    },
  }
}

/**
 * A pod that its owner would not count as its own would be made again and again. The API refuses such owners; this is the second
 * lock on the same door.
 */
function checkSelector(owner: { readonly spec?: { readonly selector?: LabelSelector } }, pod: Pod): void {
  if (matchesSelector(owner.spec?.selector, pod.metadata?.labels)) return
  throw new Error('`selector` does not match template `labels`')
}
