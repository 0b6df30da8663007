// Redirections: opens files and here-documents, moves descriptors. What it opens is closed by the function it gives.
import { FileError, resolvePath } from '../../node/file-system.ts'
import type { WriteStream } from '../../node/process.ts'
import type { Redirection } from './ast.ts'
import { ShellError } from './control.ts'
import { expandToString } from './expand.ts'
import type { Descriptor, Descriptors, Run } from './shell.ts'
import { bytesReader, emptyReader, nullWriter, type PushbackReader, textReader, yielding } from './streams.ts'

export async function redirect(redirections: readonly Redirection[], run: Run): Promise<Descriptors> {
  if (redirections.length === 0) return run.fds
  const fds = new Map<number, Descriptor>(run.fds)
  for (const redirection of redirections) await apply(redirection, fds, run)
  return fds
}

async function apply(redirection: Redirection, fds: Map<number, Descriptor>, run: Run): Promise<void> {
  const { operator, target } = redirection
  const number = redirection.fd ?? (operator.startsWith('<') ? 0 : 1)
  if (target.type === 'HereDoc') {
    const text = await expandToString(target.content, run)
    const stripped = target.stripTabs ? text.replace(/^\t+/gm, '') : text
    fds.set(number, { reader: textReader(stripped) })
    return
  }
  const word = await expandToString(target, run)
  switch (operator) {
    case '<':
      fds.set(number, { reader: openForReading(word, run) })
      return
    case '<>':
      fds.set(number, { reader: openForReading(word, run), writer: openForWriting(word, run, true) })
      return
    case '<<<':
      fds.set(number, { reader: textReader(`${word}\n`) })
      return
    case '>':
    case '>|':
    case '>>': {
      if (operator === '>' && run.shell.options.noclobber) refuseExisting(word, run)
      const writer = openForWriting(word, run, operator === '>>')
      if (redirection.fdVariable) {
        let free = 10
        while (fds.has(free)) free++
        run.shell.variables.set(redirection.fdVariable, String(free))
        fds.set(free, { writer })
      } else fds.set(number, { writer })
      return
    }
    case '&>':
    case '&>>': {
      const writer = openForWriting(word, run, operator === '&>>')
      fds.set(1, { writer })
      fds.set(2, { writer })
      return
    }
    case '>&':
    case '<&':
      return duplicate(word, number, operator, redirection, fds, run)
    case '<<':
    case '<<-':
      throw new ShellError('here-document without text')
  }
}

function duplicate(
  word: string,
  number: number,
  operator: '>&' | '<&',
  redirection: Redirection,
  fds: Map<number, Descriptor>,
  run: Run,
): void {
  if (word === '-') {
    fds.delete(number)
    return
  }
  const moved = /^(\d+)(-?)$/.exec(word)
  if (moved?.[1] !== undefined) {
    const source = fds.get(Number(moved[1]))
    if (!source) throw new ShellError(`${word}: Bad file descriptor`)
    fds.set(number, source)
    if (moved[2] === '-') fds.delete(Number(moved[1]))
    return
  }
  if (operator === '>&' && redirection.fd === null) {
    const writer = openForWriting(word, run, false)
    fds.set(1, { writer })
    fds.set(2, { writer })
    return
  }
  throw new ShellError(`${word}: ambiguous redirect`)
}

function refuseExisting(word: string, run: Run): void {
  const path = resolvePath(run.shell.cwd, word)
  if (run.shell.process.files.stat(path)?.type === 'file') {
    throw new ShellError(`${word}: cannot overwrite existing file`)
  }
}

export function openForReading(word: string, run: Run): PushbackReader {
  const path = resolvePath(run.shell.cwd, word)
  const device = deviceOf(path, run)
  if (device) return device.reader ?? emptyReader
  try {
    return bytesReader(run.shell.process.files.read(path))
  } catch (error) {
    throw fileProblem(word, error)
  }
}

export function openForWriting(word: string, run: Run, append: boolean): WriteStream {
  const path = resolvePath(run.shell.cwd, word)
  const device = deviceOf(path, run)
  if (device) return device.writer ?? nullWriter()
  const { files } = run.shell.process
  try {
    if (word === '') throw new FileError('ENOENT', word)
    files.write(path, '', { append })
  } catch (error) {
    throw fileProblem(word, error)
  }
  const writer: WriteStream = {
    async write(data) {
      try {
        files.write(path, data, { append: true })
      } catch (error) {
        throw new Error(`write error: ${describeFileError(error)}`)
      }
    },
    end: () => undefined,
  }
  return yielding(writer)
}

function deviceOf(path: string, run: Run): Descriptor | undefined {
  switch (path) {
    case '/dev/null':
      return { reader: emptyReader, writer: nullWriter() }
    case '/dev/stdin':
      return run.fds.get(0) ?? {}
    case '/dev/stdout':
      return run.fds.get(1) ?? {}
    case '/dev/stderr':
      return run.fds.get(2) ?? {}
    case '/dev/tty':
      for (const fd of run.fds.values()) if (fd.reader?.isTerminal || fd.writer?.isTerminal) return fd
      return {}
    default: {
      const descriptor = /^\/dev\/fd\/(\d+)$/.exec(path)
      return descriptor ? (run.fds.get(Number(descriptor[1])) ?? {}) : undefined
    }
  }
}

const messages: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  EROFS: 'Read-only file system',
  ENOTEMPTY: 'Directory not empty',
  ENOSPC: 'No space left on device',
  EACCES: 'Permission denied',
  EINVAL: 'Invalid argument',
}

/** strerror(3) of a FileError. */
export function describeFileError(error: unknown): string {
  if (error instanceof FileError) return messages[error.code] ?? error.message
  return error instanceof Error ? error.message : String(error)
}

function fileProblem(word: string, error: unknown): ShellError {
  return new ShellError(`${word}: ${describeFileError(error)}`)
}
