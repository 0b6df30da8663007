// tar(1) for archives in the ustar format: what `kubectl cp` runs in containers. No compression.
import { resolvePath } from '../../node/file-system.ts'
import type { Process } from '../../node/process.ts'
import { concatenate, readAll } from '../../node/streams.ts'
import type { Command } from './command.ts'
import { pathOf } from './files-of.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

const blockSize = 512
const encoder = new TextEncoder()
const decoder = new TextDecoder()

interface Entry {
  readonly name: string
  readonly type: '0' | '2' | '5'
  readonly mode: number
  readonly modifiedAt: number
  readonly link: string
  readonly data: Uint8Array
}

function padded(data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(data.length / blockSize) * blockSize)
  whole.set(data)
  return whole
}

function encodeEntry(entry: Entry): Uint8Array {
  const header = new Uint8Array(blockSize)
  const put = (at: number, text: string) => header.set(encoder.encode(text), at)
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width, '0')}\0`
  // Long names go in two parts, cut at a slash.
  const bytes = encoder.encode(entry.name).length
  const cut = bytes > 100 ? entry.name.indexOf('/', entry.name.length - 100) : -1
  put(0, cut < 0 ? entry.name.slice(0, 100) : entry.name.slice(cut + 1))
  if (cut >= 0) put(345, entry.name.slice(0, cut))
  put(100, octal(entry.mode & 0o7777, 7))
  put(108, octal(0, 7))
  put(116, octal(0, 7))
  put(124, octal(entry.data.length, 11))
  put(136, octal(Math.floor(entry.modifiedAt / 1000), 11))
  put(148, ' '.repeat(8))
  put(156, entry.type)
  put(157, entry.link.slice(0, 100))
  put(257, 'ustar\x0000')
  put(265, 'root')
  put(297, 'root')
  const sum = header.reduce((total, byte) => total + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return concatenate([header, padded(entry.data)])
}

function* decodeEntries(archive: Uint8Array): Generator<Entry> {
  const text = (header: Uint8Array, at: number, length: number) =>
    decoder.decode(header.subarray(at, at + length)).replace(/\0[\s\S]*$/, '')
  let at = 0
  let long: string | undefined
  while (at + blockSize <= archive.length) {
    const header = archive.subarray(at, at + blockSize)
    if (header.every((byte) => byte === 0)) return
    if (!text(header, 257, 6).startsWith('ustar'))
      throw new UsageError('This does not look like a tar archive', 2)
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8)
    const data = archive.slice(at + blockSize, at + blockSize + size)
    at += blockSize + Math.ceil(size / blockSize) * blockSize
    const type = text(header, 156, 1)
    const prefix = text(header, 345, 155)
    const name = long ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`)
    long = undefined
    // GNU's long names, and the path of a pax header, come in an entry of their own before.
    if (type === 'L') long = decoder.decode(data).replace(/\0+$/, '')
    else if (type === 'x') long = /\d+ path=(.*)\n/.exec(decoder.decode(data))?.[1]
    else if (type === '' || type === '0' || type === '2' || type === '5') {
      const mode = Number.parseInt(text(header, 100, 8).trim() || '644', 8)
      const modifiedAt = Number.parseInt(text(header, 136, 12).trim() || '0', 8) * 1000
      yield { name, type: type === '' ? '0' : type, mode, modifiedAt, link: text(header, 157, 100), data }
    }
  }
}

function* entriesOf(files: Process['files'], path: string, name: string): Generator<Entry> {
  const stat = files.stat(path, { followLinks: false })
  if (!stat) throw new UsageError(`${name}: Cannot stat: No such file or directory`, 2)
  const { mode, modifiedAt } = stat
  const stored = name.replace(/^\/+/, '')
  const common = { mode, modifiedAt, link: '', data: new Uint8Array(0) }
  if (stat.type === 'symlink') yield { ...common, name: stored, type: '2', link: stat.linkTarget ?? '' }
  else if (stat.type === 'file') yield { ...common, name: stored, type: '0', data: files.read(path) }
  else {
    yield { ...common, name: `${stored.replace(/\/$/, '')}/`, type: '5' }
    for (const child of files.list(path)) yield* entriesOf(files, `${path}/${child}`, `${name}/${child}`)
  }
}

export const tarCommand: Command = {
  name: 'tar',
  summary: 'pack files into an archive and unpack them',
  group: 'files',
  usage: 'tar -c|-x|-t [-v] [-f ARCHIVE] [-C DIRECTORY] [FILE]...',
  flags: {
    '-c': 'make an archive',
    '-x': 'unpack',
    '-t': 'list',
    '-f': 'the archive; - is standard input or output',
    '-C': 'go there first',
    '-v': 'name what is handled',
  },
  program: withUsage(async (process) => {
    const [first = '', ...rest] = process.argv.slice(1)
    // The old style without a dash.
    const args = first.startsWith('-') || first === '' ? [first, ...rest] : [`-${first}`, ...rest]
    const options = parseOptions(
      args.filter((arg) => arg !== ''),
      {
        c: 'create',
        x: 'extract',
        t: 'list',
        v: 'verbose',
        f: '=file',
        C: '=directory',
        m: 'touch',
        p: 'keep',
        z: 'gzip',
        'no-same-owner': 'owner',
        'no-same-permissions': 'keep',
        warning: '=warning',
        'no-overwrite-dir': 'keep',
      },
    )
    if (options.has('gzip')) throw new UsageError('compressed archives are not simulated', 2)
    const base = resolvePath(process.cwd, options.value('directory') ?? '.')
    const archive = options.value('file') ?? '-'
    if (options.has('create'))
      return await create(process, archive, base, options.operands, options.has('verbose'))
    if (!options.has('extract') && !options.has('list')) {
      throw new UsageError("You must specify one of the '-ctx' options", 2)
    }
    const data =
      archive === '-'
        ? await readAll(process.stdin, process.signal)
        : process.files.read(pathOf(process, archive))
    for (const entry of decodeEntries(data)) {
      const wanted = options.operands
      if (
        wanted.length > 0 &&
        !wanted.some((one) => entry.name === one || entry.name.startsWith(`${one.replace(/\/$/, '')}/`))
      )
        continue
      if (options.has('verbose') || options.has('list')) await process.stdout.write(`${entry.name}\n`)
      if (options.has('extract')) unpack(process, base, entry)
    }
    return 0
  }),
}

async function create(
  process: Process,
  archive: string,
  base: string,
  names: readonly string[],
  isVerbose: boolean,
): Promise<number> {
  if (names.length === 0) throw new UsageError('Cowardly refusing to create an empty archive', 2)
  const parts: Uint8Array[] = []
  if (names.some((name) => name.startsWith('/')))
    await process.stderr.write("tar: Removing leading `/' from member names\n")
  for (const name of names) {
    for (const entry of entriesOf(process.files, resolvePath(base, name), name)) {
      if (isVerbose) await process.stderr.write(`${entry.name}\n`)
      parts.push(encodeEntry(entry))
    }
  }
  const whole = concatenate([...parts, new Uint8Array(2 * blockSize)])
  if (archive === '-') await process.stdout.write(whole)
  else process.files.write(pathOf(process, archive), whole)
  return 0
}

/** Paths that would lead out of the directory are kept inside, as GNU tar does. */
function unpack({ files }: Process, base: string, entry: Entry): void {
  const path = resolvePath(base, resolvePath('/', entry.name).slice(1))
  if (entry.type === '5') {
    files.makeDirectory(path, { recursive: true })
    return
  }
  files.makeDirectory(resolvePath(path, '..'), { recursive: true })
  if (entry.type === '2') {
    if (files.stat(path, { followLinks: false })) files.remove(path)
    files.link(entry.link, path)
  } else files.write(path, entry.data, { mode: entry.mode })
}
