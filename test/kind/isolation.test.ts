// What one learner's terminal can reach of another's and of the machine, and what its greed costs the other.
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SocketPage } from '../drivers/socket-page.ts'
import { docker, images, KindSite, shell } from './support/kind-site.ts'

const secret = 'only-ben-wrote-this'
const keystrokes = 100
/** A keystroke's way to the shell and back, in milliseconds, that nobody calls slow. */
const generousMs = 250

describe.skipIf(!images)('two learners on one machine', () => {
  let site: KindSite
  let ada: SocketPage
  let ben: SocketPage
  let gateway: string
  let bens: { node: string; toolbox: string; name: string }

  beforeAll(async () => {
    site = new KindSite()
    await site.start()
    ada = await site.page({ tab: 'ada' })
    await ada.ready(240_000)
    const adas = site.records()[0]
    ben = await site.page({ tab: 'ben' })
    await ben.ready(240_000)
    const record = site.records().find(({ name }) => name !== adas?.name)
    if (!adas || !record) throw new Error('there are no two clusters')
    bens = {
      node: record.nodes[0]?.address ?? '',
      toolbox: record.toolbox.address,
      name: record.name,
    }
    gateway = docker(
      ...['network', 'inspect', adas.name, '--format', '{{(index .IPAM.Config 0).Gateway}}'],
    )[0] as string
    await shell(ben, `echo ${secret} > bens.txt`)
  }, 600_000)
  afterAll(async () => {
    expect(site.orphans()).toEqual([])
    await site.remove()
    expect(site.things()).toEqual([])
  }, 120_000)

  const fails = async (command: string) => {
    const { code, text } = await shell(ada, command)
    expect(code, `${command}: ${text.slice(-300)}`).not.toBe(0)
    return text
  }

  it('cannot reach each other’s nodes and terminals', async () => {
    for (const address of [bens.node, bens.toolbox]) await fails(`ping -c 1 -W 2 ${address}`)
    for (const [address, port] of [
      [bens.node, 6443],
      [bens.node, 10250],
      [bens.node, 2379],
      [bens.node, 30080],
      [bens.toolbox, 22],
    ] as const) {
      await fails(`timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`)
    }
    await fails(`curl -sk --max-time 3 https://${bens.node}:6443/version`)
    // The same commands reach the learner's own.
    expect((await shell(ada, 'curl -sk --max-time 3 https://$CP:6443/version -o /dev/null')).code).toBe(0)
  })

  it('find nothing of each other, of the server or of the engine in their terminals', async () => {
    await fails(`grep -rqs ${secret} /home /tmp /run /mnt /srv /opt`)
    await fails(
      'ls /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock 2>&1 | grep -v "No such"',
    )
    await fails('cat /etc/kubernetes/admin.conf')
    await fails(`find / -xdev -name record.json -o -xdev -name 'fairlead.sqlite*' 2>/dev/null | grep .`)
    await fails('mount -t tmpfs tmpfs /mnt')
    await fails('[ "$(id -u)" = 0 ]')
    await fails('kubectl config view --raw | grep -q kubernetes-admin')
    expect((await shell(ada, 'grep CapEff /proc/self/status')).text).toContain('0000000000000000')
  })

  it('do not find the server or the engine at the gateway of their network', async () => {
    for (const port of [2375, 2376, site.server?.port]) {
      await fails(`timeout 3 bash -c 'exec 3<>/dev/tcp/${gateway}/${port}'`)
    }
    const scan = `for p in {1..65535}; do { exec 3<>/dev/tcp/${gateway}/$p; } 2>/dev/null && echo open:$p:; exec 3>&-; done; echo scanned:$p:`
    const { code, text } = await shell(ada, `timeout 110 bash -c '${scan}'`)
    const open = [...text.matchAll(/open:(\d+):/g)].map((match) => match[1])
    process.stdout.write(`    ports that answer at the gateway ${gateway}: ${open.join(', ') || 'none'}\n`)
    expect(code).toBe(0)
    expect(text).toContain('scanned:65535:')
    expect(open).not.toContain(String(site.server?.port))
  })

  it('get the other’s kubeconfig from the server by no cookie but theirs', async () => {
    const url = `${site.server?.url}/api/v1/lessons/pod-to-service/clusterip/kubeconfig`
    const asked = async (cookie?: string) =>
      await (await fetch(url, cookie === undefined ? {} : { headers: { cookie } })).text()
    const [nobodys, adas, theirs] = [await asked(), await asked(ada.cookie), await asked(ben.cookie)]
    const addressIn = (text: string) => /"server": "([^"]+)"/.exec(text)?.[1]
    expect(addressIn(nobodys)).toBeUndefined()
    expect(addressIn(adas)).toBeDefined()
    expect(addressIn(theirs)).not.toBe(addressIn(adas))
    // The API port without a token: curl prints the status.
    const status = execFileSync(
      'curl',
      ['-sk', '-o', '/dev/null', '-w', '%{http_code}', `${addressIn(theirs)}/api/v1/pods`],
      { encoding: 'utf8' },
    )
    expect(status).toBe('401')
  })

  it('type on as before while the other bombs, fills, floods and spins', async () => {
    const p95 = async (): Promise<number> => {
      const times: number[] = []
      for (let at = 0; at < keystrokes; at++) {
        const length = ben.terminal.length
        const startedAt = performance.now()
        ben.type(at % 50 === 49 ? '\x15' : 'x')
        await ben.until(() => ben.terminal.length > length, 30_000)
        times.push(performance.now() - startedAt)
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
      return times.sort((a, b) => a - b)[Math.floor(keystrokes * 0.95)] ?? Number.NaN
    }
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
    await shell(ben, 'true')
    const idle = await p95()
    const figures: Record<string, number> = { idle }
    const greeds = {
      'full disk':
        'while :; do dd if=/dev/zero of=$HOME/big bs=1M; dd if=/dev/zero of=/tmp/big bs=1M; done 2>/dev/null',
      yes: 'yes | head -c 10G',
      'busy loops': 'for i in 1 2 3 4; do while :; do :; done & done; wait',
      'fork bomb': 'bomb() { bomb | bomb & }; bomb',
    }
    for (const [name, command] of Object.entries(greeds)) {
      ada.type(`${command}\r`)
      await pause(2000)
      figures[name] = await p95()
      ada.type('\x03')
      await pause(500)
      if (name === 'busy loops') ada.type('kill $(jobs -p)\r')
      if (name === 'full disk') ada.type('rm -f $HOME/big /tmp/big\r')
      await pause(500)
    }
    const told = Object.entries(figures).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`)
    process.stdout.write(`    p95 of an echo over ${keystrokes} keystrokes: ${told.join(', ')}\n`)
    for (const [name, ms] of Object.entries(figures)) {
      expect(ms, name).toBeLessThan(Math.max(generousMs, 2 * idle))
    }
    expect((await shell(ben, 'cat bens.txt; kubectl get pods -o name')).text).toContain('pod/')
  }, 240_000)
})
