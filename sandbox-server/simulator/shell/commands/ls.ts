// ls(1): columns and colours on a terminal, one name a line elsewhere, -l.
import { type FileStat, resolvePath } from '../../node/file-system.ts'
import type { Process } from '../../node/process.ts'
import { inColumns } from '../line-editor/columns.ts'
import type { Command } from './command.ts'
import { complain, pathOf } from './files-of.ts'
import { formatMode, formatSize } from './format-stat.ts'
import { type ParsedOptions, parseOptions, withUsage } from './options.ts'

interface Entry {
  readonly name: string
  readonly path: string
  readonly stat: FileStat
}

export const lsCommand: Command = {
  name: 'ls',
  summary: 'list directories',
  group: 'files',
  usage: 'ls [-lAahtrR1dF] [FILE]...',
  flags: {
    '-l': 'with modes, sizes and times',
    '-a': 'hidden names, too',
    '-h': 'sizes for people',
    '-t': 'newest first',
    '-r': 'backwards',
    '-R': 'directories within',
    '-1': 'one a line',
    '-d': 'directories themselves',
  },
  program: withUsage(async (process) => {
    const args = process.argv
      .slice(1)
      .map((arg) => (arg.startsWith('--color') ? `--color=${arg.slice(8) || 'always'}` : arg))
    const options = parseOptions(
      args,
      {
        l: 'long',
        a: 'all',
        all: 'all',
        A: 'almost',
        'almost-all': 'almost',
        h: 'human',
        'human-readable': 'human',
        t: 'time',
        r: 'reverse',
        reverse: 'reverse',
        R: 'recursive',
        recursive: 'recursive',
        '1': 'single',
        d: 'directory',
        F: 'classify',
        S: 'size',
        i: 'inode',
        n: 'long',
        p: 'slash',
        color: '=color',
        g: 'long',
        s: 'blocks',
        'full-time': 'long',
        C: 'columns',
      },
      { status: 2 },
    )
    let status = 0
    const files: Entry[] = []
    const directories: Entry[] = []
    for (const name of options.operands.length === 0 ? ['.'] : options.operands) {
      const path = pathOf(process, name)
      const stat =
        process.files.stat(path, { followLinks: !options.has('long') && !options.has('directory') }) ??
        process.files.stat(path, { followLinks: false })
      if (!stat) {
        await complain(process, `cannot access '${name}': No such file or directory`)
        status = 2
      } else if (stat.type === 'directory' && !options.has('directory'))
        directories.push({ name, path, stat })
      else files.push({ name, path, stat })
    }
    if (files.length > 0) await print(process, sorted(files, options), options, false)
    let first = files.length === 0
    const titled = directories.length + files.length > 1 || options.has('recursive')
    const visit = async (directory: Entry): Promise<void> => {
      const entries = entriesOf(process, directory.path, options)
      await process.stdout.write(titled ? `${first ? '' : '\n'}${directory.name}:\n` : '')
      first = false
      await print(process, entries, options, true)
      if (!options.has('recursive')) return
      for (const entry of entries) {
        if (entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..')
          await visit({ ...entry, name: `${directory.name}/${entry.name}` })
      }
    }
    for (const directory of directories) await visit(directory)
    return status
  }),
}

function entriesOf(process: Process, path: string, options: ParsedOptions): Entry[] {
  const names = process.files
    .list(path)
    .filter((name) => options.has('all') || options.has('almost') || !name.startsWith('.'))
  const entry = (name: string): Entry[] => {
    const full = resolvePath(path, name)
    const stat = process.files.stat(full, { followLinks: false })
    return stat ? [{ name, path: full, stat }] : []
  }
  const special = options.has('all') ? ['.', '..'].flatMap(entry) : []
  return [...special, ...sorted(names.flatMap(entry), options)]
}

function sorted(entries: readonly Entry[], options: ParsedOptions): Entry[] {
  const compare = (a: Entry, b: Entry) => {
    if (options.has('time') && a.stat.modifiedAt !== b.stat.modifiedAt)
      return b.stat.modifiedAt - a.stat.modifiedAt
    if (options.has('size') && a.stat.size !== b.stat.size) return b.stat.size - a.stat.size
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
  }
  const list = [...entries].sort(compare)
  return options.has('reverse') ? list.reverse() : list
}

async function print(
  process: Process,
  entries: readonly Entry[],
  options: ParsedOptions,
  total: boolean,
): Promise<void> {
  const terminal = process.stdout.isTerminal === true
  const colour =
    options.value('color') === undefined
      ? terminal
      : options.value('color') === 'always' || (options.value('color') === 'auto' && terminal)
  if (options.has('long')) return printLong(process, entries, options, colour, total)
  const shown = entries.map((entry) => ({
    plain: entry.name + suffix(entry, options),
    painted: paint(entry, colour) + suffix(entry, options),
  }))
  if (shown.length === 0) return
  if ((!terminal && !options.has('columns')) || options.has('single')) {
    return process.stdout.write(shown.map(({ painted }) => `${painted}\n`).join(''))
  }
  const paints = new Map(shown.map(({ plain, painted }) => [plain, painted]))
  await process.stdout.write(
    inColumns(
      shown.map(({ plain }) => plain),
      process.terminal?.columns ?? 80,
      (name) => paints.get(name) ?? name,
    ),
  )
}

async function printLong(
  process: Process,
  entries: readonly Entry[],
  options: ParsedOptions,
  colour: boolean,
  total: boolean,
): Promise<void> {
  const size = (entry: Entry) =>
    options.has('human') ? formatSize(entry.stat.size) : String(entry.stat.size)
  const width = Math.max(0, ...entries.map((entry) => size(entry).length))
  const links = (entry: Entry) => (entry.stat.type === 'directory' ? '2' : '1')
  let text = ''
  if (total) {
    const blocks = entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0)
    text += `total ${blocks}\n`
  }
  for (const entry of entries) {
    const target = entry.stat.linkTarget === undefined ? '' : ` -> ${entry.stat.linkTarget}`
    text += `${formatMode(entry.stat)} ${links(entry)} root root ${size(entry).padStart(width)} ${formatTime(entry.stat.modifiedAt, process.clock.now())} ${paint(entry, colour)}${suffix(entry, options)}${target}\n`
  }
  await process.stdout.write(text)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** As ls prints times: with the hour for half a year, with the year before that. */
function formatTime(at: number, now: number): string {
  const date = new Date(at)
  const day = `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`
  const recent = Math.abs(now - at) < 183 * 86_400_000
  return `${day} ${recent ? date.toISOString().slice(11, 16) : String(date.getUTCFullYear()).padStart(5)}`
}

function suffix({ stat }: Entry, options: ParsedOptions): string {
  if (stat.type === 'directory') return options.has('classify') || options.has('slash') ? '/' : ''
  if (!options.has('classify')) return ''
  return stat.type === 'symlink' ? '@' : (stat.mode & 0o111) !== 0 ? '*' : ''
}

function paint({ name, stat }: Entry, colour: boolean): string {
  if (!colour) return name
  if (stat.type === 'directory') return `\x1b[1;34m${name}\x1b[0m`
  if (stat.type === 'symlink') return `\x1b[1;36m${name}\x1b[0m`
  return (stat.mode & 0o111) !== 0 ? `\x1b[1;32m${name}\x1b[0m` : name
}
