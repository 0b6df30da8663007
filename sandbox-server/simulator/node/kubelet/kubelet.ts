// The kubelet of one node: a worker for every pod that is bound to it, the node's own status, and static pods. Everything it learns
// it learns from the API's objects, everything it does it tells there.
import type { Pod } from '../../../contract/kubernetes.ts'
import type { Stored, WatchEvent } from '../../api/objects.ts'
import { nodes, pods } from '../../api/resources.ts'
import { createEventRecorder } from '../../controllers/runtime/events.ts'
import { ImagePuller } from './image-puller.ts'
import type { KubeletContext, KubeletParts, KubeletSnapshot } from './kubelet-parts.ts'
import { reportNode } from './node-status.ts'
import type { PodContainer } from './pod-container.ts'
import { PodWorker } from './pod-worker.ts'

export interface Kubelet {
  readonly nodeName: string
  /** The pod's worker, as the API names the pod. */
  pod(namespace: string, name: string): PodWorker | undefined
  /** A container that runs; the first of the pod where none is named. */
  runningContainer(namespace: string, pod: string, container?: string): PodContainer | undefined
  /** For `crictl ps`. */
  pods(): readonly PodWorker[]
  snapshot(): KubeletSnapshot
  /** Stops reporting and probing. Containers are not told: the node is gone as if its power were cut. */
  dispose(): void
}

export function startKubelet(given: KubeletParts): Kubelet {
  const source = { component: 'kubelet', host: given.nodeName }
  const parts: KubeletContext = { ...given, events: createEventRecorder(given, source) }
  const puller = new ImagePuller(parts)
  const workers = new Map<string, PodWorker>()
  const stop = new AbortController()

  const begin = (pod: Stored<Pod>) => {
    const snapshot = parts.snapshot?.pods.find((one) => one.uid === pod.metadata.uid)
    const worker = new PodWorker(parts, puller, pod, snapshot)
    workers.set(pod.metadata.uid, worker)
    worker.live().catch((error: unknown) => {
      // Nothing else would see a defect of the simulator: the pod's events do.
      const text = error instanceof Error ? error.message : String(error)
      const about = { apiVersion: 'v1', kind: 'Pod', ...identityOf(pod) }
      if (!stop.signal.aborted)
        parts.events.record(about, 'Warning', 'FailedSync', `simulator error: ${text}`)
    })
  }
  const hear = (event: WatchEvent<Pod>) => {
    const pod = event.object
    if (pod.spec?.nodeName !== parts.nodeName) return
    const { uid } = pod.metadata
    const worker = workers.get(uid)
    if (event.type === 'DELETED') {
      worker?.forget()
      workers.delete(uid)
      restoreMirror(parts, pod)
    } else if (worker) worker.update(pod)
    else begin(pod)
  }

  reportNode(parts, stop.signal)
  for (const pod of parts.staticPods ?? []) createMirror(parts, pod)
  // All pods, not only those of the node: a selector costs more than the comparison in `hear`.
  const unwatch = parts.objects.watch(pods, hear)

  const find = (namespace: string, name: string) =>
    [...workers.values()].find(
      ({ pod }) => pod.metadata.name === name && pod.metadata.namespace === namespace,
    )
  return {
    nodeName: parts.nodeName,
    pod: find,
    runningContainer(namespace, name, container) {
      const found = find(namespace, name)?.container(container)
      return found?.instance ? found : undefined
    },
    pods: () => [...workers.values()],
    snapshot: () => ({
      pods: [...workers.values()].flatMap((worker) => worker.snapshot() ?? []),
    }),
    dispose() {
      stop.abort()
      unwatch()
      for (const worker of workers.values()) worker.forget()
      workers.clear()
    },
  }
}

function identityOf(pod: Stored<Pod>) {
  const { namespace, name, uid } = pod.metadata
  return { namespace, name, uid }
}

const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** The API's picture of a static pod (pkg/kubelet/pod/mirror_client.go). Here it is what the kubelet works from, too. */
function createMirror(parts: KubeletContext, pod: Pod): void {
  const name = `${pod.metadata?.name}-${parts.nodeName}`
  const namespace = pod.metadata?.namespace ?? 'kube-system'
  if (parts.objects.get(pods, { namespace, name })) return
  const hash = [...name].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0, 7)
  const config = hash.toString(16).padStart(8, '0').repeat(4)
  const uid = parts.objects.get(nodes, { name: parts.nodeName })?.metadata.uid
  parts.objects.create(pods, {
    ...pod,
    metadata: {
      ...pod.metadata,
      name,
      namespace,
      annotations: {
        ...pod.metadata?.annotations,
        'kubernetes.io/config.hash': config,
        [mirrorAnnotation]: config,
        'kubernetes.io/config.seen': new Date(parts.clock.now()).toISOString(),
        'kubernetes.io/config.source': 'file',
      },
      ...(uid
        ? {
            ownerReferences: [
              { apiVersion: 'v1', kind: 'Node', name: parts.nodeName, uid, controller: true },
            ],
          }
        : {}),
    },
    spec: {
      ...pod.spec,
      containers: pod.spec?.containers ?? [],
      nodeName: parts.nodeName,
      tolerations: [{ effect: 'NoExecute', operator: 'Exists' }],
    },
  })
}

function restoreMirror(parts: KubeletContext, gone: Stored<Pod>): void {
  if (gone.metadata.annotations?.[mirrorAnnotation] === undefined) return
  for (const pod of parts.staticPods ?? []) createMirror(parts, pod)
}
