// Expectations: Traefik 3.7.13's source (pkg/provider/kubernetes/ingress, pkg/muxer/http) and a run of the real program.
import { expect, test } from 'vitest'
import {
  endpointSlices,
  ingressClasses,
  ingresses,
  services,
} from '../../../../../sandbox-server/simulator/api/resources.ts'
import { matcher } from '../../../../../sandbox-server/simulator/network/ingress/traefik/rules.ts'
import {
  ConfigurationError,
  readStaticConfiguration,
} from '../../../../../sandbox-server/simulator/network/ingress/traefik/static-configuration.ts'
import { agnhostImage, startOneNode } from '../one-node.ts'

const args = [
  '--providers.kubernetesingress',
  '--entrypoints.web.address=:8000',
  '--entrypoints.websecure.address=:8443',
  '--entrypoints.websecure.http.tls',
  '--ping',
  '--accesslog',
  '--log.level=INFO',
]

async function startTraefik() {
  const node = await startOneNode()
  const { objects } = node
  const readinessProbe = { httpGet: { path: '/ping', port: 8080 }, periodSeconds: 1 }
  node.run('traefik', { containers: [{ name: 'traefik', image: 'traefik:v3.7.13', args, readinessProbe }] })
  for (const name of ['a', 'b', 'client']) {
    node.run(name, { containers: [{ name: 'main', image: agnhostImage, args: ['netexec'] }] })
  }
  await node.until(() =>
    ['traefik', 'a', 'b', 'client'].every((name) => node.condition(name, 'Ready') === 'True'),
  )
  objects.create(ingressClasses, {
    metadata: { name: 'traefik' },
    spec: { controller: 'traefik.io/ingress-controller' },
  })
  for (const name of ['web', 'empty']) {
    const ports = [{ name: 'http', port: 80 }]
    objects.create(services, {
      metadata: { namespace: 'demo', name },
      spec: { ports },
    })
  }
  const addresses = ['a', 'b'].map((name) => node.pod(name)?.status?.podIP ?? '')
  objects.create(endpointSlices, {
    metadata: { namespace: 'demo', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints: addresses.map((address) => ({
      addresses: [address],
      conditions: { ready: true, serving: true },
    })),
  })
  const path = (value: string, pathType: string, service: string) => ({
    path: value,
    pathType,
    backend: { service: { name: service, port: { number: 80 } } },
  })
  const paths = [
    path('/', 'Prefix', 'web'),
    path('/hostname', 'Exact', 'nosuch'),
    path('/empty', 'Prefix', 'empty'),
  ]
  objects.create(ingresses, {
    metadata: { namespace: 'demo', name: 'shop' },
    spec: { ingressClassName: 'traefik', rules: [{ host: 'shop.example.com', http: { paths } }] },
  })
  await node.clock.advance(3000)
  const at = `http://${node.pod('traefik')?.status?.podIP}:8000`
  const curl = async (...more: string[]) => (await node.exec('client', 'curl', '-s', ...more)).stdout
  return { node, at, curl }
}

const shop = ['-H', 'Host: shop.example.com']

test('requests go to pods in turn, and a rule whose Service is missing is passed over', async () => {
  const { at, curl } = await startTraefik()
  const answers = [await curl(...shop, `${at}/hostname`), await curl(...shop, `${at}/hostname`)]
  expect(answers.sort()).toEqual(['a', 'b'])
  // No endpoints: the rule is dropped, and the shorter one answers.
  expect(await curl(...shop, '-o', '/dev/null', '-w', '%{http_code}', `${at}/empty`)).toBe('200')
})

test('a host that no rule names is 404, as Go words it', async () => {
  const { at, curl } = await startTraefik()
  expect(await curl('-H', 'Host: other.example.com', '-w', '%{http_code}', `${at}/`)).toBe(
    '404 page not found\n404',
  )
})

test('the pod sees the controller, and the client in headers', async () => {
  const { node, at, curl } = await startTraefik()
  const client = node.pod('client')?.status?.podIP
  const claimed = ['-H', 'X-Forwarded-For: 6.6.6.6']
  expect(JSON.parse(await curl(...shop, ...claimed, `${at}/header`))).toEqual({
    Accept: ['*/*'],
    'Accept-Encoding': ['gzip'],
    'User-Agent': ['curl/7.88.1'],
    'X-Forwarded-For': [client],
    'X-Forwarded-Host': ['shop.example.com'],
    'X-Forwarded-Port': ['80'],
    'X-Forwarded-Proto': ['http'],
    'X-Forwarded-Server': ['traefik'],
    'X-Real-Ip': [client],
  })
  expect(await curl(...shop, `${at}/clientip`)).toContain(`${node.pod('traefik')?.status?.podIP}:`)
})

test('a pod that does not listen is 502', async () => {
  const { node, at, curl } = await startTraefik()
  node.objects.mutate(endpointSlices, { namespace: 'demo', name: 'web-1' }, (draft) => {
    Object.assign(draft, { ports: [{ name: 'http', port: 9999 }] })
  })
  await node.clock.advance(3000)
  expect(await curl(...shop, '-w', ' %{http_code}', `${at}/`)).toBe('Bad Gateway 502')
})

test('the log tells of requests, and why a rule is missing', async () => {
  const { node, at, curl } = await startTraefik()
  await curl('-H', 'Host: c.example', `${at}/`)
  const log = await node.logs('traefik')
  expect(log).toContain(
    'ERR Cannot create service error="service not found" ingress=shop namespace=demo providerName=kubernetes serviceName=nosuch servicePort=80\n',
  )
  expect(log).toContain(
    'ERR Skipping service: no endpoints found ingress=shop namespace=demo providerName=kubernetes serviceName=empty servicePort=80\n',
  )
  expect(log).toMatch(/"GET \/ HTTP\/1\.1" 404 19 "-" "-" \d+ "-" "-" 0ms\n/)
})

test('Exact is exact, Prefix goes by letters, a star stands for one label', () => {
  const request = (host: string, path: string) => ({ host, path })
  const prefix = matcher('Host("shop.example.com") && PathPrefix("/ech")')
  expect(prefix(request('shop.example.com', '/echo'))).toBe(true)
  expect(prefix(request('shop.example.com', '/other'))).toBe(false)
  expect(matcher('Path("/a")')(request('x', '/a/'))).toBe(false)
  const star = matcher('Host("*.example.com")')
  expect(['a.example.com', 'a.b.example.com', 'example.com'].map((host) => star(request(host, '/')))).toEqual(
    [true, false, false],
  )
})

test('an option that Traefik does not have ends it with its own words', () => {
  expect(() => readStaticConfiguration(['--nosuch.thing=1'])).toThrow(
    new ConfigurationError('field not found, node: nosuch'),
  )
})
