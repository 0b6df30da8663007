// meta.k8s.io Tables: what kubectl get shows. Columns are those that a real server names; a kind without a printer of its own
// fills the columns that every object can (name, age) and leaves the others empty.
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import columnsByPath from '../data/tables.generated.json' with { type: 'json' }
import type { ResourceType } from '../objects.ts'
import { storageOf } from '../resource-registry.ts'
import type { CustomResourceDefinition } from '../resources.ts'
import { since } from './age.ts'
import * as core from './core.ts'
import * as networking from './networking.ts'
import { printPod } from './pod.ts'
import { age, type PrintContext, type Printer } from './printer.ts'
import * as workloads from './workloads.ts'

export interface Column {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

const printers: Readonly<Record<string, unknown>> = {
  '/pods': printPod,
  '/services': networking.printService,
  '/endpoints': networking.printEndpoints,
  '/nodes': core.printNode,
  '/namespaces': core.printNamespace,
  '/events': core.printEvent,
  '/configmaps': core.printConfigMap,
  '/secrets': core.printSecret,
  '/persistentvolumes': core.printPersistentVolume,
  '/persistentvolumeclaims': core.printPersistentVolumeClaim,
  '/resourcequotas': core.printResourceQuota,
  '/replicationcontrollers': workloads.printReplicationController,
  '/podtemplates': workloads.printPodTemplate,
  'apps/deployments': workloads.printDeployment,
  'apps/replicasets': workloads.printReplicaSet,
  'apps/daemonsets': workloads.printDaemonSet,
  'apps/statefulsets': workloads.printStatefulSet,
  'apps/controllerrevisions': workloads.printControllerRevision,
  'batch/jobs': workloads.printJob,
  'batch/cronjobs': workloads.printCronJob,
  'policy/poddisruptionbudgets': workloads.printPodDisruptionBudget,
  'autoscaling/horizontalpodautoscalers': workloads.printHorizontalPodAutoscaler,
  'discovery.k8s.io/endpointslices': networking.printEndpointSlice,
  'networking.k8s.io/ingresses': networking.printIngress,
  'networking.k8s.io/ingressclasses': networking.printIngressClass,
  'networking.k8s.io/networkpolicies': networking.printNetworkPolicy,
  'networking.k8s.io/servicecidrs': networking.printServiceCidr,
  'networking.k8s.io/ipaddresses': networking.printIpAddress,
  'rbac.authorization.k8s.io/rolebindings': core.printBinding,
  'rbac.authorization.k8s.io/clusterrolebindings': core.printBinding,
  'scheduling.k8s.io/priorityclasses': core.printPriorityClass,
  'storage.k8s.io/storageclasses': core.printStorageClass,
  'coordination.k8s.io/leases': core.printLease,
}

interface TableSpec {
  readonly columns: readonly Column[]
  readonly print: Printer
}

export function tableOf(type: ResourceType, definition: CustomResourceDefinition | undefined): TableSpec {
  const path =
    type.group === '' ? `/api/v1/${type.plural}` : `/apis/${type.group}/${type.version}/${type.plural}`
  const recorded = (columnsByPath as Record<string, Omit<Column, 'description'>[]>)[path]
  if (recorded) {
    const columns = recorded.map((column) => ({ ...column, description: '' }))
    const own = printers[storageOf(type)] as Printer | undefined
    return {
      columns,
      print: own ?? ((object, context) => columns.map((column) => common(column, object, context))),
    }
  }
  return customTable(type, definition)
}

function common(column: Column, object: KubernetesObject, context: PrintContext): unknown {
  if (column.name === 'Name') return object.metadata?.name
  if (column.name === 'Age') return age(object, context)
  return column.name === 'Created At' ? object.metadata?.creationTimestamp : ''
}

const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }

/** additionalPrinterColumns (apiextensions-apiserver/pkg/registry/customresource/tableconvertor). */
function customTable(type: ResourceType, definition: CustomResourceDefinition | undefined): TableSpec {
  const version = definition?.spec?.versions.find((one) => one.name === type.version)
  const extra = version?.additionalPrinterColumns ?? [
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ]
  const columns = extra.map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format ?? '',
    description: column.description ?? '',
    priority: column.priority ?? 0,
  }))
  return {
    columns: [nameColumn, ...columns],
    print: (object, { now }) => [
      object.metadata?.name,
      ...extra.map((column) => {
        const value = atPath(object, column.jsonPath)
        if (value === undefined || value === null) return null
        if (column.type === 'date') return since(String(value), now)
        return typeof value === 'object' ? JSON.stringify(value) : value
      }),
    ],
  }
}

/** The plain paths of JSONPath (`.spec.a[0].b`, `.metadata.labels['x']`), which columns use. */
function atPath(object: unknown, path: string): unknown {
  let value = object
  for (const [, dotted, quoted, index] of path.matchAll(/\.?(?:([\w-]+)|\['([^']*)'\]|\[(\d+)\])/g)) {
    value = (value as Record<string, unknown> | undefined)?.[dotted ?? quoted ?? index ?? '']
  }
  return value
}
