// What a cluster specification asks for that kind cannot give here, in one sentence for a learner.
import type { ClusterSpec } from '../../../contract/lesson.ts'
import { addOnsOf } from './add-ons-of.ts'
import { addOnImages, manifestOf } from './manifest-of.ts'

export interface HereKnown {
  /** Folder with the manifests that are not shipped. */
  readonly manifests?: string | undefined
  /** Whether the engine can make networks with IPv6. */
  readonly hasIpv6?: boolean | undefined
  /** Images that neither the node image nor the container engine has. */
  readonly missingImages?: ReadonlySet<string> | undefined
}

/** Undefined where it can be made, as far as is known before it is tried. */
export function unsupportedByKind(spec: ClusterSpec, here: HereKnown = {}): string | undefined {
  return contradiction(spec) ?? missing(spec, here)
}

function contradiction(spec: ClusterSpec): string | undefined {
  const { cni, kubeProxy, ingress, loadBalancer, ipFamily, portMappings } = spec
  const comesWith = [loadBalancer, ingress].filter((name) => name !== 'none')
  if (ipFamily === 'dual' && (addOnsOf(spec).length > 0 || cni === 'none'))
    return 'Dual stack is set up for kindnet alone, without add-ons.'
  if (cni === 'none' && comesWith.length > 0)
    return `Without a network plugin no pod starts, so the cluster cannot come with ${comesWith.join(' and ')}.`
  if (kubeProxy === 'none' && cni !== 'none')
    return 'Without kube-proxy cluster DNS does not reach the API server, so such a cluster would never be ready; a lesson that installs a network plugin itself can do without.'
  if (cni === 'cilium' && kubeProxy !== 'iptables')
    return 'Cilium is set up for kube-proxy in iptables mode alone.'
  if (cni === 'calico' && kubeProxy !== 'iptables')
    return 'Calico is set up for kube-proxy in iptables mode alone.'
  const ports = portMappings.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)
  const twice = ports.find((port, index) => ports.indexOf(port) !== index)
  if (twice !== undefined) return `Port ${twice} is mapped twice.`
  return undefined
}

function missing(
  spec: ClusterSpec,
  { manifests, missingImages, hasIpv6 = true }: HereKnown,
): string | undefined {
  if (spec.ipFamily === 'dual' && !hasIpv6)
    return 'The machine of the server has no IPv6, which dual stack needs.'
  for (const addOn of addOnsOf(spec)) {
    if (manifestOf(addOn, manifests) === undefined)
      return `This server has no manifest of ${addOn.name} ${addOn.version}; its operator can fetch it with fairlead images pull.`
    const image = addOnImages(addOn, manifests).find((one) => missingImages?.has(one))
    if (image !== undefined)
      return `This server lacks the image ${image} of ${addOn.name}; its operator can fetch it with fairlead images pull.`
  }
  return undefined
}
