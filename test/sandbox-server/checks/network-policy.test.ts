import { describe, expect, it } from 'vitest'
import { policyVerdict } from '../../../sandbox-server/checks/network-policy.ts'
import type { NetworkPolicy, Pod } from '../../../sandbox-server/contract/kubernetes.ts'

const pod = (name: string, namespace = 'demo', ip = '10.244.1.2'): Pod => ({
  metadata: { name, namespace, labels: { app: name } },
  spec: { containers: [{ name, ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: { podIP: ip },
})
const policy = (name: string, spec: NetworkPolicy['spec']): NetworkPolicy => ({
  metadata: { name, namespace: 'demo' },
  ...(spec ? { spec } : {}),
})
const namespaces = [
  { metadata: { name: 'demo', labels: { 'kubernetes.io/metadata.name': 'demo' } } },
  { metadata: { name: 'monitoring', labels: { team: 'ops' } } },
]
const deny = policy('default-deny', { podSelector: {}, policyTypes: ['Ingress'] })
const web = { matchLabels: { app: 'web' } }
const client = { podSelector: { matchLabels: { app: 'client' } } }
const ask = (policies: NetworkPolicy[], from = pod('client'), port = 8080) =>
  policyVerdict({ from, to: pod('web'), port, protocol: 'TCP', policies, namespaces })

describe('what NetworkPolicies allow', () => {
  it('is everything while none selects the pod', () => {
    expect(ask([policy('other', { podSelector: { matchLabels: { app: 'db' } } })])).toEqual({
      allowed: true,
      selecting: [],
    })
  })

  it('is nothing once one selects it without a rule', () => {
    expect(ask([deny])).toEqual({ allowed: false, side: 'ingress', selecting: ['default-deny'] })
  })

  it('is the union of all that select it', () => {
    const allow = policy('allow', { podSelector: web, ingress: [{ from: [client] }] })
    expect(ask([deny, allow]).allowed).toBe(true)
    expect(ask([deny, allow], pod('stranger')).allowed).toBe(false)
  })

  it('names the ports that a rule allows when the packet is for another', () => {
    const allow = policy('allow', { podSelector: web, ingress: [{ from: [client], ports: [{ port: 80 }] }] })
    expect(ask([deny, allow])).toEqual({
      allowed: false,
      side: 'ingress',
      selecting: ['default-deny', 'allow'],
      portsAllowed: ['80/TCP'],
    })
  })

  it.each([
    ['a named port of the pod', { port: 'http' as const }, true],
    ['a name that the pod does not have', { port: 'metrics' as const }, false],
    ['a range', { port: 8000, endPort: 8100 }, true],
    ['a range beside it', { port: 8081, endPort: 8100 }, false],
    ['another protocol', { port: 8080, protocol: 'UDP' }, false],
  ])('%s', (_, port, allowed) => {
    expect(ask([policy('p', { podSelector: web, ingress: [{ ports: [port] }] })]).allowed).toBe(allowed)
  })

  it.each([
    [
      'two entries are OR',
      [{ namespaceSelector: { matchLabels: { team: 'ops' } } }, client],
      'other',
      'monitoring',
      true,
    ],
    [
      'one entry with both is AND',
      [{ namespaceSelector: { matchLabels: { team: 'ops' } }, ...client }],
      'other',
      'monitoring',
      false,
    ],
    ['a podSelector alone means this namespace', [client], 'client', 'monitoring', false],
    ['an address block', [{ ipBlock: { cidr: '10.244.0.0/16' } }], 'any', 'demo', true],
    [
      'an exception in it',
      [{ ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.1.0/24'] } }],
      'any',
      'demo',
      false,
    ],
  ])('%s', (_, from, name, namespace, allowed) => {
    expect(ask([policy('p', { podSelector: web, ingress: [{ from }] })], pod(name, namespace)).allowed).toBe(
      allowed,
    )
  })

  it('needs both ends: egress of the sender as well', () => {
    const egress = policy('egress', { podSelector: client.podSelector, policyTypes: ['Egress'], egress: [] })
    expect(ask([egress])).toEqual({ allowed: false, side: 'egress', selecting: ['egress'] })
  })
})
