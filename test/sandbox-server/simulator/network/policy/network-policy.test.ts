import { describe, expect, test } from 'vitest'
import type { Hop } from '../../../../../sandbox-server/contract/cluster.ts'
import type { NetworkPolicy } from '../../../../../sandbox-server/contract/kubernetes.ts'
import { namespaces, networkPolicies } from '../../../../../sandbox-server/simulator/api/resources.ts'
import {
  type Connection,
  evaluateEgress,
  evaluateIngress,
  type PolicyWorld,
} from '../../../../../sandbox-server/simulator/network/policy/evaluate.ts'
import { type TestPod, testCluster } from '../cluster.ts'

type Spec = NonNullable<NetworkPolicy['spec']>

const pod = (namespace: string, name: string, labels: Record<string, string>, ports: object[] = []) => ({
  metadata: { namespace, name, labels },
  spec: { containers: [{ name: 'app', image: 'x', ports: ports as never }] },
})

const podsByAddress: Record<string, ReturnType<typeof pod>> = {
  '10.244.1.2': pod('demo', 'web', { app: 'web' }, [{ name: 'http', containerPort: 8080 }]),
  '10.244.1.3': pod('demo', 'client', { app: 'client', tier: 'front' }),
  '10.244.2.2': pod('demo', 'stranger', { app: 'stranger' }),
  '10.244.2.3': pod('monitoring', 'prom', { role: 'prom' }),
  '10.244.2.4': pod('monitoring', 'other', { role: 'other' }),
  '10.244.2.5': pod('demo', 'impostor', { role: 'prom' }),
}
const addressOf = Object.fromEntries(
  Object.entries(podsByAddress).map(([ip, one]) => [one.metadata.name, ip]),
)

function world(specs: readonly Spec[], namespace = 'demo'): PolicyWorld {
  return {
    policies: specs.map((spec, index) => ({ metadata: { name: `p${index}`, namespace }, spec })),
    podAt: (ip) => podsByAddress[ip],
    namespace: (name) => ({
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name, team: name } },
    }),
  }
}

const connection = (
  source: string,
  destination: string,
  port = 8080,
  protocol: 'TCP' | 'UDP' = 'TCP',
): Connection => ({
  source: addressOf[source] ?? source,
  destination: addressOf[destination] ?? destination,
  protocol,
  port,
})

const all: Spec = { podSelector: {} }
const web = { matchLabels: { app: 'web' } }
const from = (...peers: NonNullable<NonNullable<Spec['ingress']>[0]['from']>): Spec => ({
  podSelector: web,
  ingress: [{ from: peers }],
})
const onPorts = (...ports: NonNullable<NonNullable<Spec['ingress']>[0]['ports']>): Spec => ({
  podSelector: web,
  ingress: [{ ports }],
})

/** Truth: https://kubernetes.io/docs/concepts/services-networking/network-policies/ and the API reference. */
const ingressCases: readonly [title: string, policies: readonly Spec[], Connection, allowed: boolean][] = [
  ['no policy allows everything', [], connection('stranger', 'web'), true],
  ['a policy that selects all and has no rule closes ingress', [all], connection('client', 'web'), false],
  ['a policy for other pods leaves this one open', [from()], connection('web', 'client'), true],
  ['an empty rule allows everybody', [{ ...all, ingress: [{}] }], connection('stranger', 'web'), true],
  ['an empty from allows everybody', [from()], connection('stranger', 'web'), true],
  [
    'policies add up',
    [all, from({ podSelector: { matchLabels: { app: 'client' } } })],
    connection('client', 'web'),
    true,
  ],
  ['and take nothing from one another', [from(), all], connection('stranger', 'web'), true],
  [
    "a podSelector means pods of the policy's namespace",
    [from({ podSelector: { matchLabels: { role: 'prom' } } })],
    connection('prom', 'web'),
    false,
  ],
  [
    'namespaceSelector and podSelector in one peer are both asked (AND)',
    [
      from({
        namespaceSelector: { matchLabels: { team: 'monitoring' } },
        podSelector: { matchLabels: { role: 'prom' } },
      }),
    ],
    connection('other', 'web'),
    false,
  ],
  [
    'as two peers one is enough (OR)',
    [
      from(
        { namespaceSelector: { matchLabels: { team: 'monitoring' } } },
        { podSelector: { matchLabels: { role: 'prom' } } },
      ),
    ],
    connection('other', 'web'),
    true,
  ],
  [
    'an empty namespaceSelector takes every pod',
    [from({ namespaceSelector: {} })],
    connection('prom', 'web'),
    true,
  ],
  ['but no address outside', [from({ namespaceSelector: {} })], connection('172.18.0.9', 'web'), false],
  [
    'matchExpressions are honoured',
    [from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['stranger'] }] } })],
    connection('stranger', 'web'),
    false,
  ],
  [
    'an ipBlock takes addresses',
    [from({ ipBlock: { cidr: '172.18.0.0/16' } })],
    connection('172.18.0.9', 'web'),
    true,
  ],
  [
    'except those under except',
    [from({ ipBlock: { cidr: '172.18.0.0/16', except: ['172.18.0.8/30'] } })],
    connection('172.18.0.9', 'web'),
    false,
  ],
  ['a port allows itself', [onPorts({ port: 8080 })], connection('stranger', 'web'), true],
  ['and no other', [onPorts({ port: 80 })], connection('stranger', 'web'), false],
  [
    'protocol is TCP unless said',
    [onPorts({ port: 8080 })],
    connection('stranger', 'web', 8080, 'UDP'),
    false,
  ],
  ['a port may be left out', [onPorts({ protocol: 'UDP' })], connection('stranger', 'web', 53, 'UDP'), true],
  ['endPort makes a range', [onPorts({ port: 8000, endPort: 8100 })], connection('stranger', 'web'), true],
  ['that ends', [onPorts({ port: 8000, endPort: 8079 })], connection('stranger', 'web'), false],
  ["a named port is the pod's own", [onPorts({ port: 'http' })], connection('stranger', 'web'), true],
  [
    'and nothing where the pod has no such name',
    [onPorts({ port: 'metrics' })],
    connection('stranger', 'web'),
    false,
  ],
  [
    'policyTypes Egress leaves ingress open',
    [{ ...all, policyTypes: ['Egress'] }],
    connection('stranger', 'web'),
    true,
  ],
]

const toWeb: Spec = {
  podSelector: { matchLabels: { app: 'client' } },
  egress: [{ to: [{ podSelector: web }] }],
}
const egressCases: readonly [title: string, policies: readonly Spec[], Connection, allowed: boolean][] = [
  ['a policy without egress rules leaves egress open', [all], connection('client', 'web'), true],
  ['egress rules alone make it an egress policy', [toWeb], connection('client', 'stranger'), false],
  ['what they name is allowed', [toWeb], connection('client', 'web'), true],
  [
    'policyTypes Egress without rules closes',
    [{ ...all, policyTypes: ['Egress'] }],
    connection('client', 'web'),
    false,
  ],
  [
    "a Service's address in an ipBlock does not help after the rewrite",
    [
      {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '10.96.0.10/32' } }] }],
      },
    ],
    connection('client', '10.244.0.3', 53, 'UDP'),
    false,
  ],
  [
    'a named port is looked up in the pod that is dialled',
    [{ podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] }],
    connection('client', 'web'),
    true,
  ],
]

describe('ingress', () => {
  test.each(ingressCases)('%s', (_title, policies, asked, allowed) => {
    expect(evaluateIngress(world(policies), asked).allowed).toBe(allowed)
  })
})

describe('egress', () => {
  test.each(egressCases)('%s', (_title, policies, asked, allowed) => {
    expect(evaluateEgress(world(policies), asked).allowed).toBe(allowed)
  })
})

describe('on a node', () => {
  const denyAll: NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace: 'demo' },
  }

  async function closed(cni: 'kindnet' | 'flannel') {
    const cluster = await testCluster(cni)
    const [, worker, worker2] = cluster.nodes
    const client = cluster.pod(worker, 'client')
    const web = cluster.pod(worker2, 'web')
    cluster.service('web', {
      clusterIP: '10.96.5.5',
      pods: [web],
      spec: { type: 'NodePort' },
      ports: [{ name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' }],
    })
    await cluster.settle()
    const ask = (pod: TestPod) => cluster.get(pod.network.sockets, 'http://10.96.5.5/', { timeoutMs: 2000 })
    const open = await ask(client)
    cluster.objects.create(networkPolicies, {
      ...denyAll,
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    })
    await cluster.settle()
    return { cluster, worker, worker2, client, web, ask, open }
  }

  test("kindnet drops what no rule allows, and the pod's own node always gets in", async () => {
    const { cluster, worker, worker2, client, ask, open } = await closed('kindnet')
    expect([open, await ask(client)]).toEqual(['web', 'timeout'])
    expect(await cluster.get(worker2.network.sockets, 'http://10.96.5.5/')).toBe('web')
    expect(await cluster.get(worker.network.sockets, 'http://10.96.5.5/')).toBe('timeout')
    const hops: Hop[] = []
    await cluster.get(client.network.sockets, 'http://10.96.5.5/', {
      trace: { hop: (hop) => hops.push(hop) },
    })
    expect(hops.at(-1)).toMatchObject({ at: 'fairlead-worker2', kind: 'drop' })
    expect(hops.at(-2)?.detail).toMatch(
      /^ingress of demo\/web is isolated by NetworkPolicy demo\/default-deny, and no rule allows TCP from 10.244.1.2 to 10.244.2.2:8080$/,
    )
  })

  test("a namespace's new label opens what a selector names", async () => {
    const { cluster, worker, ask } = await closed('kindnet')
    const guest = cluster.pod(worker, 'guest', { namespace: 'elsewhere' })
    cluster.objects.create(networkPolicies, {
      ...denyAll,
      metadata: { name: 'allow', namespace: 'demo' },
      spec: {
        podSelector: {},
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] }],
      },
    })
    await cluster.settle()
    expect(await ask(guest)).toBe('timeout')
    cluster.objects.mutate(namespaces, { name: 'elsewhere' }, (draft) => {
      draft.metadata = { ...draft.metadata, labels: { ...draft.metadata?.labels, team: 'shop' } }
    })
    await cluster.settle()
    expect(await ask(guest)).toBe('web')
  })

  test('what is established goes on', async () => {
    const cluster = await testCluster('kindnet')
    const [, worker, worker2] = cluster.nodes
    const client = cluster.pod(worker, 'client')
    const web = cluster.pod(worker2, 'web')
    const connection = await client.network.sockets.connect({ to: { address: web.address, port: 8080 } })
    cluster.objects.create(networkPolicies, {
      ...denyAll,
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    })
    await cluster.settle()
    await connection.write(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: web\r\n\r\n'))
    expect(new TextDecoder().decode(await connection.read())).toMatch(/^HTTP\/1.1 200 OK/)
  })

  test("an ipBlock of the outside host lets it in through the pod's own node alone", async () => {
    const { cluster, worker, worker2 } = await closed('kindnet')
    cluster.objects.create(networkPolicies, {
      ...denyAll,
      metadata: { name: 'outside', namespace: 'demo' },
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '172.18.0.9/32' } }] }] },
    })
    await cluster.settle()
    const { sockets } = cluster.outside
    expect(await cluster.get(sockets, `http://${worker2.address}:30080/`)).toBe('web')
    expect(await cluster.get(sockets, `http://${worker.address}:30080/`)).toBe('timeout')
  })

  test('Flannel enforces nothing', async () => {
    const { client, ask } = await closed('flannel')
    expect(await ask(client)).toBe('web')
  })
})
