// Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs: their strategies in pkg/registry/{apps,batch}.

import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../../contract/kubernetes.ts'
import { type Item, objectAt } from '../defaults/fill.ts'
import {
  countTemplateGeneration,
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultStatefulSet,
} from '../defaults/workloads.ts'
import { deepEqual } from '../store/deep-equal.ts'
import type { Strategy } from '../strategy.ts'
import { validateCronJob, validateCronJobSpec, validateJob, validateJobUpdate } from '../validation/jobs.ts'
import {
  validateDaemonSet,
  validateDaemonSetUpdate,
  validateDeployment,
  validateDeploymentUpdate,
  validateReplicaSet,
  validateReplicaSetUpdate,
  validateStatefulSet,
  validateStatefulSetUpdate,
} from '../validation/workloads.ts'

export const deploymentStrategy: Strategy<Deployment> = {
  generation: true,
  statusKeepsMetadata: true,
  defaultObject: defaultDeployment,
  prepareForCreate: (object) => void Object.assign(object, { status: {} }),
  validateObject: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
}

export const replicaSetStrategy: Strategy<ReplicaSet> = {
  generation: true,
  defaultObject: defaultReplicaSet,
  prepareForCreate: (object) => void Object.assign(object, { status: { replicas: 0 } }),
  validateObject: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  selectableFields: ['status.replicas'],
}

export const statefulSetStrategy: Strategy<StatefulSet> = {
  generation: true,
  defaultObject: defaultStatefulSet,
  prepareForCreate: (object) => void Object.assign(object, { status: { replicas: 0, availableReplicas: 0 } }),
  validateObject: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
}

export const daemonSetStrategy: Strategy<DaemonSet> = {
  generation: true,
  defaultObject: defaultDaemonSet,
  prepareForCreate(object) {
    countTemplateGeneration(object, 1)
    const status = {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    }
    Object.assign(object, { status })
  },
  prepareForUpdate(object, old) {
    const before = Number(old.metadata?.annotations?.['deprecated.daemonset.template.generation'] ?? 0)
    countTemplateGeneration(
      object,
      deepEqual(object.spec?.template, old.spec?.template) ? before : before + 1,
    )
  },
  validateObject: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
}

export const jobStrategy: Strategy<Job> = {
  generation: true,
  defaultObject: defaultJob,
  prepareForCreate(job) {
    Object.assign(job, { status: {} })
    generateSelector(job)
  },
  validateObject: validateJob,
  validateUpdate: validateJobUpdate,
  selectableFields: ['status.successful'],
}

/** Unless the client selects by itself: its own uid, so that no two jobs share pods. */
function generateSelector(job: Job): void {
  const spec = objectAt(job as unknown as Item, 'spec')
  const { metadata } = job
  if (!spec || !metadata || spec.manualSelector === true) return
  const uid = metadata.uid ?? ''
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata.name ?? '',
    'job-name': metadata.name ?? '',
  }
  const template = objectAt(spec, 'template') ?? {}
  const templateMetadata = objectAt(template, 'metadata')
  const labels = { ...own, ...objectAt(templateMetadata, 'labels') }
  template.metadata = { ...templateMetadata, labels }
  if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = labels as Record<string, string>
  const selector = objectAt(spec, 'selector')
  spec.selector = {
    ...selector,
    matchLabels: { ...objectAt(selector, 'matchLabels'), 'batch.kubernetes.io/controller-uid': uid },
  }
}

export const cronJobStrategy: Strategy<CronJob> = {
  generation: true,
  defaultObject: defaultCronJob,
  prepareForCreate: (object) => void Object.assign(object, { status: {} }),
  validateObject: validateCronJob,
  validateUpdate: validateCronJobSpec,
}
