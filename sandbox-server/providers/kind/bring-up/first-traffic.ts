// Real traffic as the last proof that a cluster works: every node reaches cluster DNS by its Service.
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../../contract/errors.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'

export interface FirstTrafficOptions {
  readonly signal: AbortSignal
  /** Default 60 s. */
  readonly deadlineMs?: number | undefined
}

/** kubeadm gives kube-dns the tenth address of the Services' network, which is kind's default. */
const dnsAddress = '10.96.0.10'

/**
 * A connection takes kube-proxy's rules on the node, a route to the pod and a CoreDNS that listens; what the API says of them
 * may be ahead of the node, or behind it. Throws AppError PROVIDER_FAILED naming the node.
 */
export async function waitForTraffic(
  engine: ContainerEngine,
  { nodes, spec }: Pick<ClusterRecord, 'nodes' | 'spec'>,
  { signal, deadlineMs = 60_000 }: FirstTrafficOptions,
): Promise<void> {
  if (spec.cni === 'none' || spec.kubeProxy === 'none') return
  const deadline = performance.now() + deadlineMs
  await Promise.all(
    nodes.map(async ({ name, container }) => {
      while (!(await reaches(engine, container, signal))) {
        if (performance.now() >= deadline) throw unreachable(name)
        await sleep(100, undefined, { signal })
      }
    }),
  )
}

async function reaches(engine: ContainerEngine, container: string, signal: AbortSignal): Promise<boolean> {
  const connect = ['timeout', '1', 'bash', '-c', `: </dev/tcp/${dnsAddress}/53`]
  try {
    await engine.run(['exec', container, ...connect], { signal })
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

function unreachable(node: string): AppError {
  return new AppError('PROVIDER_FAILED', `Node ${node} does not reach cluster DNS at ${dnsAddress}.`, {
    hint: 'Try again. If it happens again, look for a firewall on this machine that drops forwarded packets.',
  })
}
