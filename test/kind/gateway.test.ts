// A learner's own kubectl on a real cluster, through the API gateway. Needs a container engine, kind and kubectl on the PATH, and
// FAIRLEAD_KIND_NODE_IMAGE.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPty, runCommand, startCommand } from '../../sandbox-server/platform/commands.ts'
import type { ApiGateway } from '../../sandbox-server/providers/api-gateway/api-gateway.ts'
import { openApiGateway } from '../../sandbox-server/providers/api-gateway/open-api-gateway.ts'
import { proxyEntry } from '../../sandbox-server/providers/kind/api/proxy-entry.ts'
import { nodeImage, startCluster, type TestCluster } from './support/start-cluster.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: {
    containers: [
      {
        name: 'c',
        image: 'registry.k8s.io/e2e-test-images/agnhost:2.66.1',
        args: ['netexec', '--http-port=8080'],
      },
    ],
  },
}

describe.skipIf(!nodeImage)('kubectl through the API gateway', () => {
  let cluster: TestCluster
  let gateway: ApiGateway
  let kubeconfig = ''
  beforeAll(async () => {
    cluster = await startCluster('demo')
    gateway = await openApiGateway()
    const registered = gateway.register('one', proxyEntry(cluster.api), 'demo')
    kubeconfig = cluster.file('gateway', await registered.kubeconfig())
    await kubectl('apply -f -', { input: JSON.stringify(pod) })
    await kubectl('wait pod/a --for=condition=Ready --timeout=120s')
  })
  afterAll(async () => {
    await gateway?.close()
    await cluster?.remove()
  })

  async function kubectl(line: string, { input, env = {} }: { input?: string; env?: object } = {}) {
    const options = { env: { KUBECONFIG: kubeconfig, ...env }, timeoutMs: 120_000, input }
    const { stdout, stderr, exitCode } = await runCommand('kubectl', line.split(' '), options)
    return `${exitCode} ${Buffer.from(stdout).toString()}${stderr}`
  }

  /** Runs until its output matches, then ends it. */
  async function until(line: string, wanted: RegExp, env: Record<string, string> = {}) {
    const running = startCommand('kubectl', line.split(' '), { env: { KUBECONFIG: kubeconfig, ...env } })
    let text = ''
    const read = (data: Buffer) => {
      text += data
    }
    running.stdout.on('data', read)
    running.stderr.on('data', read)
    await expect.poll(() => text, { timeout: 20_000 }).toMatch(wanted)
    const end = async () => {
      running.kill()
      await running.exited
    }
    return { text: () => text, end }
  }

  it('is the learner, whoever the client says it is', async () => {
    const who = 'auth whoami -o jsonpath={.status.userInfo.username}'
    expect(await kubectl(who)).toBe('0 learner')
    expect(await kubectl('get pods --as=system:admin')).toMatch(/^1 .*cannot impersonate/s)
  })

  it('gets, applies and waits', async () => {
    expect(await kubectl('get pod a -o name')).toBe('0 pod/a\n')
    expect(await kubectl('apply -f -', { input: JSON.stringify(pod) })).toBe('0 pod/a unchanged\n')
    expect(await kubectl('wait pod/a --for=condition=Ready')).toBe('0 pod/a condition met\n')
    expect(await kubectl('get pod gone')).toBe('1 Error from server (NotFound): pods "gone" not found\n')
    expect(await kubectl('get secrets -n kube-system')).toMatch(/^1 Error from server \(Forbidden\)/)
  })

  it('watches, and follows a log', async () => {
    const watch = await until('get pods -w -o name', /pod\/a\n/)
    await kubectl('label pod a seen=yes')
    await expect.poll(watch.text).toMatch(/pod\/a\n[\s\S]*pod\/a\n/)
    await watch.end()
    const log = await until('logs -f a', /Started HTTP server/)
    await kubectl('exec a -- curl -s localhost:8080/hostname')
    await expect.poll(log.text).toMatch(/GET \/hostname/)
    await log.end()
  })

  describe.each([
    ['WebSockets', 'true'],
    ['SPDY', 'false'],
  ])('with %s', (_, useWebSockets) => {
    const env = {
      KUBECTL_REMOTE_COMMAND_WEBSOCKETS: useWebSockets,
      KUBECTL_PORT_FORWARD_WEBSOCKETS: useWebSockets,
    }

    it('runs commands in a pod, with input and exit code', async () => {
      expect(await kubectl('exec a -- hostname', { env })).toBe('0 a\n')
      expect(await kubectl('exec -i a -- cat', { env, input: 'typed\n' })).toBe('0 typed\n')
      expect(await kubectl('exec a -- false', { env })).toMatch(/^1 .*exit code 1/)
      expect(await kubectl('exec gone -- true', { env })).toMatch(/^1 .*pods "gone" not found/)
    })

    it('gives a terminal, which ends with its shell', async () => {
      const args = ['exec', '-it', 'a', '--', 'sh']
      const terminal = openPty('kubectl', args, {
        columns: 80,
        rows: 24,
        env: { KUBECONFIG: kubeconfig, ...env },
      })
      let text = ''
      terminal.onData((data) => {
        text += Buffer.from(data).toString()
      })
      await expect.poll(() => text, { timeout: 10_000 }).toMatch(/[#$] $/)
      terminal.write('stty size; tty\r')
      await expect.poll(() => text).toMatch(/24 80\r\n\/dev\/pts\/0/)
      terminal.resize(100, 30)
      terminal.write('sleep 0.3; stty size\r')
      await expect.poll(() => text).toContain('30 100')
      terminal.write('exit 3\r')
      expect(await terminal.exited).toBe(3)
    })

    it('forwards a port', async () => {
      const forward = await until('port-forward pod/a :8080', /127\.0\.0\.1:\d+ -> 8080/, env)
      const port = /127\.0\.0\.1:(\d+)/.exec(forward.text())?.[1]
      for (let time = 0; time < 3; time++)
        expect(await (await fetch(`http://127.0.0.1:${port}/hostname`)).text()).toBe('a')
      await forward.end()
    })

    it('copies megabytes both ways', async () => {
      const sum = 'exec a -- sh -c'
      const make = await runCommand(
        'kubectl',
        [...sum.split(' '), 'head -c 5000000 /dev/urandom > /tmp/big; md5sum < /tmp/big'],
        { env: { KUBECONFIG: kubeconfig, ...env } },
      )
      const file = cluster.file('big', '')
      expect(await kubectl(`cp a:/tmp/big ${file}`, { env })).toMatch(/^0 /)
      expect(await kubectl(`cp ${file} a:/tmp/again`, { env })).toMatch(/^0 /)
      expect(await kubectl('exec a -- md5sum /tmp/again', { env })).toBe(
        `0 ${Buffer.from(make.stdout).toString().split(' ')[0]}  /tmp/again\n`,
      )
    })
  })

  it('serves the page’s requests and a learner’s at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => kubectl('get pod a -o name')))
    expect(new Set(answers)).toEqual(new Set(['0 pod/a\n']))
  })
})
