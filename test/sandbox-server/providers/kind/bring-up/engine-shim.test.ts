import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessSchema, clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { runCommand } from '../../../../../sandbox-server/platform/commands.ts'
import { planCluster } from '../../../../../sandbox-server/providers/kind/bring-up/cluster-plan.ts'
import { engineShim } from '../../../../../sandbox-server/providers/kind/bring-up/engine-shim.ts'
import type { EngineName } from '../../../../../sandbox-server/providers/kind/engine/engine.ts'

const record = planCluster({
  name: 'fairlead-s1-abc',
  spec: clusterSpecSchema.parse({ nodes: 2 }),
  access: accessSchema.parse({}),
  subnet: '10.201.7.0/24',
  now: 0,
})

/** As kind v0.33 runs it for a control plane, in the order of provision.go. */
const kindRun = [
  ...['run', '--name', 'fairlead-s1-abc-control-plane', '--hostname', 'fairlead-s1-abc-control-plane'],
  ...['--label', 'io.x-k8s.kind.role=control-plane', '--privileged', '--tmpfs', '/tmp', '--volume', '/var'],
  ...['--volume', '/lib/modules:/lib/modules:ro', '-e', 'KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER'],
  ...['--detach', '--net', 'kind', '-e', 'NO_PROXY=a b,$HOME "c"'],
  ...['--publish=127.0.0.1:40391:6443/TCP', 'kindest/node:v1'],
]

describe('engineShim', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "shim 'quoted' "))
    writeFileSync(join(folder, 'engine'), '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n', { mode: 0o700 })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** What the real engine is given; it ends with exit code 7. */
  async function given(
    args: readonly string[],
    engine: EngineName = 'docker',
    limits = {},
    owner = process.pid,
  ): Promise<string[]> {
    const shim = join(folder, 'shim')
    const program = join(folder, 'engine')
    const script = engineShim({
      engine,
      program,
      record,
      server: 's1',
      limits: { pids: 4096, ...limits },
      owner,
    })
    writeFileSync(shim, script, { mode: 0o700 })
    const { stdout, exitCode } = await runCommand(shim, args)
    expect(exitCode).toBe(7)
    return new TextDecoder().decode(stdout).split('\n').slice(0, -1)
  }

  it('gives a node its name, address, volume, network and limits, and leaves the rest as it was', async () => {
    expect(await given(kindRun)).toEqual([
      ...['run', '--name', 'fairlead-s1-abc-control-plane', '--ip', '10.201.7.2'],
      ...['--network-alias', 'fairlead-control-plane'],
      ...['--label', 'dev.fairlead.server=s1', '--label', 'dev.fairlead.cluster=fairlead-s1-abc'],
      ...['--label', 'dev.fairlead.role=node', '--pids-limit', '4096'],
      ...['--hostname', 'fairlead-control-plane', '--label', 'io.x-k8s.kind.role=control-plane'],
      ...['--privileged', '--tmpfs', '/tmp', '--volume', 'fairlead-s1-abc-control-plane-var:/var'],
      ...['--volume', '/lib/modules:/lib/modules:ro', '-e', 'KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER'],
      ...['--detach', '--net', 'fairlead-s1-abc', '-e', 'NO_PROXY=a b,$HOME "c"'],
      ...['--publish=127.0.0.1:40391:6443/TCP', 'kindest/node:v1'],
    ])
  })

  it('tells workers apart', async () => {
    const worker = kindRun.map((arg) =>
      arg.replace(/^fairlead-s1-abc-control-plane$/, 'fairlead-s1-abc-worker'),
    )
    const args = await given(worker)
    expect(args.slice(3, 5)).toEqual(['--ip', '10.201.7.3'])
    expect(args).toContain('fairlead-s1-abc-worker-var:/var')
  })

  it('limits memory with swap, and processors, where the operator says so', async () => {
    const args = await given(kindRun, 'docker', { memoryMb: 2048, cpus: 1.5 })
    expect(args.join(' ')).toContain('--memory 2048m --memory-swap 2048m --cpus 1.5 ')
  })

  it('keeps the options of Podman’s volume, and makes none without a name', async () => {
    const anonymous = '0123abc:/var:suid,exec,dev'
    const args = await given(
      kindRun.map((arg) => (arg === '/var' ? anonymous : arg)),
      'podman',
    )
    expect(args).toContain('fairlead-s1-abc-control-plane-var:/var:suid,exec,dev')
    const label = 'fairlead-s1-abc-control-plane=true'
    const { stdout, exitCode } = await runCommand(join(folder, 'shim'), [
      'volume',
      'create',
      '--label',
      label,
    ])
    expect([new TextDecoder().decode(stdout), exitCode]).toEqual(['unused\n', 0])
  })

  it('names the nodes in /etc/hosts for nerdctl, which has no aliases', async () => {
    const args = await given(kindRun, 'nerdctl')
    expect(args).not.toContain('--network-alias')
    expect(args.join(' ')).toContain(
      '--add-host fairlead-control-plane:10.201.7.2 --add-host fairlead-worker:10.201.7.3',
    )
  })

  it('makes no node for a server that has died meanwhile', async () => {
    const dead = Number(new TextDecoder().decode((await runCommand('sh', ['-c', 'echo $$'])).stdout))
    await expect(given(kindRun, 'docker', {}, dead)).rejects.toThrow(/expected 1 to be 7/)
    expect(await given(['ps'], 'docker', {}, dead)).toEqual(['ps'])
  })

  it.each([
    ['another container', ['run', '--name', 'other', '--net', 'kind', '--volume', '/var', 'image']],
    ['a container without a name', ['run', '--rm', 'image']],
    ['a list', ['ps', '-a', '--filter', 'label=io.x-k8s.kind.cluster=fairlead-s1-abc']],
    ['a command with blanks and quotes', ['exec', 'node', 'sh', '-c', `echo "a  b" 'c' $HOME; *`, '']],
    ['nothing', []],
  ])('hands %s on as it is', async (_, args) => {
    expect(await given(args)).toEqual(args.length === 0 ? [''] : args)
  })
})
