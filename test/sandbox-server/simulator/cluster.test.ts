// The thread through the whole simulator: a cluster boots, runs a Deployment behind a Service, and a pod's packet finds it.
import { afterEach, describe, expect, it } from 'vitest'
import {
  deployments,
  endpointSlices,
  nodes,
  pods,
  services,
} from '../../../sandbox-server/simulator/api/resources.ts'
import type {
  ClusterSnapshot,
  RunningMachine,
  SimulatedCluster,
} from '../../../sandbox-server/simulator/cluster.ts'
import { createCluster } from '../../../sandbox-server/simulator/cluster-assembly/create-cluster.ts'

const noon = Date.parse('2026-11-24T12:00:00Z')
const running: SimulatedCluster[] = []

async function cluster(
  cni: 'kindnet' | 'flannel' | 'none' = 'kindnet',
  snapshot?: ClusterSnapshot,
): Promise<SimulatedCluster> {
  const made = await createCluster({
    spec: { nodes: 3, cni },
    seed: 7,
    startsAt: noon,
    ...(snapshot && { snapshot }),
  })
  running.push(made)
  return made
}

afterEach(() => {
  for (const each of running.splice(0)) each.dispose()
})

/** Runs a command on a machine and gives its exit code and everything it wrote. */
async function run(on: SimulatedCluster, machine: RunningMachine | undefined, ...argv: string[]) {
  let output = ''
  const decoder = new TextDecoder()
  const stream = {
    async write(data: Uint8Array | string) {
      output += typeof data === 'string' ? data : decoder.decode(data)
    },
    end() {},
  }
  let code: number | undefined
  machine?.spawn(argv, { stdout: stream, stderr: stream }).then((exit) => {
    code = exit
  })
  await on.clock.runUntil(() => code !== undefined, 30_000)
  return { code, output }
}

const agnhost = 'registry.k8s.io/e2e-test-images/agnhost:2.66.1'
const labels = { app: 'web' }
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: 'web',
            image: agnhost,
            args: ['netexec', '--http-port=8080'],
            ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
}
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
}
const client = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client', namespace: 'default' },
  spec: { containers: [{ name: 'client', image: agnhost, args: ['pause'] }] },
}

async function withWeb(on: SimulatedCluster): Promise<SimulatedCluster> {
  on.apply([web, service, client], 'test')
  const key = { namespace: 'default', name: 'web' }
  const done = await on.clock.runUntil(
    () =>
      on.objects.get(deployments, key)?.status?.availableReplicas === 3 &&
      on.objects.get(pods, { ...key, name: 'client' })?.status?.phase === 'Running',
    60_000,
  )
  expect(done).toBe(true)
  await on.clock.advance(2_000)
  return on
}

const clientOf = (of: SimulatedCluster) => of.container({ namespace: 'default', name: 'client' })
const podNames = (of: SimulatedCluster) =>
  of.objects
    .list(pods, { namespace: 'default', labelSelector: 'app=web' })
    .map(({ metadata }) => metadata.name)

describe('a simulated cluster', () => {
  it.each(['kindnet', 'flannel'] as const)('runs a Deployment behind a Service on %s', async (cni) => {
    const on = await withWeb(await cluster(cni))
    const address = on.objects.get(services, { namespace: 'default', name: 'web' })?.spec?.clusterIP
    const answered = await run(on, clientOf(on), 'curl', '-sS', '-m', '3', `http://${address}/hostname`)
    expect(answered.code).toBe(0)
    expect(podNames(on)).toContain(answered.output)
    const named = await run(on, clientOf(on), 'curl', '-sS', '-m', '3', 'http://web/hostname')
    expect(podNames(on)).toContain(named.output)
  })

  it('lets a pod be asked from a node and sends its own traffic out under the node’s address', async () => {
    const on = await withWeb(await cluster())
    const slice = on.objects.list(endpointSlices, {
      namespace: 'default',
      labelSelector: 'kubernetes.io/service-name=web',
    })[0]
    const pod = slice?.endpoints[0]?.addresses[0]
    const fromNode = await run(
      on,
      on.node('fairlead-worker2'),
      'curl',
      '-sS',
      '-m',
      '3',
      `http://${pod}:8080/hostname`,
    )
    expect(podNames(on)).toContain(fromNode.output)
    const home = on.objects.get(pods, { namespace: 'default', name: 'client' })?.status?.hostIP
    const out = await run(on, clientOf(on), 'curl', '-sS', '-m', '3', 'http://172.18.0.200:8080/clientip')
    expect(out.output.split(':')[0]).toBe(home)
  })

  it('stays NotReady without a network plugin and tells why', async () => {
    const on = await cluster('none')
    const conditions = on.objects
      .list(nodes)
      .map(({ metadata, spec, status }) => [
        metadata.name,
        status?.conditions?.find(({ type }) => type === 'Ready')?.message,
        spec?.taints?.map(({ key, effect }) => `${key}:${effect}`),
      ])
    const why =
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
      'message:Network plugin returns error: cni plugin not initialized'
    const taint = 'node.kubernetes.io/not-ready:NoSchedule'
    expect(conditions).toEqual([
      ['fairlead-control-plane', why, ['node-role.kubernetes.io/control-plane:NoSchedule', taint]],
      ['fairlead-worker', why, [taint]],
      ['fairlead-worker2', why, [taint]],
    ])
  })

  it('comes back from its snapshot with the same pods, addresses and files, and answers at once', async () => {
    const before = await withWeb(await cluster())
    clientOf(before)?.files.write('/tmp/note', 'kept')
    const facts = (of: SimulatedCluster) =>
      of.objects
        .list(pods)
        .map(({ metadata, status }) => [
          metadata.name,
          metadata.uid,
          status?.phase,
          status?.podIP,
          status?.containerStatuses?.map(({ ready, restartCount }) => [ready, restartCount]),
        ])
    const snapshot: ClusterSnapshot = JSON.parse(JSON.stringify(before.snapshot()))
    const expected = facts(before)
    before.dispose()
    const after = await cluster('kindnet', snapshot)
    expect(facts(after)).toEqual(expected)
    expect(clientOf(after)?.files.readText('/tmp/note')).toBe('kept')
    const answered = await run(after, clientOf(after), 'curl', '-sS', '-m', '3', 'http://web/hostname')
    expect(podNames(after)).toContain(answered.output)
    expect(facts(after)).toEqual(expected)
  })

  it('repeats exactly with the same seed, and has names and uids of its own with another', async () => {
    const facts = async (seed: number) => {
      const made = await createCluster({ spec: { nodes: 3, cni: 'kindnet' }, seed, startsAt: noon })
      running.push(made)
      const on = await withWeb(made)
      return on.objects
        .list(pods, { namespace: 'default' })
        .map(({ metadata }) => [metadata.name, metadata.uid])
    }
    const first = await facts(11)
    expect(await facts(11)).toEqual(first)
    expect(await facts(12)).not.toEqual(first)
  })
})

describe('a cluster of one node', () => {
  it('runs pods on its control plane, which has neither the taint nor the label of one among others', async () => {
    const made = await createCluster({ spec: { nodes: 1, cni: 'kindnet' }, seed: 7, startsAt: noon })
    running.push(made)
    const [node] = made.objects.list(nodes)
    expect(node?.spec?.taints).toBeUndefined()
    expect(Object.keys(node?.metadata.labels ?? {}).filter((name) => name.startsWith('node'))).toEqual([
      'node-role.kubernetes.io/control-plane',
    ])
    expect(made.objects.list(deployments).map(({ status }) => status?.availableReplicas)).toEqual([2, 1])
  })
})
