// The states of a real cluster that tests tell to a page, in the words that a server would use.
import type { ClusterChoice, Step } from '../../../sandbox-server/contract/sandbox.ts'
import type { ToldSandbox } from './told-server.ts'

export const choices: readonly ClusterChoice[] = [
  { provider: 'simulated', default: true, expectedMs: 400 },
  { provider: 'kind', default: false, expectedMs: 41_800 },
]

export const ready = {
  state: 'ready' as const,
  provider: 'simulated' as const,
  reason: 'Your cluster is ready.',
  nodes: ['fairlead-control-plane', 'fairlead-worker', 'fairlead-worker2'],
  expiresAt: Date.now() + 3_600_000,
} satisfies ToldSandbox

const names = ['Image', 'Nodes', 'Control plane', 'Network plugin', 'Extras', 'Toolbox', 'First contact']
const took = [310, 5_400, 14_200, 3_100, 2_800, 900, 600]

/** The start of a kind cluster while the step of this index runs. */
export function startingAt(index: number, detail?: string) {
  const steps: Step[] = names.map((name, at) => {
    if (at < index) return { name, state: 'done', durationMs: took[at] ?? 0 }
    if (at > index) return { name, state: 'waiting' }
    return { name, state: 'running', ...(detail === undefined ? {} : { detail }) }
  })
  return {
    state: 'starting',
    provider: 'kind',
    reason: 'Your cluster starts.',
    steps,
    expectedMs: 41_800,
  } as const
}

export const queued = {
  state: 'queued',
  provider: 'kind',
  reason: 'All clusters of this server are in use. Yours starts as soon as one is free.',
  place: 3,
  expectedWaitMs: 163_000,
} as const

export const cancelled = {
  state: 'stopped',
  provider: 'kind',
  reason: 'You cancelled the start.',
  kept: 'Your files are kept.',
} as const

export const suspended = {
  state: 'stopped',
  provider: 'kind',
  reason: 'Nothing was done for 60 minutes.',
  kept: 'Files, cluster and terminal are kept.',
} as const

const log = [
  'Creating cluster "fairlead-q7-x3f9" ...',
  ' • Ensuring node image (kindest/node:v1.37.2)  ...',
  ' ✓ Ensuring node image (kindest/node:v1.37.2)',
  ' • Preparing nodes ...',
  ' ✓ Preparing nodes',
  ' • Starting control-plane ...',
  ' ✗ Starting control-plane',
  'ERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec --privileged fairlead-q7-x3f9-control-plane kubeadm init --config=/kind/kubeadm.conf --skip-token-print --v=6" failed with error: exit status 1',
  'Command Output: I1128 09:31:07.482113     214 initconfiguration.go:261] loading configuration from "/kind/kubeadm.conf"',
  '[init] Using Kubernetes version: v1.37.2',
  '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s',
  '[kubelet-check] The kubelet is not healthy after 4m0.000421331s',
  'error: the kubelet is not running, most likely because cgroups are not configured as kubelet expects',
].join('\n')

export const failed = {
  state: 'failed',
  provider: 'kind',
  reason: 'kind stopped at "Starting control-plane": the kubelet did not become healthy in 4 minutes.',
  hint: 'Everything of it was removed, your files are kept. Try again, or go on with a simulated cluster.',
  steps: [
    { name: 'Image', state: 'done', durationMs: 310 },
    { name: 'Nodes', state: 'done', durationMs: 5_400 },
    { name: 'Control plane', state: 'failed', durationMs: 241_300, detail: 'exit status 1' },
    { name: 'Network plugin', state: 'waiting' },
    { name: 'Extras', state: 'waiting' },
    { name: 'Toolbox', state: 'waiting' },
    { name: 'First contact', state: 'waiting' },
  ] satisfies Step[],
  log,
} as const
