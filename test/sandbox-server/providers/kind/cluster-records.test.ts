import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clusterSpecSchema } from '../../../../sandbox-server/contract/lesson.ts'
import { replaceFileSafely } from '../../../../sandbox-server/platform/atomic-file.ts'
import { runCommand } from '../../../../sandbox-server/platform/commands.ts'
import { planCluster } from '../../../../sandbox-server/providers/kind/bring-up/cluster-plan.ts'
import { openClusterRecords } from '../../../../sandbox-server/providers/kind/cluster-records.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-records-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const recordOf = (name: string) =>
  planCluster({
    name,
    spec: clusterSpecSchema.parse({}),
    access: { clusterAdmin: false, podSecurity: 'baseline', nodeShell: false },
    subnet: '10.201.7.0/24',
    now: 1,
  })

const noSpace = () => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}

describe('records of clusters', () => {
  it('are found again by another process, and go with their folder', () => {
    const records = openClusterRecords(folder)
    expect([records.list(), records.leftOver(), records.read('fairlead-a-1')]).toEqual([[], [], undefined])
    const record = recordOf('fairlead-a-1')
    records.write(record)
    records.write({ ...record, phase: 'ready', owner: 'sandbox' })
    writeFileSync(join(records.folderOf('fairlead-a-1'), 'kind.log'), 'what kind said')
    const again = openClusterRecords(folder)
    expect(again.list()).toEqual([{ ...record, phase: 'ready', owner: 'sandbox' }])
    again.remove('fairlead-a-1')
    again.remove('fairlead-a-1')
    expect(again.list()).toEqual([])
    expect(existsSync(again.folderOf('fairlead-a-1'))).toBe(false)
  })

  it('are for their owner alone, since they hold keys', () => {
    const records = openClusterRecords(folder)
    records.write(recordOf('fairlead-a-1'))
    const path = records.folderOf('fairlead-a-1')
    expect(statSync(join(path, 'record.json')).mode & 0o777).toBe(0o600)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(readdirSync(path)).toEqual(['record.json'])
  })

  it('that cannot be read are told as left over, and the others still found', () => {
    const records = openClusterRecords(folder)
    records.write(recordOf('fairlead-a-1'))
    for (const [name, text] of [
      ['fairlead-a-2', '{"name": "fairlead-a-2"'],
      ['fairlead-a-3', '{}'],
      ['fairlead-a-4', readFileSync(join(records.folderOf('fairlead-a-1'), 'record.json'), 'utf8')],
    ] as const) {
      mkdirSync(records.folderOf(name))
      writeFileSync(join(records.folderOf(name), 'record.json'), text)
    }
    mkdirSync(records.folderOf('fairlead-a-5'))
    expect(records.list().map(({ name }) => name)).toEqual(['fairlead-a-1'])
    expect(records.leftOver()).toEqual([
      { name: 'fairlead-a-2', why: expect.stringContaining('record.json cannot be read: SyntaxError') },
      { name: 'fairlead-a-3', why: expect.stringContaining('record.json cannot be read: ') },
      { name: 'fairlead-a-4', why: 'its record.json is of fairlead-a-1' },
      { name: 'fairlead-a-5', why: 'it has no record.json' },
    ])
  })

  it('never name a folder outside of their own', () => {
    const records = openClusterRecords(folder)
    for (const name of ['..', 'a/b', '', 'a..', 'A'])
      expect(() => records.folderOf(name)).toThrow('is no name')
  })

  it('keep what they held when the disk is full, and say so', () => {
    const record = recordOf('fairlead-a-1')
    openClusterRecords(folder).write(record)
    for (const calls of [
      { write: noSpace, sync: () => {} },
      { write: (_: number, data: Uint8Array) => data.length, sync: noSpace },
    ]) {
      const full = openClusterRecords(folder, (path, content) => replaceFileSafely(path, content, calls))
      expect(() => full.write({ ...record, owner: 'sandbox' })).toThrow(
        expect.objectContaining({
          code: 'PROVIDER_FAILED',
          message: `The server cannot save ${full.folderOf(record.name)}/record.json: its disk is full.`,
          hint: expect.stringContaining('What was saved before is still there.'),
        }),
      )
    }
    expect(openClusterRecords(folder).list()).toEqual([record])
    expect(readdirSync(openClusterRecords(folder).folderOf(record.name))).toEqual(['record.json'])
  })

  it('keep what they held on a disk that is really full', async (context) => {
    const mounted = await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', folder]).catch(
      () => undefined,
    )
    if (mounted?.exitCode !== 0) return context.skip('this user may not mount a small disk')
    try {
      const records = openClusterRecords(folder)
      const record = recordOf('fairlead-a-1')
      records.write(record)
      writeFileSync(join(folder, 'rest'), '')
      expect(() => writeFileSync(join(folder, 'rest'), 'x'.repeat(100_000))).toThrow('ENOSPC')
      expect(() => records.write({ ...record, owner: 'sandbox' })).toThrow(/its disk is full/)
      expect(records.list()).toEqual([record])
      rmSync(join(folder, 'rest'))
      records.write({ ...record, owner: 'sandbox' })
      expect(records.list()).toEqual([{ ...record, owner: 'sandbox' }])
    } finally {
      await runCommand('umount', [folder])
    }
  })
})
