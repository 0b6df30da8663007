// EndpointSlices and Endpoints of a Service, as upstream's controllers write them.
import { afterEach, describe, expect, it } from 'vitest'
import {
  endpointSlices,
  endpoints,
  pods,
  services,
} from '../../../../sandbox-server/simulator/api/resources.ts'
import { startWorld, type World } from './world.ts'

let world: World
afterEach(() => world.dispose())

function pod(name: string, port: number, more: object = {}): void {
  world.objects.create(pods, {
    metadata: { name, namespace: 'demo', labels: { app: 'web' } },
    spec: {
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'c',
          image: 'good',
          ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
          ...more,
        },
      ],
    },
  })
}

function serve(spec: object = {}): void {
  world.objects.create(services, {
    metadata: { name: 'web', namespace: 'demo' },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.1.1',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      ...spec,
    },
  })
}

const slices = () =>
  world.objects
    .list(endpointSlices, { namespace: 'demo' })
    .map((slice) => ({
      ports: slice.ports?.map(({ port }) => port),
      endpoints: slice.endpoints.map(({ targetRef, conditions }) => [
        targetRef?.name,
        `ready=${conditions?.ready} serving=${conditions?.serving} terminating=${conditions?.terminating}`,
      ]),
    }))
    .sort((a, b) => (a.ports?.[0] ?? 0) - (b.ports?.[0] ?? 0))

const ready = 'ready=true serving=true terminating=false'

describe('the EndpointSlices of a Service', () => {
  it('group pods by the number that a named port has in them', async () => {
    world = await startWorld()
    pod('a', 8080)
    pod('b', 9090)
    pod('c', 8080)
    serve()
    await world.clock.advance(3_000)
    expect(slices()).toEqual([
      {
        ports: [8080],
        endpoints: [
          ['a', ready],
          ['c', ready],
        ],
      },
      { ports: [9090], endpoints: [['b', ready]] },
    ])
    const slice = world.objects.list(endpointSlices, { namespace: 'demo' })[0]
    expect(slice?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(slice?.metadata.labels).toEqual({
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': 'web',
    })
  })

  it('keep one empty slice where the selector matches nothing, and use it again', async () => {
    world = await startWorld()
    serve()
    await world.clock.advance(1_000)
    expect(slices()).toEqual([{ ports: [], endpoints: [] }])
    const [{ metadata: before } = { metadata: undefined }] = world.objects.list(endpointSlices, {
      namespace: 'demo',
    })
    pod('a', 8080)
    await world.clock.advance(3_000)
    expect(slices()).toEqual([{ ports: [8080], endpoints: [['a', ready]] }])
    expect(world.objects.list(endpointSlices, { namespace: 'demo' })[0]?.metadata.name).toBe(before?.name)
  })

  it('hold pods without the named port under no port at all', async () => {
    world = await startWorld()
    pod('a', 8080)
    serve({ ports: [{ name: 'http', port: 80, targetPort: 'nosuch', protocol: 'TCP' }] })
    await world.clock.advance(3_000)
    expect(slices()).toEqual([{ ports: [], endpoints: [['a', ready]] }])
  })

  it('show a pod that is going as terminating, and one that is not ready as such', async () => {
    world = await startWorld({ broken: ['bad'] })
    pod('a', 8080)
    pod('b', 8080, { image: 'bad' })
    serve()
    await world.clock.advance(3_000)
    world.objects.delete(pods, { namespace: 'demo', name: 'a' })
    await world.clock.advance(10)
    expect(slices()).toEqual([
      {
        ports: [8080],
        endpoints: [
          ['a', 'ready=false serving=true terminating=true'],
          ['b', 'ready=false serving=false terminating=false'],
        ],
      },
    ])
  })

  it('call every pod ready where publishNotReadyAddresses says so', async () => {
    world = await startWorld({ broken: ['bad'] })
    pod('b', 8080, { image: 'bad' })
    serve({ publishNotReadyAddresses: true })
    await world.clock.advance(3_000)
    expect(slices()).toEqual([
      { ports: [8080], endpoints: [['b', 'ready=true serving=false terminating=false']] },
    ])
  })

  it('spread over slices of a hundred', async () => {
    world = await startWorld({ nodes: 3 })
    for (let index = 0; index < 130; index++) pod(`p${index}`, 8080)
    serve()
    await world.clock.advance(5_000)
    expect(
      slices()
        .map((slice) => slice.endpoints.length)
        .sort((a, b) => a - b),
    ).toEqual([30, 100])
  })

  it('come with the deprecated Endpoints object', async () => {
    world = await startWorld({ broken: ['bad'] })
    pod('a', 8080)
    pod('b', 8080, { image: 'bad' })
    serve()
    await world.clock.advance(3_000)
    const subsets = world.objects.get(endpoints, { namespace: 'demo', name: 'web' })?.subsets
    expect(
      subsets?.map(({ addresses, notReadyAddresses, ports }) => [
        addresses?.map(({ targetRef }) => targetRef?.name),
        notReadyAddresses?.map(({ targetRef }) => targetRef?.name),
        ports,
      ]),
    ).toEqual([[['a'], ['b'], [{ name: 'http', port: 8080, protocol: 'TCP' }]]])
  })

  it('are made from hand-written Endpoints where the Service has no selector', async () => {
    world = await startWorld()
    world.objects.create(services, {
      metadata: { name: 'db', namespace: 'demo' },
      spec: { type: 'ClusterIP', clusterIP: '10.96.1.2', ports: [{ port: 5432, protocol: 'TCP' }] },
    })
    world.objects.create(endpoints, {
      metadata: { name: 'db', namespace: 'demo' },
      subsets: [{ addresses: [{ ip: '172.18.0.200' }], ports: [{ port: 5432, protocol: 'TCP' }] }],
    })
    await world.clock.advance(1_000)
    const slice = world.objects.list(endpointSlices, { namespace: 'demo' })[0]
    expect(slice?.endpoints).toEqual([{ addresses: ['172.18.0.200'], conditions: { ready: true } }])
    expect(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by']).toBe(
      'endpointslicemirroring-controller.k8s.io',
    )
  })
})
