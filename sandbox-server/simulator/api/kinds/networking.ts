// NetworkPolicy, Ingress, IngressClass. Source: pkg/registry/networking/*/strategy.go, pkg/apis/networking/v1/defaults.go,
// plugin/pkg/admission/network/defaultingressclass/admission.go.
import type { EndpointSlice, Ingress, IngressClass, NetworkPolicy } from '../../../contract/kubernetes.ts'
import { fillUnset, type Item, itemsAt, objectAt } from '../defaults/fill.ts'
import { ingressClasses } from '../resources.ts'
import type { Strategy } from '../strategy.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/endpoints.ts'
import {
  validateIngress,
  validateIngressClass,
  validateIngressClassSpec,
  validateIngressSpec,
} from '../validation/ingress.ts'
import { validateNetworkPolicy, validateNetworkPolicySpec } from '../validation/network-policy.ts'

export const networkPolicyStrategy: Strategy<NetworkPolicy> = {
  generation: true,
  defaultObject(policy) {
    const item = policy as unknown as Item
    fillUnset(item, { spec: {} })
    const spec = objectAt(item, 'spec')
    fillUnset(spec, { podSelector: {} })
    for (const rule of [...itemsAt(spec, 'ingress'), ...itemsAt(spec, 'egress')]) {
      for (const port of itemsAt(rule, 'ports')) fillUnset(port, { protocol: 'TCP' })
    }
    if (itemsAt(spec, 'policyTypes').length === 0 && spec) {
      spec.policyTypes = itemsAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
    }
  },
  validateObject: validateNetworkPolicy,
  validateUpdate: validateNetworkPolicySpec,
}

const defaultClass = 'ingressclass.kubernetes.io/is-default-class'

export const ingressStrategy: Strategy<Ingress> = {
  generation: true,
  defaultObject(ingress) {
    fillUnset(ingress as unknown as Item, { spec: {} })
  },
  admit(ingress, old, { objects }) {
    const { spec, metadata } = ingress
    if (old || !spec || spec.ingressClassName !== undefined) return
    if (metadata?.annotations?.['kubernetes.io/ingress.class'] !== undefined) return
    const defaults = objects
      .list(ingressClasses)
      .filter((one) => one.metadata.annotations?.[defaultClass] === 'true')
      .sort((a, b) => Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp))
    const [newest] = defaults
    if (!newest) return
    spec.ingressClassName = newest.metadata.name
  },
  prepareForCreate(ingress) {
    Object.assign(ingress, { status: { loadBalancer: {} } })
  },
  validateObject: validateIngress,
  validateUpdate: validateIngressSpec,
}

export const ingressClassStrategy: Strategy<IngressClass> = {
  generation: true,
  defaultObject(ingressClass) {
    const spec = objectAt(ingressClass as unknown as Item, 'spec')
    fillUnset(objectAt(spec, 'parameters'), { scope: 'Cluster' })
  },
  validateObject: validateIngressClass,
  validateUpdate: validateIngressClassSpec,
}

export const endpointSliceStrategy: Strategy<EndpointSlice> = {
  generation: true,
  defaultObject(slice) {
    const item = slice as unknown as Item
    // Upstream keeps null here; an empty list spares everybody who walks over endpoints.
    if (!Array.isArray(item.endpoints)) item.endpoints = []
    for (const port of itemsAt(item, 'ports')) fillUnset(port, { name: '', protocol: 'TCP' })
  },
  validateObject: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
}
