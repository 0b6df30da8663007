// Creating and deleting pods on behalf of an owner, with the events that tell of it (RealPodControl in controller_utils.go).
import type { KubernetesObject, Pod, PodTemplateSpec } from '../../../contract/kubernetes.ts'
import type { Objects, ResourceType, Stored } from '../../api/objects.ts'
import { pods } from '../../api/resources.ts'
import { isNamespaceTerminating, isRefusal, messageOf } from './api-refusal.ts'
import { type EventRecorder, subjectOf } from './events.ts'
import { controllerReference } from './owner-references.ts'
import { podFromTemplate } from './pod-template.ts'

export interface PodOwner<T extends KubernetesObject> {
  readonly type: ResourceType<T>
  readonly object: Stored<T>
}

export interface PodControl {
  /** Throws what the API threw, after an event. `change` completes the pod, for names and node affinity. */
  create<T extends KubernetesObject>(
    owner: PodOwner<T>,
    template: PodTemplateSpec,
    change?: (pod: Pod) => void,
  ): Stored<Pod>
  delete<T extends KubernetesObject>(owner: PodOwner<T>, pod: Stored<Pod>): void
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
