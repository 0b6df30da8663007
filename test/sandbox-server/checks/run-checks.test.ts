import { describe, expect, it } from 'vitest'
import { runChecks } from '../../../sandbox-server/checks/run-checks.ts'
import { checkSchema } from '../../../sandbox-server/contract/check.ts'
import type { Target, Vantage } from '../../../sandbox-server/contract/cluster.ts'
import { AppError } from '../../../sandbox-server/contract/errors.ts'
import { clock, fakeCluster } from './fake-cluster.ts'

const ready = { conditions: [{ type: 'Ready', status: 'True' }], phase: 'Running' }
const webPod = {
  metadata: { name: 'web-1', namespace: 'demo', labels: { app: 'web' } },
  status: { ...ready, podIP: '10.244.1.5' },
}
const clientPod = {
  metadata: { name: 'client', namespace: 'demo', labels: { app: 'client' } },
  status: { ...ready, podIP: '10.244.2.9' },
}
const service = (selector: Record<string, string>, port = 80) => ({
  metadata: { name: 'web', namespace: 'demo' },
  spec: { selector, clusterIP: '10.96.0.50', type: 'ClusterIP', ports: [{ port, targetPort: 8080 }] },
})
const slice = (addresses: string[], port: number | undefined = 8080) => ({
  metadata: { name: 'web-abcde', namespace: 'demo', labels: { 'kubernetes.io/service-name': 'web' } },
  ports: [{ ...(port === undefined ? {} : { port }) }],
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
})
const traffic = checkSchema.parse({
  id: 'traffic',
  kind: 'traffic',
  title: 'client reaches web',
  weight: 40,
  from: { pod: 'client' },
  to: { host: 'web', port: 80, path: '/hostname' },
})

function cluster(given: {
  services?: ReturnType<typeof service>[]
  slices?: ReturnType<typeof slice>[]
  policies?: object[]
  traffic?: (from: Vantage, to: Target) => object
}) {
  return fakeCluster({
    objects: {
      '/api/v1/namespaces/demo/pods': [webPod, clientPod],
      '/api/v1/namespaces/demo/services': given.services ?? [],
      '/apis/discovery.k8s.io/v1/namespaces/demo/endpointslices': given.slices ?? [],
      '/apis/networking.k8s.io/v1/namespaces/demo/networkpolicies': given.policies ?? [],
      '/api/v1/namespaces': [{ metadata: { name: 'demo' } }],
    },
    traffic: (from, to) => given.traffic?.(from, to) ?? { outcome: 'refused', address: '10.96.0.50' },
  })
}

async function run(client: ReturnType<typeof cluster>, checks = [traffic], quiz = {}) {
  const signal = new AbortController().signal
  return runChecks({ exercise: { namespace: 'demo', checks }, client, quiz, clock, signal })
}

describe('a traffic check that fails names the hop', () => {
  it.each([
    [
      'name',
      cluster({ traffic: () => ({ outcome: 'no-name' }) }),
      'service',
      'The name web does not resolve: there is no Service web in namespace demo. See kubectl get services -n demo.',
    ],
    [
      'port of the Service',
      cluster({ services: [service({ app: 'web' }, 8080)], slices: [slice(['10.244.1.5'])] }),
      'service',
      'Looked for web:80; the Service offers 8080/TCP only. port is what clients call, targetPort what pods listen on.',
    ],
    [
      'selector',
      cluster({ services: [service({ app: 'wbe' })], slices: [slice([])] }),
      'endpoints',
      'Service web has no endpoints: its selector app=wbe matches 0 pods. Compare it with kubectl get pods -n demo --show-labels.',
    ],
    [
      "pod's port",
      cluster({ services: [service({ app: 'web' })], slices: [slice(['10.244.1.5'], 9999)] }),
      'pod-port',
      'The packet reached 10.244.1.5:9999 and was refused: nothing in pod web-1 listens there. Compare targetPort with the port that the process listens on, see kubectl describe pod web-1 and ss -ltn in the pod.',
    ],
    [
      'policy',
      cluster({
        services: [service({ app: 'web' })],
        slices: [slice(['10.244.1.5'])],
        policies: [
          {
            metadata: { name: 'deny', namespace: 'demo' },
            spec: { podSelector: {}, policyTypes: ['Ingress'] },
          },
        ],
        traffic: () => ({ outcome: 'timeout', address: '10.96.0.50' }),
      }),
      'policy',
      'client to web-1:8080 is blocked by policy: ingress of web-1 is selected by deny, and no rule of deny lets it pass. See kubectl describe networkpolicy.',
    ],
    [
      "node's rules",
      cluster({
        services: [service({ app: 'web' })],
        slices: [slice(['10.244.1.5'])],
        traffic: (_, to) => ({ outcome: to.host === 'web' ? 'timeout' : 'answered', address: '10.96.0.50' }),
      }),
      'kube-proxy',
      "Pod web-1 answers client at its own address, web does not: the rules on the sender's node do not lead there. See kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide.",
    ],
  ])('%s', async (_, client, failingHop, message) => {
    const [result] = await run(client)
    expect({ hop: result?.failingHop, message: result?.message, points: result?.points }).toEqual({
      hop: failingHop,
      message,
      points: 0,
    })
  })
})

describe('a run of checks', () => {
  it('counts strangers among the answers', async () => {
    const check = checkSchema.parse({ ...traffic, connections: 4, expect: { everyBody: '^web-' } })
    let turn = 0
    const client = cluster({
      services: [service({ app: 'web' })],
      traffic: () => ({ body: turn++ % 2 ? 'web-1' : 'cart-1' }),
    })
    const [result] = await run(client, [check])
    expect(result?.message).toMatch(/^2 of 4 answers from http:\/\/web:80\/hostname came from another pod/)
  })

  it('gives partial credit for each right cell of a matrix', async () => {
    const cell = (host: string, expected: string) => ({
      from: { pod: 'client' },
      to: { host, port: 80 },
      expect: expected,
    })
    const check = checkSchema.parse({
      id: 'matrix',
      kind: 'matrix',
      title: 'who reaches whom',
      weight: 60,
      cells: [cell('web', 'answered'), cell('db', 'blocked'), cell('cart', 'blocked')],
    })
    const client = cluster({ traffic: (_, to) => ({ outcome: to.host === 'db' ? 'timeout' : 'answered' }) })
    const [result] = await run(client, [check])
    expect({ points: result?.points, outcome: result?.outcome }).toEqual({ points: 40, outcome: 'partial' })
    expect(result?.message).toContain('client to cart:80: looked for blocked, it was answered')
  })

  it('asks for an answer to a quiz, and explains the one that is chosen', async () => {
    const quiz = checkSchema.parse({
      id: 'q',
      kind: 'quiz',
      title: 'a question here',
      weight: 10,
      question: 'Which?',
      options: [
        { id: 'a', text: 'A', because: 'No.' },
        { id: 'b', text: 'B', correct: true, because: 'Yes.' },
      ],
    })
    const outcomes = await Promise.all(
      [{}, { q: 'a' }, { q: 'b' }].map((answers) => run(cluster({}), [quiz], answers)),
    )
    expect(outcomes.map(([one]) => [one?.outcome, one?.points, one?.message])).toEqual([
      ['unanswered', 0, 'Choose an answer, then check again.'],
      ['failed', 0, 'No.'],
      ['passed', 10, 'Yes.'],
    ])
  })

  it('looks at the certificate that an https target showed', async () => {
    const secure = checkSchema.parse({
      ...traffic,
      to: { protocol: 'https', host: '172.18.0.3', port: 443, serverName: 'shop.example' },
      expect: { certificateName: 'shop.example', status: 200 },
    })
    const showing = (name: string) =>
      cluster({
        traffic: () => ({
          outcome: 'answered',
          status: 200,
          certificate: { subject: `CN=${name}`, issuer: 'CN=Test', names: [name], notAfter: 0 },
        }),
      })
    const messages = await Promise.all(
      ['shop.example', '*.example', 'default.local'].map(async (name) => {
        const [result] = await run(showing(name), [secure])
        return [result?.points, result?.message]
      }),
    )
    const did = 'client -> https://172.18.0.3:443/ with server name shop.example'
    expect(messages).toEqual([
      [40, `${did}: 1 of 1 answered, status 200.`],
      [40, `${did}: 1 of 1 answered, status 200.`],
      [
        0,
        `${did}: looked for a certificate for shop.example, was shown CN=default.local for default.local. Compare the Secret with kubectl describe ingress.`,
      ],
    ])
  })

  it('turns a broken cluster into an error result instead of failing whole', async () => {
    const broken = { ...cluster({}), kubernetes: () => Promise.reject(new Error('connection lost')) }
    const [result] = await run(broken)
    expect(result?.outcome).toBe('error')
    expect(result?.message).toBe(
      "This check could not be run: connection lost. Look at the cluster's state, then check again.",
    )
  })

  it('says what to do next where what broke knows it', async () => {
    const error = new AppError('NOT_FOUND', 'Pod a is not running.', { hint: 'See kubectl get pods.' })
    const broken = { ...cluster({}), kubernetes: () => Promise.reject(error) }
    const [result] = await run(broken)
    expect(result?.message).toBe('This check could not be run: Pod a is not running. See kubectl get pods.')
  })

  it('rejects when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('page closed'))
    const exercise = { namespace: 'demo', checks: [traffic] }
    await expect(runChecks({ exercise, client: cluster({}), quiz: {}, clock, signal })).rejects.toThrow(
      'page closed',
    )
  })
})
