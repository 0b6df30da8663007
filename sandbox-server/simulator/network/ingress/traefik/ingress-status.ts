// Where an Ingress is reached, written into its status: the address of the Service that publishes Traefik (updateIngressStatus).
import type { Ingress } from '../../../../contract/kubernetes.ts'
import type { Objects } from '../../../api/objects.ts'
import { ingresses, services } from '../../../api/resources.ts'
import type { ProviderLog } from './routing-table.ts'
import type { KubernetesIngressProvider } from './static-configuration.ts'

type LoadBalancerIngress = NonNullable<NonNullable<NonNullable<Ingress['status']>['loadBalancer']>['ingress']>

export function writeIngressStatus(
  objects: Objects,
  provider: KubernetesIngressProvider,
  ingress: Ingress,
  log: ProviderLog,
): void {
  const { name = '', namespace = '' } = ingress.metadata ?? {}
  const wanted = publishedAt(objects, provider)
  if (typeof wanted === 'string') {
    log('ERR', 'Error while updating ingress status', {
      error: wanted,
      ingress: name,
      namespace,
      providerName: 'kubernetes',
    })
    return
  }
  if (!wanted) return
  const current = ingress.status?.loadBalancer?.ingress ?? []
  if (JSON.stringify(current) === JSON.stringify(wanted)) return
  objects.mutate(
    ingresses,
    { namespace, name },
    (draft) => {
      Object.assign(draft, { status: { loadBalancer: wanted.length > 0 ? { ingress: wanted } : {} } })
    },
    { subresource: 'status', fieldManager: 'traefik' },
  )
}

/** Undefined where nothing is to be written, a text where it cannot be told. */
function publishedAt(
  objects: Objects,
  provider: KubernetesIngressProvider,
): LoadBalancerIngress | string | undefined {
  const { endpointHostname, endpointIp, publishedService } = provider
  if (publishedService === undefined) {
    if (endpointHostname === undefined && endpointIp === undefined) return undefined
    return [
      {
        ...(endpointIp === undefined ? {} : { ip: endpointIp }),
        ...(endpointHostname === undefined ? {} : { hostname: endpointHostname }),
      },
    ]
  }
  const [namespace, name, more] = publishedService.split('/')
  if (!namespace || !name || more !== undefined) {
    return `invalid publishedService format (expected 'namespace/service' format): ${publishedService}`
  }
  const service = objects.get(services, { namespace, name })
  if (!service) return `missing service: ${publishedService}`
  switch (service.spec?.type) {
    case 'LoadBalancer':
      return service.status?.loadBalancer?.ingress as LoadBalancerIngress | undefined
    case 'ExternalName':
      return [{ hostname: service.spec.externalName ?? '' }]
    case 'NodePort':
      // Only nodes' external addresses count, and these nodes have none.
      return []
    default: {
      const ports = (service.spec?.ports ?? []).map((port) => ({
        port: port.port,
        protocol: port.protocol ?? 'TCP',
      }))
      return (service.spec?.externalIPs ?? []).map((ip) => ({ ip, ports }))
    }
  }
}
