// Text tools that just-bash has, as programs of ours. They read everything before they write anything, which does not matter for
// tools that sort, compare or reformat; what must stream has a file of its own.
import type { BashOptions } from 'just-bash'
import type { FileSystem } from '../../node/file-system.ts'
import { resolvePath } from '../../node/file-system.ts'
import type { Process } from '../../node/process.ts'
import { readAll } from '../interpreter/streams.ts'
import type { Command } from './command.ts'

type JustBashFiles = NonNullable<BashOptions['fs']>

export interface BufferedTool extends Omit<Command, 'program' | 'group'> {
  /** Short options that take a value, so that operands can be told from values. */
  readonly valueOptions?: string
  /** Operands before the first file: the script of sed and awk. */
  readonly operandsBeforeFiles?: (options: readonly string[]) => number
  /** Reads standard input whatever the operands are, or never. */
  readonly stdin?: 'always' | 'never'
}

export function bufferedTool(tool: BufferedTool): Command {
  const { valueOptions = '', operandsBeforeFiles, stdin, ...command } = tool
  return {
    group: 'text',
    ...command,
    program: (process) => runBuffered(tool.name, process, readsStdin(process.argv.slice(1), tool)),
  }
}

function readsStdin(args: readonly string[], tool: BufferedTool): boolean {
  if (tool.stdin) return tool.stdin === 'always'
  const operands: string[] = []
  const options: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--') {
      operands.push(...args.slice(i + 1))
      break
    }
    if (!/^-./.test(arg)) {
      operands.push(arg)
      continue
    }
    options.push(arg)
    if (!arg.startsWith('--') && tool.valueOptions?.includes(arg.charAt(arg.length - 1))) i++
    else if (arg === '--arg' || arg === '--argjson') i += 2
  }
  const before = tool.operandsBeforeFiles?.(options) ?? 0
  const files = operands.slice(before)
  return files.length === 0 || files.includes('-') || files.includes('/dev/stdin')
}

/** Runs one of just-bash's commands on this process's files and streams. */
export async function runBuffered(
  name: string,
  process: Process,
  readStdin: boolean,
  args = process.argv.slice(1),
): Promise<number> {
  const { Bash } = await import('just-bash/browser')
  const input = readStdin ? await readAll(process.stdin, process.signal) : new Uint8Array()
  const bash = new Bash({
    fs: adaptFiles(process.files),
    commands: [name as NonNullable<BashOptions['commands']>[number]],
    defenseInDepth: false,
    cwd: process.cwd,
    executionLimits: { maxExecutionTimeMs: 60_000, maxOutputSize: 64 * 1024 * 1024 },
  })
  const result = await bash.exec(name, {
    args: [...args],
    stdin: latin1(input),
    stdinKind: 'bytes',
    cwd: process.cwd,
    env: { ...process.env },
    replaceEnv: true,
    signal: process.signal,
  })
  if (result.stdout !== '') {
    await process.stdout.write(result.stdoutEncoding === 'binary' ? fromLatin1(result.stdout) : result.stdout)
  }
  if (result.stderr !== '') await process.stderr.write(result.stderr)
  return result.exitCode
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return text
}

function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 255)
}

function adaptFiles(files: FileSystem): JustBashFiles {
  const statOf = (path: string, followLinks: boolean) => {
    const stat = files.stat(path, { followLinks })
    if (!stat) throw new Error(`ENOENT: no such file or directory, stat '${path}'`)
    return {
      isFile: stat.type === 'file',
      isDirectory: stat.type === 'directory',
      isSymbolicLink: stat.type === 'symlink',
      mode: stat.mode,
      size: stat.size,
      mtime: new Date(stat.modifiedAt),
    }
  }
  const guard = async <T>(path: string, operation: () => T): Promise<T> => {
    try {
      return operation()
    } catch (error) {
      const code = (error as { code?: string }).code ?? 'EIO'
      throw new Error(`${code}: ${code === 'ENOENT' ? 'no such file or directory' : code}, '${path}'`)
    }
  }
  return {
    readFile: (path) => guard(path, () => files.readText(path)),
    readFileBuffer: (path) => guard(path, () => files.read(path)),
    writeFile: (path, content) => guard(path, () => files.write(path, content)),
    appendFile: (path, content) => guard(path, () => files.write(path, content, { append: true })),
    exists: async (path) => files.stat(path) !== undefined,
    stat: async (path) => statOf(path, true),
    lstat: async (path) => statOf(path, false),
    mkdir: (path, options) =>
      guard(path, () => files.makeDirectory(path, { recursive: options?.recursive ?? false })),
    readdir: (path) => guard(path, () => files.list(path)),
    rm: (path, options) =>
      guard(path, () => {
        if (options?.force && !files.stat(path, { followLinks: false })) return
        files.remove(path, { recursive: options?.recursive ?? false })
      }),
    cp: (from, to) => guard(from, () => files.write(to, files.read(from))),
    mv: (from, to) => guard(from, () => files.rename(from, to)),
    resolvePath,
    getAllPaths: () => [],
    chmod: (path, mode) => guard(path, () => files.chmod(path, mode)),
    symlink: (target, path) => guard(path, () => files.link(target, path)),
    link: (from, to) => guard(from, () => files.write(to, files.read(from))),
    readlink: async (path) => files.stat(path, { followLinks: false })?.linkTarget ?? '',
    realpath: async (path) => path,
    utimes: async () => undefined,
  }
}
