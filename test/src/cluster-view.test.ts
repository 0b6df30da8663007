// What the Cluster tab makes of the objects: who stands behind a Service, and where pods stand on the map.
import { describe, expect, it } from 'vitest'
import type { ClusterObject } from '../../sandbox-server/contract/socket.ts'
import { ofKind, podsBehind, shortPodName } from '../../src/components/topology/cluster-view.ts'
import { Placements } from '../../src/components/topology/placements.ts'

const object = (
  kind: ClusterObject['kind'],
  name: string,
  fields: Record<string, string>,
  namespace = 'demo',
): ClusterObject => ({
  kind,
  uid: name,
  namespace,
  name,
  fields,
})
const pod = (name: string, node: string, ip = '') =>
  object('Pod', name, { node, ip, status: 'Running', ready: '1/1' })

describe('podsBehind', () => {
  it('finds pods by the addresses in the slices of that Service and namespace, ready or not', () => {
    const service = object('Service', 'web', {})
    const objects = [
      service,
      pod('a', 'n1', '10.244.1.2'),
      pod('b', 'n1', '10.244.1.3'),
      pod('c', 'n1', '10.244.1.4'),
      object('EndpointSlice', 'web-1', { service: 'web', addresses: '10.244.1.2', notReady: '10.244.1.3' }),
      object(
        'EndpointSlice',
        'web-2',
        { service: 'web', addresses: '10.244.1.4', notReady: '' },
        'elsewhere',
      ),
      object('EndpointSlice', 'api-1', { service: 'api', addresses: '10.244.1.4', notReady: '' }),
    ]
    expect(podsBehind(service, new Map(objects.map((one) => [one.name, one])))).toEqual({
      ready: ['a'],
      notReady: ['b'],
    })
  })
})

it('leaves the system out of what a lesson shows, and sorts by name', () => {
  const objects = [pod('web', 'n1'), object('Pod', 'coredns', {}, 'kube-system'), pod('api', 'n1')]
  const all = new Map(objects.map((one) => [one.name, one]))
  expect(ofKind(all, 'Pod', 'lesson').map(({ name }) => name)).toEqual(['api', 'web'])
  expect(ofKind(all, 'Pod', 'all').map(({ name }) => name)).toEqual(['api', 'web', 'coredns'])
})

it('keeps every pod in its place when others go, and gives a free place to the next', () => {
  const placements = new Placements()
  placements.place([pod('a', 'n1'), pod('b', 'n1'), pod('c', 'n2')])
  const after = placements.place([pod('b', 'n1'), pod('c', 'n2'), pod('d', 'n1'), pod('e', 'n1')])
  expect([...after]).toEqual([
    ['b', 1],
    ['c', 0],
    ['d', 0],
    ['e', 2],
  ])
})

it('shortens the names that a ReplicaSet gives, and no others', () => {
  expect(['web-6d4cf56db6-x2v9k', 'client', 'db-0', 'kindnet-abcde'].map(shortPodName)).toEqual([
    'web x2v9k',
    'client',
    'db-0',
    'kindnet abcde',
  ])
})
