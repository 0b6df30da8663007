// Waits until a cluster has come to rest after a change: what pods, endpoints and nodes say has not changed for a while.

import type { ClusterClient } from '../contract/cluster.ts'
import type { Timers } from '../platform/host-timers.ts'

const watched = [
  '/api/v1/pods',
  '/api/v1/nodes',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/daemonsets',
  '/apis/discovery.k8s.io/v1/endpointslices',
  '/apis/networking.k8s.io/v1/ingresses',
]
const quietMs = 4_000
/** While a pod is Pending, whoever works on it may be in a back-off between two attempts. */
const quietWhilePendingMs = 12_000
const pollMs = 500
/** A pod that crashes again and again never comes to rest; what is wrong then shows by now. */
const limitMs = 60_000

export async function settled(client: ClusterClient, timers: Timers, signal: AbortSignal): Promise<void> {
  const startedAt = timers.now()
  let seen = ''
  let since = startedAt
  while (timers.now() - startedAt < limitMs) {
    const now = await picture(client)
    if (now !== seen) since = timers.now()
    seen = now
    const quiet = now.includes('"phase":"Pending"') ? quietWhilePendingMs : quietMs
    if (timers.now() - since >= quiet) return
    await new Promise<void>((resolve) => timers.setTimeout(resolve, pollMs))
    signal.throwIfAborted()
  }
}

/** Status of everything watched, without the heartbeats of nodes. */
async function picture(client: ClusterClient): Promise<string> {
  const parts = await Promise.all(
    watched.map(async (path) => {
      const response = await client.kubernetes(new Request(`http://cluster${path}`))
      if (!response.ok) return ''
      const { items } = (await response.json()) as { items: unknown[] }
      return JSON.stringify(items, (key, value) =>
        ['lastHeartbeatTime', 'resourceVersion', 'managedFields'].includes(key) ? undefined : value,
      )
    }),
  )
  return parts.join('\n')
}
