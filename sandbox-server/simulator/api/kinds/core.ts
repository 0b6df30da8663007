// The simpler resources of the core group: events, nodes, ConfigMaps, Secrets, service accounts, claims, quotas.
// Source: pkg/registry/core/*/strategy.go, pkg/apis/core/v1/defaults.go.
import type { PersistentVolume, PersistentVolumeClaim, ReplicationController } from 'kubernetes-types/core/v1'
import type {
  ConfigMap,
  Endpoints,
  Event,
  Node,
  Secret,
  ServiceAccount,
} from '../../../contract/kubernetes.ts'
import { fill, fillUnset, type Item, itemsAt, objectAt } from '../defaults/fill.ts'
import { defaultReplicaSet } from '../defaults/workloads.ts'
import { storageClasses } from '../resources.ts'
import type { Strategy } from '../strategy.ts'
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateSecret,
  validateSecretUpdate,
} from '../validation/config.ts'
import { nameIsDnsSubdomain } from '../validation/content.ts'
import { validateEndpoints } from '../validation/endpoints.ts'
import { validateObjectMeta } from '../validation/object-meta.ts'
import { validateClaim } from '../validation/persistent-volume-claim.ts'

export const eventStrategy: Strategy<Event> = {
  selectableFields: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
}

export const nodeStrategy: Strategy<Node> = {
  statusKeepsMetadata: true,
  defaultObject(node) {
    const status = objectAt(node as unknown as Item, 'status')
    if (status?.capacity !== undefined) fillUnset(status, { allocatable: status.capacity })
  },
  prepareForCreate: () => undefined,
  validateObject: (node) => validateObjectMeta(node.metadata, false, nameIsDnsSubdomain),
  selectableFields: ['spec.unschedulable'],
}

export const configMapStrategy: Strategy<ConfigMap> = {
  validateObject: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
}

export const secretStrategy: Strategy<Secret> = {
  defaultObject(secret) {
    const item = secret as unknown as Item
    fill(item, { type: 'Opaque' })
    // stringData is written over data and never kept (pkg/apis/core/v1/conversion.go).
    const { stringData } = secret
    if (!stringData) return
    const bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))
    const encoded = Object.entries(stringData).map(([key, value]) => [key, btoa(bytes(value))])
    item.data = { ...secret.data, ...Object.fromEntries(encoded) }
    delete item.stringData
  },
  validateObject: validateSecret,
  validateUpdate: validateSecretUpdate,
  selectableFields: ['type'],
}

export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  validateObject: (account) => validateObjectMeta(account.metadata, true, nameIsDnsSubdomain),
}

export const endpointsStrategy: Strategy<Endpoints> = {
  defaultObject(endpoints) {
    for (const subset of itemsAt(endpoints as unknown as Item, 'subsets')) {
      for (const port of itemsAt(subset, 'ports')) fill(port, { protocol: 'TCP' })
    }
  },
  validateObject: validateEndpoints,
  validateUpdate: validateEndpoints,
}

export const replicationControllerStrategy: Strategy<ReplicationController> = {
  generation: true,
  defaultObject(controller) {
    defaultReplicaSet(controller)
    const spec = objectAt(controller as unknown as Item, 'spec')
    const labels = objectAt(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels')
    if (labels) fillUnset(spec, { selector: labels })
  },
  prepareForCreate: (object) => void Object.assign(object, { status: { replicas: 0 } }),
  validateObject: (controller) => validateObjectMeta(controller.metadata, true, nameIsDnsSubdomain),
  selectableFields: ['status.replicas'],
}

const protection = 'kubernetes.io/pvc-protection'
const isDefault = 'storageclass.kubernetes.io/is-default-class'

export const persistentVolumeClaimStrategy: Strategy<PersistentVolumeClaim> = {
  defaultObject(claim) {
    fillUnset(claim as unknown as Item, { spec: {} })
    fillUnset(objectAt(claim as unknown as Item, 'spec'), { volumeMode: 'Filesystem' })
  },
  admit(claim, old, { objects }) {
    const { metadata, spec } = claim
    if (old || !metadata || !spec) return
    metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), protection])]
    if (spec.storageClassName !== undefined) return
    const standard = objects
      .list(storageClasses)
      .find((one) => one.metadata.annotations?.[isDefault] === 'true')
    if (standard) spec.storageClassName = standard.metadata.name
  },
  prepareForCreate: (claim) => void Object.assign(claim, { status: { phase: 'Pending' } }),
  validateObject: validateClaim,
}

export const persistentVolumeStrategy: Strategy<PersistentVolume> = {
  defaultObject(volume) {
    const spec = objectAt(volume as unknown as Item, 'spec')
    fill(spec, { persistentVolumeReclaimPolicy: 'Retain' })
    fillUnset(spec, { volumeMode: 'Filesystem' })
  },
  prepareForCreate: (volume) => void Object.assign(volume, { status: { phase: 'Pending' } }),
  validateObject: (volume) => validateObjectMeta(volume.metadata, false, nameIsDnsSubdomain),
}
