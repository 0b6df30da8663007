import { describe, expect, it } from 'vitest'
import { clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { unsupportedByKind } from '../../../../../sandbox-server/providers/kind/add-ons/unsupported.ts'

const why = (spec: unknown, here = {}) => unsupportedByKind(clusterSpecSchema.parse(spec), here)

describe('what kind cannot make', () => {
  it.each([
    {},
    { cni: 'flannel', loadBalancer: 'metallb', ingress: 'traefik' },
    { cni: 'none' },
    { kubeProxy: 'none', cni: 'none' },
    { kubeProxy: 'nftables', ingress: 'traefik' },
    { ipFamily: 'dual' },
    { portMappings: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }] },
  ])('is not %j', (spec) => {
    expect(why(spec)).toBeUndefined()
  })

  it.each([
    [{ cni: 'none', ingress: 'traefik' }, /no pod starts, so the cluster cannot come with traefik/],
    [{ kubeProxy: 'none' }, /Without kube-proxy cluster DNS does not reach the API server/],
    [{ cni: 'flannel', ipFamily: 'dual' }, /kindnet alone/],
    [{ cni: 'calico', kubeProxy: 'nftables' }, /Calico is set up for kube-proxy in iptables mode/],
    [{ cni: 'cilium', kubeProxy: 'nftables' }, /Cilium is set up for kube-proxy in iptables mode/],
    [{ portMappings: [{ containerPort: 80 }, { containerPort: 80 }] }, /Port 80\/TCP is mapped twice/],
  ])('is %j, and it says why', (spec, reason) => {
    expect(why(spec)).toMatch(reason)
  })

  it('is what this machine lacks a manifest, an image or IPv6 for', () => {
    expect(why({ cni: 'calico' })).toMatch(/no manifest of calico v[\d.]+; its operator can fetch it/)
    const missingImages = new Set(['quay.io/metallb/speaker:v0.16.2'])
    expect(why({ loadBalancer: 'metallb' }, { missingImages })).toMatch(
      /lacks the image quay.io\/metallb\/speaker/,
    )
    expect(why({}, { missingImages })).toBeUndefined()
    expect(why({ ipFamily: 'dual' }, { hasIpv6: false })).toMatch(/no IPv6/)
  })
})
