// The container engine of this machine, with plain containers. Needs FAIRLEAD_KIND_TOOLBOX_IMAGE: any image with bash and sleep.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectGarbage } from '../../sandbox-server/providers/kind/collect-garbage.ts'
import type { ContainerEngine } from '../../sandbox-server/providers/kind/engine/engine.ts'
import { endLeftExecs } from '../../sandbox-server/providers/kind/engine/exec-mark.ts'
import { listOwned, removeCluster } from '../../sandbox-server/providers/kind/engine/inventory.ts'
import { createClusterNetwork } from '../../sandbox-server/providers/kind/engine/networks.ts'
import { findEngine } from '../../sandbox-server/providers/kind/engine/open-engine.ts'
import { clusterLabel, roleLabel, serverLabel } from '../../sandbox-server/providers/kind/labels.ts'

const image = process.env.FAIRLEAD_KIND_TOOLBOX_IMAGE ?? 'fairlead/toolbox:test'
const server = `enginetest${randomBytes(3).toString('hex')}`
const clusterName = (suffix: string) => `fairlead-${server}-${suffix}`
const pool = '10.213.0.0/20'

let engine: ContainerEngine

beforeAll(async () => {
  const found = await findEngine()
  if (!found.engine) throw new Error(found.troubles.map(({ what }) => what).join(' '))
  engine = found.engine
})

afterAll(async () => {
  const clusters = new Set((await listOwned(engine, server)).map(({ cluster }) => cluster))
  for (const name of clusters) await removeCluster(engine, name)
})

const labelsOf = (cluster: string, role: string) => ({
  [serverLabel]: server,
  [clusterLabel]: cluster,
  [roleLabel]: role,
})
const labelFlags = (cluster: string, role: string) =>
  Object.entries(labelsOf(cluster, role)).flatMap(([key, value]) => ['--label', `${key}=${value}`])

async function makeNetwork(cluster: string, isDual = false) {
  return await createClusterNetwork(engine, {
    name: cluster,
    labels: labelsOf(cluster, 'network'),
    pool,
    isDual,
  })
}

async function startContainer(cluster: string, name: string, flags: readonly string[] = []) {
  const full = `${cluster}-${name}`
  await engine.run([
    ...['run', '--detach', '--name', full, '--pull', 'never', ...flags],
    ...['--entrypoint', 'sleep', image, '3600'],
  ])
  return full
}

/** Command lines of this machine's processes that hold `mark`. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()]
      } catch {
        return [] // It ended meanwhile.
      }
    })
    .filter((line) => line.includes(mark))
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not come about within 15 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('a container engine', () => {
  it('tells what it is', async () => {
    const { facts } = await findEngine(engine.name)
    expect(facts).toMatchObject({
      version: expect.stringMatching(/^\d+\./),
      memoryBytes: expect.any(Number),
      root: expect.stringMatching(/^\//),
    })
  })

  it('fails with the first useful line and keeps all of it', async () => {
    await expect(engine.run(['network', 'rm', 'fairlead-no-such-network'])).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining('fairlead-no-such-network'),
      log: expect.stringContaining('fairlead-no-such-network'),
    })
  })

  it('lists everything of a cluster and removes it, twice', async () => {
    const cluster = clusterName('all')
    await makeNetwork(cluster)
    await engine.run(['volume', 'create', ...labelFlags(cluster, 'volume'), `${cluster}-var`])
    const volume = ['--volume', `${cluster}-var:/data`]
    await startContainer(cluster, 'node', ['--network', cluster, ...volume, ...labelFlags(cluster, 'node')])
    const kindsLabel = ['--label', `io.x-k8s.kind.cluster=${cluster}`]
    const half = await startContainer(cluster, 'half', [
      '--network',
      cluster,
      '--volume',
      '/var',
      ...kindsLabel,
    ])
    const other = clusterName('other')
    await makeNetwork(other)

    const common = { cluster, server }
    const things = await listOwned(engine, server)
    expect(things.filter((thing) => thing.cluster === cluster)).toEqual([
      { kind: 'container', name: `${cluster}-node`, role: 'node', state: 'running', ...common },
      { kind: 'network', name: cluster, role: 'network', ...common },
      { kind: 'volume', name: `${cluster}-var`, role: 'volume', ...common },
    ])

    const format = '{{range .Mounts}}{{.Name}}{{end}}'
    const nameless = (await engine.run(['container', 'inspect', '--format', format, half])).trim()
    await removeCluster(engine, cluster)
    const left = await listOwned(engine, server)
    expect(left.map(({ name }) => name)).toEqual([other])
    await expect(engine.run(['container', 'inspect', half])).rejects.toThrow(/no such/i)
    await expect(engine.run(['volume', 'inspect', nameless])).rejects.toThrow(/no such/i)
    await removeCluster(engine, cluster)
  })

  it('removes a network that a container of somebody else is on, and leaves that container', async () => {
    const cluster = clusterName('shared')
    await makeNetwork(cluster)
    const stranger = await startContainer(cluster, 'stranger', ['--network', cluster])
    try {
      await removeCluster(engine, cluster)
      expect((await listOwned(engine, server)).filter((thing) => thing.cluster === cluster)).toEqual([])
      expect(
        (await engine.run(['container', 'inspect', '--format', '{{.State.Status}}', stranger])).trim(),
      ).toBe('running')
    } finally {
      await engine.run(['rm', '--force', stranger])
    }
  })

  it('gives clusters made at the same time subnets that do not overlap', async () => {
    const names = [1, 2, 3, 4, 5].map((number) => clusterName(`race${number}`))
    const made = await Promise.all(names.map((name) => makeNetwork(name)))
    expect(new Set(made.map(({ subnet }) => subnet)).size).toBe(5)
    for (const { subnet, gateway } of made) {
      expect(subnet).toMatch(/^10\.213\.([0-9]|1[0-5])\.0\/24$/)
      expect(gateway).toBe(subnet.replace('0/24', '1'))
    }
    await Promise.all(names.map((name) => removeCluster(engine, name)))
    expect((await listOwned(engine, server)).filter(({ name }) => names.includes(name))).toEqual([])
  })

  it('settles a race for the last subnets: each gets one or hears that none is free', async () => {
    const names = [1, 2, 3].map((number) => clusterName(`last${number}`))
    const made = await Promise.allSettled(
      names.map((name) =>
        createClusterNetwork(engine, {
          name,
          labels: labelsOf(name, 'network'),
          pool: '10.213.16.0/23',
          isDual: false,
        }),
      ),
    )
    const subnets = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.subnet] : []))
    const refusals = made.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
    expect(subnets.sort()).toEqual(['10.213.16.0/24', '10.213.17.0/24'])
    expect(refusals).toEqual(['AppError: No subnet of 10.213.16.0/23 is free for another cluster.'])
  })

  it('gives a container the address asked for, and keeps it from another cluster', async () => {
    const [one, two] = [clusterName('wall1'), clusterName('wall2')]
    const [first, second] = await Promise.all([makeNetwork(one), makeNetwork(two)])
    const at = (subnet: string) => subnet.replace('0/24', '100')
    const flags = (cluster: string, subnet: string) => [
      ...['--network', cluster, '--ip', at(subnet)],
      ...labelFlags(cluster, 'toolbox'),
    ]
    const box = await startContainer(one, 'toolbox', flags(one, first.subnet))
    await startContainer(two, 'toolbox', flags(two, second.subnet))
    const reach = (address: string) =>
      engine.run(['exec', box, 'bash', '-c', `timeout 2 bash -c '</dev/tcp/${address}/9' 2>&1; true`])
    expect(await reach(at(first.subnet))).toMatch(/refused/)
    expect(await reach(at(second.subnet))).not.toMatch(/refused/)
  })
})

describe('garbage collection', () => {
  it('removes what a dead server left without a record, and nothing of another one', async () => {
    const data = mkdtempSync(join(tmpdir(), 'fairlead-gc-'))
    mkdirSync(join(data, 'kind'))
    writeFileSync(join(data, 'kind', 'server'), server)
    const cluster = clusterName('orphan')
    await makeNetwork(cluster)
    await startContainer(cluster, 'toolbox', ['--network', cluster, ...labelFlags(cluster, 'toolbox')])
    const options = { engine, data, allServers: false }
    const ours = async (isDry: boolean) =>
      (await collectGarbage({ ...options, isDry })).filter(({ name }) => name === cluster)
    const row = {
      name: cluster,
      server,
      containers: 1,
      running: 1,
      networks: 1,
      volumes: 0,
      phase: 'none',
      owner: undefined,
      why: 'it has no record',
    }
    expect(await ours(true)).toEqual([{ ...row, outcome: 'to be removed' }])
    expect(await ours(false)).toEqual([{ ...row, outcome: 'removed' }])
    expect(await ours(false)).toEqual([])
    expect((await listOwned(engine, server)).filter((thing) => thing.cluster === cluster)).toEqual([])
    rmSync(data, { recursive: true })
  })
})

describe('commands in a container', () => {
  let container: string

  beforeAll(async () => {
    const cluster = clusterName('commands')
    container = await startContainer(cluster, 'box', labelFlags(cluster, 'toolbox'))
  })

  it('feeds binary input and gives binary output', async () => {
    const input = randomBytes(200_000)
    const output = await engine.runBytes(['exec', '-i', container, 'cat'], { input })
    expect(Buffer.from(output).equals(input)).toBe(true)
  })

  it('shows on a terminal what is typed, in milliseconds', async () => {
    const pty = engine.openPty(['exec', '-it', container, 'bash', '--norc'], { columns: 80, rows: 24 })
    let output = ''
    pty.onData((data) => {
      output += new TextDecoder().decode(data)
    })
    await until(() => output.includes('$') || output.includes('#'))
    const times: number[] = []
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
      const before = performance.now()
      const length = output.length
      pty.write(letter)
      await new Promise<void>((resolve) => {
        const stop = pty.onData(() => {
          if (output.length === length) return
          stop()
          resolve()
        })
      })
      times.push(performance.now() - before)
    }
    pty.write('\x15stty size; exit 5\r')
    expect(await pty.exited).toBe(5)
    expect(output).toContain('24 80')
    console.info(`echo through exec -it: median ${times.sort((a, b) => a - b)[13]?.toFixed(1)} ms`)
    expect(times.at(-1)).toBeLessThan(500)
  })

  it('leaves no process on this machine and none in the container after an abort', async () => {
    const mark = `36${randomBytes(3).readUIntBE(0, 3)}`
    const stop = new AbortController()
    const command = engine.run(['exec', container, 'sleep', mark], { signal: stop.signal })
    await until(() => processesWith(`sleep ${mark}`).length > 1)
    stop.abort(new Error('enough'))
    await expect(command).rejects.toThrow('enough')
    expect(processesWith(`sleep ${mark}`)).toEqual([])
  })

  it('ends a command with open streams in the container too, when it is killed', async () => {
    const mark = `37${randomBytes(3).readUIntBE(0, 3)}`
    const command = engine.start(['exec', '--user', '0', '-i', container, 'sh', '-c', `sleep ${mark} & wait`])
    await until(() => processesWith(`sleep ${mark}`).some((line) => line === `sleep ${mark}`))
    command.kill()
    await command.exited
    expect(processesWith(`sleep ${mark}`)).toEqual([])
  })

  it('ends a shell and what ignores the hang-up, when its terminal is closed', async () => {
    const mark = `38${randomBytes(3).readUIntBE(0, 3)}`
    const args = ['exec', '-it', container, 'bash', '-c', `trap "" HUP; sleep ${mark} & wait`]
    const pty = engine.openPty(args, { columns: 80, rows: 24 })
    await until(() => processesWith(`sleep ${mark}`).some((line) => line === `sleep ${mark}`))
    pty.kill()
    await pty.exited
    expect(processesWith(`sleep ${mark}`)).toEqual([])
  })

  it('ends what an earlier process left running, and nothing of its own', async () => {
    const [old, own] = [`39${randomBytes(3).readUIntBE(0, 3)}`, `40${randomBytes(3).readUIntBE(0, 3)}`]
    await engine.run(['exec', '--detach', '--env', 'FAIRLEAD_COMMAND=earlier.1.', container, 'sleep', old])
    const running = engine.start(['exec', container, 'sleep', own])
    await until(() => processesWith(`sleep ${old}`).length > 0 && processesWith(`sleep ${own}`).length > 1)
    await endLeftExecs(engine, container)
    expect([processesWith(`sleep ${old}`).length, processesWith(`sleep ${own}`).length]).toEqual([0, 2])
    running.kill()
    await running.exited
  })
})
