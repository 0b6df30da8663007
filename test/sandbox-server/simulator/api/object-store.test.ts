// The object store's promises to controllers and kubelets: versions, watches, deletions.
import { beforeEach, describe, expect, test } from 'vitest'
import { createObjectStore, type ObjectStore } from '../../../../sandbox-server/simulator/api/object-store.ts'
import {
  configMaps,
  namespaces,
  pods,
  serviceAccounts,
} from '../../../../sandbox-server/simulator/api/resources.ts'
import { SimulatedClock } from '../../../../sandbox-server/simulator/clock.ts'
import { seededRandom } from '../../../../sandbox-server/simulator/random.ts'

let clock: SimulatedClock
let store: ObjectStore

beforeEach(() => {
  clock = new SimulatedClock(Date.parse('2026-11-24T12:00:00Z'))
  store = createObjectStore({ clock, random: seededRandom(1) })
  store.create(namespaces, { metadata: { name: 'demo' } })
})

const settings = (data: Record<string, string>) => ({
  metadata: { name: 'settings', namespace: 'demo' },
  data,
})

describe('writes', () => {
  test('a creation gets a uid, a time, a version and its owner of fields', () => {
    expect(store.create(configMaps, settings({ a: '1' }), { fieldManager: 'tester' })).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'settings',
        namespace: 'demo',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: '3',
        creationTimestamp: '2026-11-24T12:00:00Z',
        managedFields: [
          {
            manager: 'tester',
            operation: 'Update',
            apiVersion: 'v1',
            time: '2026-11-24T12:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
          },
        ],
      },
      data: { a: '1' },
    })
  })

  test('a write that changes nothing keeps the resourceVersion', () => {
    const created = store.create(configMaps, settings({ a: '1' }))
    expect(store.update(configMaps, settings({ a: '1' }))).toBe(created)
  })

  test('a stale resourceVersion is refused in the words of the real server', () => {
    const created = store.create(configMaps, settings({ a: '1' }))
    store.update(configMaps, settings({ a: '2' }))
    expect(() => store.update(configMaps, created)).toThrow(
      'Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again',
    )
  })

  test('what two managers set is taken over by the last one', () => {
    store.create(configMaps, settings({ a: '1', b: '1' }), { fieldManager: 'first' })
    const object = store.update(configMaps, settings({ a: '1', b: '2' }), { fieldManager: 'second' })
    expect(object.metadata.managedFields?.map((entry) => [entry.manager, entry.fieldsV1])).toEqual([
      ['first', { 'f:data': { '.': {}, 'f:a': {} } }],
      ['second', { 'f:data': { 'f:b': {} } }],
    ])
  })

  test('a namespace that is missing or goes away takes no objects', () => {
    expect(() => store.create(configMaps, { metadata: { name: 'x', namespace: 'nowhere' } })).toThrow(
      'namespaces "nowhere" not found',
    )
    store.delete(namespaces, { name: 'demo' })
    expect(() => store.create(configMaps, settings({}))).toThrow(
      'configmaps "settings" is forbidden: unable to create new content in namespace demo because it is being terminated',
    )
  })
})

describe('watches', () => {
  test('tell what is there, then what changes, in order and never inside the write', async () => {
    const seen: string[] = []
    store.create(configMaps, settings({ a: '1' }))
    store.watch(configMaps, (event) => seen.push(`${event.type} ${event.object.data?.['a']}`))
    store.update(configMaps, settings({ a: '2' }))
    store.delete(configMaps, { namespace: 'demo', name: 'settings' })
    expect(seen).toEqual([])
    await clock.advance(0)
    expect(seen).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2'])
  })

  test('see an object come and go when its labels do', async () => {
    const seen: string[] = []
    store.watch(configMaps, (event) => seen.push(event.type), { labelSelector: 'app=web' })
    store.create(configMaps, settings({}))
    store.mutate(configMaps, { namespace: 'demo', name: 'settings' }, (draft) => {
      draft.metadata = { ...draft.metadata, labels: { app: 'web' } }
    })
    store.mutate(configMaps, { namespace: 'demo', name: 'settings' }, (draft) => {
      draft.metadata = { ...draft.metadata, labels: {} }
    })
    await clock.advance(0)
    expect(seen).toEqual(['ADDED', 'DELETED'])
  })
})

describe('deletion', () => {
  const running = (nodeName?: string) => ({
    metadata: { name: 'web', namespace: 'demo' },
    spec: {
      containers: [{ name: 'c', image: 'nginx' }],
      ...(nodeName ? { nodeName } : {}),
      terminationGracePeriodSeconds: 30,
      automountServiceAccountToken: false,
      serviceAccountName: 'default',
    },
  })

  test('a finalizer keeps an object until it is removed', () => {
    store.create(configMaps, {
      metadata: { name: 'kept', namespace: 'demo', finalizers: ['a.example/wait'] },
    })
    const key = { namespace: 'demo', name: 'kept' }
    store.delete(configMaps, key)
    expect(store.get(configMaps, key)?.metadata.deletionTimestamp).toBe('2026-11-24T12:00:00Z')
    store.mutate(configMaps, key, (draft) => {
      draft.metadata = { ...draft.metadata, finalizers: [] }
    })
    expect(store.get(configMaps, key)).toBeUndefined()
  })

  test('a scheduled pod waits for its kubelet, an unscheduled one does not', () => {
    const key = { namespace: 'demo', name: 'web' }
    store.create(serviceAccounts, { metadata: { name: 'default', namespace: 'demo' } })
    store.create(pods, running('fairlead-worker'))
    store.delete(pods, key)
    expect(store.get(pods, key)?.metadata).toMatchObject({
      deletionTimestamp: '2026-11-24T12:00:30Z',
      deletionGracePeriodSeconds: 30,
    })
    store.delete(pods, key, { gracePeriodSeconds: 0 })
    expect(store.get(pods, key)).toBeUndefined()
    store.create(pods, running())
    store.delete(pods, key)
    expect(store.get(pods, key)).toBeUndefined()
  })

  test('a namespace goes when its finalizer does', () => {
    store.delete(namespaces, { name: 'demo' })
    expect(store.get(namespaces, { name: 'demo' })?.status).toEqual({ phase: 'Terminating' })
    store.mutate(
      namespaces,
      { name: 'demo' },
      (draft) => {
        draft.spec = { finalizers: [] }
      },
      { subresource: 'finalize' },
    )
    expect(store.get(namespaces, { name: 'demo' })).toBeUndefined()
  })
})

test('a snapshot restores every object and version', () => {
  store.create(configMaps, settings({ a: '1' }))
  const snapshot = JSON.parse(JSON.stringify(store.snapshot()))
  const restored = createObjectStore({ clock, random: seededRandom(2), snapshot })
  expect(restored.snapshot()).toEqual(snapshot)
})
