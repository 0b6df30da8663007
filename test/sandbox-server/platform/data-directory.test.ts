import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openDataDirectory } from '../../../sandbox-server/platform/data-directory.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-data-'))
  return () => rm(folder, { recursive: true })
})

describe('a data directory', () => {
  it('belongs to one process at a time, and to the next one after it ended', () => {
    const first = openDataDirectory(folder)
    expect(() => openDataDirectory(folder)).toThrow(
      `The data directory ${folder} is in use by process ${process.pid}. Stop that server (kill ${process.pid}) or start this one with --data OTHER.`,
    )
    first.release()
    openDataDirectory(folder).release()
  })

  it('is taken over from a process that was killed, and from one whose number another process has now', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.once('exit', resolve))
    await writeFile(join(folder, 'lock'), `${child.pid} 1\n`)
    openDataDirectory(folder).release()
    await writeFile(join(folder, 'lock'), `${process.pid} 1\n`)
    openDataDirectory(folder).release()
  })

  it('keeps a secret that only its owner can read', async () => {
    const data = openDataDirectory(folder)
    const secret = data.secret('cookie-secret')
    expect(secret).toHaveLength(32)
    expect(data.secret('cookie-secret')).toEqual(secret)
    expect(new Uint8Array(await readFile(data.file('cookie-secret')))).toEqual(new Uint8Array(secret))
    expect(((await stat(data.file('cookie-secret'))).mode & 0o777).toString(8)).toBe('600')
    data.release()
  })

  it('that cannot be made is told with what to do', async () => {
    await writeFile(join(folder, 'file'), '')
    expect(() => openDataDirectory(join(folder, 'file', 'data'))).toThrow(/Choose another one with --data\./)
  })
})
