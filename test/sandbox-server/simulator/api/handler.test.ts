// The API over Request and Response, as clients use it: tables, watches, patches, apply, paging.
import { beforeEach, expect, test } from 'vitest'
import { type ApiHandler, createApiHandler } from '../../../../sandbox-server/simulator/api/handler.ts'
import { createObjectStore, type ObjectStore } from '../../../../sandbox-server/simulator/api/object-store.ts'
import { configMaps, namespaces } from '../../../../sandbox-server/simulator/api/resources.ts'
import { SimulatedClock } from '../../../../sandbox-server/simulator/clock.ts'
import { seededRandom } from '../../../../sandbox-server/simulator/random.ts'

let clock: SimulatedClock
let store: ObjectStore
let handle: ApiHandler

beforeEach(() => {
  clock = new SimulatedClock(Date.parse('2026-11-24T12:00:00Z'))
  store = createObjectStore({ clock, random: seededRandom(1) })
  store.create(namespaces, { metadata: { name: 'demo' } })
  handle = createApiHandler({ store })
})

const maps = '/api/v1/namespaces/demo/configmaps'
const add = (name: string, data: Record<string, string> = {}) =>
  store.create(configMaps, { metadata: { name, namespace: 'demo' }, data }, { fieldManager: 'test' })

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const response = await handle(new Request(`https://api.test${path}`, { method, headers, ...init }))
  return { status: response.status, body: (await response.json()) as never, response }
}

test('an unknown object is a Status in the words of the real server', async () => {
  expect(await ask('GET', `${maps}/x`)).toMatchObject({
    status: 404,
    body: {
      kind: 'Status',
      message: 'configmaps "x" not found',
      reason: 'NotFound',
      details: { name: 'x', kind: 'configmaps' },
      code: 404,
    },
  })
})

test('kubectl get asks for a table and gets its columns and cells', async () => {
  add('settings', { a: '1', b: '2' })
  await clock.advance(65_000)
  const { body } = await ask('GET', maps, undefined, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  })
  const table = body as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] }
  expect(table.columnDefinitions.map((column) => column.name)).toEqual(['Name', 'Data', 'Age'])
  expect(table.rows.map((row) => row.cells)).toEqual([['settings', 2, '65s']])
})

test('a list comes in pages', async () => {
  for (const name of ['a', 'b', 'c']) add(name)
  const first = (await ask('GET', `${maps}?limit=2`)).body as {
    metadata: { continue: string }
    items: unknown[]
  }
  expect(first.metadata).toMatchObject({ remainingItemCount: 1 })
  expect(first.items).toHaveLength(2)
  const next = await ask('GET', `${maps}?limit=2&continue=${encodeURIComponent(first.metadata.continue)}`)
  expect(
    (next.body as { items: { metadata: { name: string } }[] }).items.map((one) => one.metadata.name),
  ).toEqual(['c'])
})

test('a watch with initial events ends them with a bookmark and goes on', async () => {
  add('a')
  const query =
    'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=5'
  const response = await handle(new Request(`https://api.test${maps}?${query}`))
  add('b')
  await clock.advance(6000)
  const events = (await response.text())
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { type: string; object: { metadata: { name?: string; annotations?: object } } },
    )
  expect(
    events.map(({ type, object }) => [type, object.metadata.name ?? object.metadata.annotations]),
  ).toEqual([
    ['ADDED', 'a'],
    ['BOOKMARK', { 'k8s.io/initial-events-end': 'true' }],
    ['ADDED', 'b'],
  ])
})

test('server-side apply refuses to take a field, and takes it by force', async () => {
  const config = (colour: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 's' },
    data: { colour },
  })
  const apply = (manager: string, colour: string, force = '') =>
    ask('PATCH', `${maps}/s?fieldManager=${manager}${force}`, config(colour), {
      'content-type': 'application/apply-patch+yaml',
    })
  expect((await apply('one', 'blue')).status).toBe(201)
  expect(await apply('two', 'red')).toMatchObject({
    status: 409,
    body: { message: 'Apply failed with 1 conflict: conflict with "one": .data.colour', reason: 'Conflict' },
  })
  expect(await apply('two', 'red', '&force=true')).toMatchObject({
    status: 200,
    body: { data: { colour: 'red' }, metadata: { managedFields: [{ manager: 'two', operation: 'Apply' }] } },
  })
})

test('server-side apply names the field whose value has the wrong type', async () => {
  const config = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'applied' },
    spec: { ports: [{ port: 'eighty' }] },
  }
  const path = '/api/v1/namespaces/default/services/applied?fieldManager=one'
  const answer = await ask('PATCH', path, config, { 'content-type': 'application/apply-patch+yaml' })
  expect(answer).toMatchObject({
    status: 500,
    // Recorded from Kubernetes 1.37.2.
    body: {
      message:
        'failed to create typed patch object (default/applied; /v1, Kind=Service): .spec.ports[port="eighty",protocol="TCP"].port: expected numeric (int or float), got string',
    },
  })
})

test('a strategic merge patch merges lists by their keys and obeys its directives', async () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: {
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53 },
      ],
      selector: { app: 'web' },
    },
  }
  await ask('POST', '/api/v1/namespaces/demo/services', service, { 'content-type': 'application/json' })
  const patch = {
    spec: {
      ports: [
        { port: 80, targetPort: 8080 },
        { port: 53, $patch: 'delete' },
      ],
    },
  }
  const { body } = await ask('PATCH', '/api/v1/namespaces/demo/services/web', patch, {
    'content-type': 'application/strategic-merge-patch+json',
  })
  expect((body as { spec: { ports: unknown } }).spec.ports).toEqual([
    { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 },
  ])
})

test('Endpoints come with a warning', async () => {
  const { response } = await ask('GET', '/api/v1/namespaces/demo/endpoints')
  expect(response.headers.get('warning')).toBe(
    '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
  )
})
