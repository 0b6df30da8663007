import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clusterSpecSchema } from '../../../../sandbox-server/contract/lesson.ts'
import { openDataDirectory } from '../../../../sandbox-server/platform/data-directory.ts'
import { planCluster } from '../../../../sandbox-server/providers/kind/bring-up/cluster-plan.ts'
import type { ClusterRecord } from '../../../../sandbox-server/providers/kind/cluster-record.ts'
import { openClusterRecords } from '../../../../sandbox-server/providers/kind/cluster-records.ts'
import { collectGarbage } from '../../../../sandbox-server/providers/kind/collect-garbage.ts'
import { createFakeEngine } from './engine/fake-engine.ts'

let root: string
let data: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fairlead-gc-'))
  data = join(root, 'data')
  mkdirSync(join(data, 'kind'), { recursive: true })
  writeFileSync(join(data, 'kind', 'server'), 'ours')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(kindFolder: string, name: string, change: Partial<ClusterRecord>) {
  const planned = planCluster({
    name,
    spec: clusterSpecSchema.parse({}),
    access: { clusterAdmin: false, podSecurity: 'baseline', nodeShell: false },
    subnet: '10.201.7.0/24',
    now: 1,
  })
  openClusterRecords(kindFolder).write({ ...planned, phase: 'ready', ...change })
}

/** An engine with a network for each cluster, which `network rm` takes away. */
function engineWith(
  clusters: Readonly<Record<string, { readonly server: string; readonly folder?: string }>>,
) {
  let names = Object.keys(clusters)
  return createFakeEngine((command) => {
    if (command.startsWith('network ls')) {
      const asked = /dev\.fairlead\.cluster=(\S+)/.exec(command)?.[1]
      return names.filter((name) => asked === undefined || name === asked).join('\n')
    }
    if (command.startsWith('network inspect')) {
      const networks = names.map((Name) => ({
        Name,
        Labels: {
          'dev.fairlead.cluster': Name,
          'dev.fairlead.server': clusters[Name]?.server,
          'dev.fairlead.role': 'network',
          ...(clusters[Name]?.folder !== undefined && { 'dev.fairlead.folder': clusters[Name]?.folder }),
        },
      }))
      return JSON.stringify(networks)
    }
    if (command.startsWith('network rm')) names = names.filter((name) => !command.endsWith(` ${name}`))
    return ''
  })
}

const told = (rows: Awaited<ReturnType<typeof collectGarbage>>) =>
  rows.map(({ name, owner, outcome, why }) => [name, owner ?? '-', outcome, why].join(' | '))

describe('sandbox gc', () => {
  const fill = () => {
    write(join(data, 'kind'), 'fairlead-ours-1', { owner: 'sandbox1' })
    write(join(data, 'kind'), 'fairlead-ours-2', {})
    write(join(data, 'kind'), 'fairlead-ours-3', { owner: 'sandbox3', phase: 'starting' })
    mkdirSync(join(data, 'kind', 'clusters', 'fairlead-ours-4'))
    return engineWith({
      'fairlead-ours-1': { server: 'ours' },
      'fairlead-ours-2': { server: 'ours' },
      'fairlead-ours-3': { server: 'ours' },
      'fairlead-ours-5': { server: 'ours' },
      'fairlead-theirs-1': { server: 'theirs' },
    })
  }

  it('removes what nobody owns, once, and keeps the rest', async () => {
    const engine = fill()
    const options = { engine, data, allServers: false }
    const outcome = (done: string) => [
      'fairlead-ours-1 | sandbox1 | kept | a learner owns it',
      `fairlead-ours-2 | - | ${done} | nobody owns it`,
      `fairlead-ours-3 | sandbox3 | ${done} | it was never finished`,
      `fairlead-ours-4 | - | ${done} | it has no record`,
      `fairlead-ours-5 | - | ${done} | it has no record`,
      "fairlead-theirs-1 | - | kept | another server's",
    ]
    expect(told(await collectGarbage({ ...options, isDry: true }))).toEqual(outcome('to be removed'))
    expect(engine.calls.filter((call) => call.includes(' rm '))).toEqual([])
    expect(told(await collectGarbage({ ...options, isDry: false }))).toEqual(outcome('removed'))
    expect(told(await collectGarbage({ ...options, isDry: false }))).toEqual([
      'fairlead-ours-1 | sandbox1 | kept | a learner owns it',
      "fairlead-theirs-1 | - | kept | another server's",
    ])
    expect(openClusterRecords(join(data, 'kind')).leftOver()).toEqual([])
    // The directory is free again for a server.
    openDataDirectory(data).release()
  })

  it('keeps everything of a server that runs', async () => {
    const engine = fill()
    // The lock of a process that lives: this one's parent.
    writeFileSync(join(data, 'lock'), `${process.ppid}\n`)
    const rows = await collectGarbage({ engine, data, isDry: false, allServers: true })
    const kept = rows.filter(({ outcome }) => outcome === 'kept')
    expect(kept.map(({ name, why }) => `${name} ${why}`)).toEqual(
      [1, 2, 3, 4, 5].map((one) => `fairlead-ours-${one} its server runs (process ${process.ppid})`),
    )
  })

  it("asks other servers' records and locks before it removes theirs, and only if told to", async () => {
    const other = join(root, 'other')
    const busy = join(root, 'busy')
    const temporary = join(root, 'fairlead-kind-abc')
    const folderOf = (kindFolder: string, name: string) => openClusterRecords(kindFolder).folderOf(name)
    write(join(other, 'kind'), 'fairlead-other-1', { owner: 'sandbox' })
    write(join(busy, 'kind'), 'fairlead-busy-1', {})
    writeFileSync(join(busy, 'lock'), `${process.ppid}\n`)
    write(temporary, 'fairlead-prove-1', { owner: 'proof' })
    const engine = engineWith({
      'fairlead-busy-1': { server: 'busy', folder: folderOf(join(busy, 'kind'), 'fairlead-busy-1') },
      'fairlead-gone-1': { server: 'gone', folder: join(root, 'gone/kind/clusters/fairlead-gone-1') },
      'fairlead-other-1': { server: 'other', folder: folderOf(join(other, 'kind'), 'fairlead-other-1') },
      'fairlead-prove-1': { server: 'prove', folder: folderOf(temporary, 'fairlead-prove-1') },
    })
    const options = { engine, data, isDry: false }
    expect((await collectGarbage({ ...options, allServers: false })).map(({ why }) => why)).toEqual([
      `its server runs (process ${process.ppid})`,
      "another server's",
      "another server's",
      "another server's",
    ])
    expect(told(await collectGarbage({ ...options, allServers: true }))).toEqual([
      `fairlead-busy-1 | - | kept | its server runs (process ${process.ppid})`,
      'fairlead-gone-1 | - | removed | it has no record',
      'fairlead-other-1 | sandbox | kept | a learner owns it',
      'fairlead-prove-1 | proof | removed | the command that made it is over',
    ])
  })
})
