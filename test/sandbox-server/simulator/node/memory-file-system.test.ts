import { expect, test } from 'vitest'
import { createTree } from '../../../../sandbox-server/simulator/node/images/file-tree.ts'
import { computedDirectory, computedFile } from '../../../../sandbox-server/simulator/node/inode.ts'
import { MemoryFileSystem } from '../../../../sandbox-server/simulator/node/memory-file-system.ts'
import { Volume } from '../../../../sandbox-server/simulator/node/volume.ts'

const image = createTree(undefined, {
  links: { '/bin': 'usr/bin', '/etc/loop': 'loop' },
  files: { '/etc/passwd': 'root\n', '/usr/bin/sh': 'shell', '/tmp/': '' },
})
const now = () => 5000

test('containers share a layer and write into their own', () => {
  const one = new MemoryFileSystem(new Volume(image), now)
  const two = new MemoryFileSystem(new Volume(image), now)
  one.write('/etc/passwd', 'more\n', { append: true })
  one.write('/tmp/x', 'mine')
  one.remove('/bin/sh')
  expect(one.readText('/etc/passwd')).toBe('root\nmore\n')
  expect(two.readText('/etc/passwd')).toBe('root\n')
  expect(two.list('/tmp')).toEqual([])
  expect(two.readText('/bin/sh')).toBe('shell')
  expect(one.stat('/usr/bin/sh')).toBeUndefined()
  expect(one.root.changes()).toEqual([
    { path: '/etc/passwd', type: 'file', mode: 0o644, modifiedAt: 5000, content: 'root\nmore\n' },
    { path: '/usr/bin/sh', type: 'removed' },
    { path: '/tmp/x', type: 'file', mode: 0o644, modifiedAt: 5000, content: 'mine' },
  ])
})

test('changes bring a volume back, bytes that are no text included', () => {
  const one = new MemoryFileSystem(new Volume(image), now)
  one.makeDirectory('/srv/a/b', { recursive: true })
  one.write('/srv/a/b/bytes', Uint8Array.of(0xff, 0, 1), { mode: 0o600 })
  one.link('../passwd', '/etc/link')
  const two = new MemoryFileSystem(new Volume(image), now)
  two.root.restore(JSON.parse(JSON.stringify(one.root.changes())))
  expect([...two.read('/srv/a/b/bytes')]).toEqual([255, 0, 1])
  expect(two.stat('/srv/a/b/bytes')?.mode).toBe(0o600)
  expect(two.stat('/etc/link', { followLinks: false })?.linkTarget).toBe('../passwd')
})

test('links lead through directories, and one that leads to itself ends in an error', () => {
  const files = new MemoryFileSystem(new Volume(image), now)
  expect(files.list('/bin')).toEqual(['sh'])
  expect(() => files.readText('/etc/loop')).toThrow('/etc/loop: Invalid argument')
})

test('mounts show one volume in several places, whole, in part, or a single file; read-only ones refuse', () => {
  const shared = new Volume()
  const a = new MemoryFileSystem(new Volume(image), now)
  const b = new MemoryFileSystem(new Volume(image), now)
  a.mount({ path: '/data', volume: shared })
  a.write('/data/file', 'hello')
  b.mount({ path: '/mnt/file', volume: shared, subPath: '/file', readOnly: true })
  const told: string[] = []
  b.onChange((path) => told.push(path))
  a.write('/data/file', 'changed')
  expect(b.readText('/mnt/file')).toBe('changed')
  expect(told).toEqual(['/mnt/file'])
  expect(() => b.write('/mnt/file', 'no')).toThrow('/mnt/file: Read-only file system')
  expect(b.list('/mnt')).toEqual(['file'])
})

test('a mount point may lie behind a link, and is made where it is missing', () => {
  const tree = createTree(undefined, { links: { '/var/run': '/run' }, files: { '/run/': '' } })
  const files = new MemoryFileSystem(new Volume(tree), now)
  const secrets = new Volume()
  new MemoryFileSystem(secrets, now).write('/token', 'secret')
  files.mount({ path: '/var/run/secrets/account', volume: secrets, readOnly: true })
  expect(files.readText('/var/run/secrets/account/token')).toBe('secret')
  expect(files.readText('/run/secrets/account/token')).toBe('secret')
})

test('computed files and directories are made when they are read', () => {
  const files = new MemoryFileSystem(new Volume(image), now)
  let value = 1
  const write = (text: string) => {
    value = Number(text)
  }
  files.graft(
    '/proc/value',
    computedFile(() => `${value}\n`, write),
  )
  files.graft(
    '/proc/list',
    computedDirectory(() => ({ [`n${value}`]: computedFile(() => 'x') })),
  )
  files.write('/proc/value', '7\n')
  expect(files.readText('/proc/value')).toBe('7\n')
  expect(files.list('/proc/list')).toEqual(['n7'])
  expect(files.readText('/proc/list/n7')).toBe('x')
  expect(() => files.write('/proc/list/n7', '')).toThrow('Permission denied')
})

test('errors are those of the kernel', () => {
  const files = new MemoryFileSystem(new Volume(image), now)
  const message = (act: () => unknown) => {
    try {
      act()
      return 'nothing'
    } catch (error) {
      return (error as { code?: string }).code
    }
  }
  expect([
    message(() => files.readText('/nosuch')),
    message(() => files.readText('/etc')),
    message(() => files.write('/nosuch/file', '')),
    message(() => files.list('/etc/passwd')),
    message(() => files.makeDirectory('/etc')),
    message(() => files.remove('/etc')),
    message(() => files.rename('/etc', '/etc/below')),
    message(() => files.write('/tmp/big', new Uint8Array(65 * 1024 * 1024))),
  ]).toEqual(['ENOENT', 'EISDIR', 'ENOENT', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'EINVAL', 'ENOSPC'])
})
