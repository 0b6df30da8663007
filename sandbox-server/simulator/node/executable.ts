// Executable files: how a program of the simulator lies in a file tree, and how execvp(3) finds one. Since it is a file, it can be
// listed, copied (as Flannel's init container copies its plugin) and deleted, with the effect that has.
import type { FileSystem } from './file-system.ts'
import { resolvePath } from './file-system.ts'
import type { Program, SpawnOptions } from './process.ts'
import type { ProcessHost } from './run-process.ts'

const magic = '\u007fELF fairlead program '

/** Content of the executable file of a program. */
export function executableContent(program: string): string {
  return `${magic}${program}\n`
}

/** Which program a file holds; undefined where it is no executable of the simulator's. */
export function programOf(content: string): string | undefined {
  return content.startsWith(magic) ? content.slice(magic.length).trim() : undefined
}

export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Path of the file that argv[0] names, through PATH where it has no slash. */
export function whichExecutable(
  files: FileSystem,
  name: string,
  path: string = defaultPath,
  cwd = '/',
): string | undefined {
  if (name === '') return undefined
  const candidates = name.includes('/')
    ? [resolvePath(cwd, name)]
    : path.split(':').map((dir) => `${dir}/${name}`)
  return candidates.find((candidate) => {
    const stat = files.stat(candidate)
    return stat?.type === 'file' && (stat.mode & 0o111) !== 0
  })
}

export function findExecutable(
  host: ProcessHost,
  argv: readonly string[],
  options: SpawnOptions,
): { program: Program; argv: readonly string[] } | undefined {
  const [name = ''] = argv
  const env = options.env ?? host.env
  const path = whichExecutable(host.files, name, env.PATH, options.cwd ?? host.workingDirectory)
  if (!path) return undefined
  const content = host.files.readText(path)
  const found = programOf(content)
  if (found !== undefined) {
    const program = host.programs.get(found)
    return program && { program, argv }
  }
  // A script: its interpreter gets the path and the arguments (execve(2), "Interpreter scripts").
  const shebang = /^#!\s*(\S+)(?:[ \t]+(\S.*?))?\s*(?:\n|$)/.exec(content)
  const interpreter = shebang?.[1] === '/usr/bin/env' ? shebang[2] : (shebang?.[1] ?? '/bin/sh')
  const argument = shebang?.[1] === '/usr/bin/env' ? undefined : shebang?.[2]
  if (interpreter === undefined || interpreter === path) return undefined
  const scriptArgv = [
    interpreter,
    ...(argument ? [argument] : []),
    name.includes('/') ? name : path,
    ...argv.slice(1),
  ]
  const interpreterPath = whichExecutable(host.files, interpreter, env.PATH)
  const program = interpreterPath && programOf(host.files.readText(interpreterPath))
  const run = program === undefined ? undefined : host.programs.get(program)
  return run && { program: run, argv: scriptArgv }
}
