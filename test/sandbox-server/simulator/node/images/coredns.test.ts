// Expectations: the Kubernetes DNS specification 1.1.0, and what CoreDNS 1.14.6 answered in a recorded cluster (05-dns).
import { expect, test } from 'vitest'
import { endpointSlices, services } from '../../../../../sandbox-server/simulator/api/resources.ts'
import { parseCorefile } from '../../../../../sandbox-server/simulator/node/images/coredns/corefile.ts'
import { agnhostImage, startOneNode } from '../one-node.ts'

const corefile = `.:53 {
    errors
    log
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    hosts {
       10.9.8.7 printer.example
       fallthrough
    }
    forward . 172.18.0.99
    cache 30
    loop
    reload
    loadbalance
}
`

async function startCoredns() {
  const node = await startOneNode()
  node.node.files.makeDirectory('/etc/coredns', { recursive: true })
  node.node.files.write('/etc/coredns/Corefile', corefile)
  const container = {
    name: 'coredns',
    image: 'registry.k8s.io/coredns/coredns:v1.14.6',
    args: ['-conf', '/etc/coredns/Corefile'],
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
  }
  node.run('dns', {
    volumes: [{ name: 'config', hostPath: { path: '/etc/coredns' } }],
    containers: [container],
  })
  node.run('client', { containers: [{ name: 'client', image: agnhostImage }] })
  const create = (name: string, spec: object) =>
    node.objects.create(services, { metadata: { namespace: 'demo', name }, spec })
  create('web', { clusterIP: '10.96.5.5', ports: [{ name: 'http', port: 80 }] })
  create('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] })
  create('shop', { type: 'ExternalName', externalName: 'web.demo.svc.cluster.local' })
  node.objects.create(endpointSlices, {
    metadata: { namespace: 'demo', name: 'db-1', labels: { 'kubernetes.io/service-name': 'db' } },
    addressType: 'IPv4',
    ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
    endpoints: [
      { addresses: ['10.244.1.20'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['10.244.1.21'], hostname: 'db-1', conditions: { ready: true } },
      { addresses: ['10.244.1.22'], hostname: 'db-2', conditions: { ready: false } },
    ],
  })
  await node.until(() => node.condition('dns', 'Ready') === 'True')
  await node.until(() => node.condition('client', 'Ready') === 'True')
  const server = node.pod('dns')?.status?.podIP
  const dig = async (...args: string[]) =>
    (await node.exec('client', 'dig', `@${server}`, ...args)).stdout.trim()
  return { node, dig }
}

test('Services, headless names, SRV, PTR and pods answer by the specification', async () => {
  const { dig } = await startCoredns()
  expect(await dig('+short', 'web.demo.svc.cluster.local')).toBe('10.96.5.5')
  expect(await dig('+short', '_http._tcp.web.demo.svc.cluster.local', 'SRV')).toBe(
    '0 100 80 web.demo.svc.cluster.local.',
  )
  expect(await dig('+short', '-x', '10.96.5.5')).toBe('web.demo.svc.cluster.local.')
  expect((await dig('+short', 'db.demo.svc.cluster.local')).split('\n').sort()).toEqual([
    '10.244.1.20',
    '10.244.1.21',
  ])
  expect(await dig('+short', 'db-0.db.demo.svc.cluster.local')).toBe('10.244.1.20')
  expect((await dig('+short', '_sql._tcp.db.demo.svc.cluster.local', 'SRV')).split('\n').sort()).toEqual([
    '0 50 5432 db-0.db.demo.svc.cluster.local.',
    '0 50 5432 db-1.db.demo.svc.cluster.local.',
  ])
  expect(await dig('+short', '-x', '10.244.1.21')).toBe('db-1.db.demo.svc.cluster.local.')
  expect(await dig('+short', '10-244-1-9.demo.pod.cluster.local')).toBe('10.244.1.9')
  expect(await dig('+short', 'shop.demo.svc.cluster.local')).toBe('web.demo.svc.cluster.local.\n10.96.5.5')
  expect(await dig('+short', 'dns-version.cluster.local', 'TXT')).toBe('"1.1.0"')
  expect(await dig('+short', 'printer.example')).toBe('10.9.8.7')
})

test('what does not exist is NXDOMAIN, what has no such record is NOERROR without an answer', async () => {
  const { dig } = await startCoredns()
  const status = async (...args: string[]) => {
    const text = await dig('+noall', '+comments', ...args)
    return [/status: (\w+)/.exec(text)?.[1], /ANSWER: (\d+)/.exec(text)?.[1]]
  }
  expect(await status('nosuch.demo.svc.cluster.local')).toEqual(['NXDOMAIN', '0'])
  expect(await status('web.nosuch.svc.cluster.local')).toEqual(['NXDOMAIN', '0'])
  expect(await status('web.demo.svc.cluster.local', 'AAAA')).toEqual(['NOERROR', '0'])
  expect(await status('demo.svc.cluster.local')).toEqual(['NOERROR', '0'])
  // The upstream is nobody: forward gives up.
  expect(await status('example.com')).toEqual(['SERVFAIL', '0'])
})

test('the log plugin tells every question, the errors plugin what went wrong', async () => {
  const { node, dig } = await startCoredns()
  await dig('+short', 'web.demo.svc.cluster.local')
  await dig('+short', 'example.com')
  const log = await node.logs('dns')
  expect(log).toMatch(
    /\[INFO\] 10\.244\.1\.\d+:\d+ - \d+ "A IN web\.demo\.svc\.cluster\.local\. udp \d+ false 1232" NOERROR qr,aa,rd /,
  )
  expect(log).toContain('[ERROR] plugin/errors: 2 example.com. A: read udp 172.18.0.99:53: ')
})

test('a changed Corefile is taken over, a broken one is not', async () => {
  const { node, dig } = await startCoredns()
  node.node.files.write('/etc/coredns/Corefile', corefile.replace('10.9.8.7', '10.9.8.6'))
  await node.clock.advance(3000)
  expect(await dig('+short', 'printer.example')).toBe('10.9.8.6')
  node.node.files.write('/etc/coredns/Corefile', '.:53 {\n  nosuchplugin\n}\n')
  await node.clock.advance(3000)
  expect(await dig('+short', 'printer.example')).toBe('10.9.8.6')
  expect(await node.logs('dns')).toContain("Error during parsing: Unknown directive 'nosuchplugin'")
})

test('a Corefile with zones, ports and nested blocks is read', () => {
  const blocks = parseCorefile(
    'example.org a.test:1053 { # comment\n forward . 1.1.1.1 {\n max_fails 2\n }\n}\n. { errors }',
  )
  expect(blocks).toEqual([
    {
      zones: ['example.org', 'a.test'],
      port: 1053,
      plugins: [
        { name: 'forward', args: ['.', '1.1.1.1'], block: [{ name: 'max_fails', args: ['2'], block: [] }] },
      ],
    },
    { zones: [''], port: 53, plugins: [{ name: 'errors', args: [], block: [] }] },
  ])
  expect(() => parseCorefile('. {\n errors\n')).toThrow(
    "Corefile:1 - Error during parsing: Unexpected EOF, expecting '}'",
  )
})
