// Binding a pod to a node. Source: pkg/registry/core/pod/storage/storage.go (BindingREST.assignPod).
import { badRequest, conflict, methodUnknown, notFound } from '../../api-error.ts'
import type { Call } from '../../handler.ts'
import { pods } from '../../resources.ts'
import { timestamp } from '../../store/deep-equal.ts'
import { readPlain } from '../body.ts'
import { json } from '../respond.ts'

interface Binding {
  metadata?: { name?: string }
  target?: { kind?: string; name?: string }
}

export async function bindPod(call: Call): Promise<Response> {
  if (call.request.method !== 'POST') throw methodUnknown()
  return assign(call, call.target.name ?? '', (await readPlain(call.request)) as Binding)
}

export async function createBinding(call: Call): Promise<Response> {
  if (call.request.method !== 'POST') throw methodUnknown()
  const binding = (await readPlain(call.request)) as Binding
  return assign(call, binding.metadata?.name ?? '', binding)
}

function assign(call: Call, name: string, binding: Binding): Response {
  const { store, target } = call
  const nodeName = binding.target?.name
  if (!nodeName) throw badRequest('target.name: Required value')
  const pod = store.get(pods, { namespace: target.namespace, name })
  if (!pod) throw notFound(pods, name)
  if (pod.metadata.deletionTimestamp) {
    throw conflict(
      { group: '', plural: 'pods/binding' },
      name,
      `pod ${name} is being deleted, cannot be assigned to a host`,
    )
  }
  if (pod.spec?.nodeName) {
    throw conflict(
      { group: '', plural: 'pods/binding' },
      name,
      `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`,
    )
  }
  store.mutate(
    pods,
    { namespace: target.namespace, name },
    (draft) => {
      if (draft.spec) draft.spec = { ...draft.spec, nodeName }
      const conditions = (draft.status?.conditions ?? []).filter((one) => one.type !== 'PodScheduled')
      const scheduled = {
        type: 'PodScheduled',
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: timestamp(store.clock.now()),
      }
      Object.assign(draft, { status: { ...draft.status, conditions: [...conditions, scheduled] } })
    },
    { fieldManager: 'kube-scheduler', subresource: 'binding' },
  )
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201)
}
