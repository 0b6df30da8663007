// The add-ons that a cluster specification asks for, in the order in which they are installed: first pods need a network.
import type { ClusterSpec } from '../../../contract/lesson.ts'
import type { AddOn } from './add-on.ts'
import { calico } from './cni/calico/calico.ts'
import { cilium } from './cni/cilium/cilium.ts'
import { flannel } from './cni/flannel/flannel.ts'
import { traefik } from './ingress/traefik/traefik.ts'
import { metallb } from './load-balancer/metallb/metallb.ts'

/** kind installs kindnet itself. */
const plugins = { kindnet: undefined, none: undefined, flannel, calico, cilium } satisfies Record<
  ClusterSpec['cni'],
  AddOn | undefined
>
const controllers = { none: undefined, traefik } satisfies Record<ClusterSpec['ingress'], AddOn | undefined>
const loadBalancers = { none: undefined, metallb } satisfies Record<
  ClusterSpec['loadBalancer'],
  AddOn | undefined
>

/** Every one there is. */
export const addOns: readonly AddOn[] = [flannel, calico, cilium, metallb, traefik]

export function networkPluginOf(spec: ClusterSpec): AddOn | undefined {
  return plugins[spec.cni]
}

export function addOnsOf(spec: ClusterSpec): AddOn[] {
  return [plugins[spec.cni], loadBalancers[spec.loadBalancer], controllers[spec.ingress]].flatMap((addOn) =>
    addOn ? [addOn] : [],
  )
}
