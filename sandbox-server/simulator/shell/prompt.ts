// PS1 and PS2: backslash escapes and expansions, as PROMPTING in bash(1) has them.
import { expandToString } from './interpreter/expand.ts'
import type { Run } from './interpreter/shell.ts'

export async function renderPrompt(name: 'PS1' | 'PS2', run: Run): Promise<string> {
  const { shell } = run
  const fallback = name === 'PS2' ? '> ' : shell.flavour === 'sh' ? '\\w \\$ ' : '\\u@\\h:\\w\\$ '
  const decoded = decode(shell.variables.get(name) ?? fallback, run)
  if (!/[$`]/.test(decoded)) return decoded
  try {
    const command = shell.parse(`: "${decoded.replaceAll('"', '\\"')}"`).statements[0]?.pipelines[0]
      ?.commands[0]
    const word = command?.type === 'SimpleCommand' ? command.args[0] : undefined
    return word ? await expandToString(word, run) : decoded
  } catch {
    // A PS1 that does not expand is shown as it is, so that the shell stays usable.
    return decoded
  }
}

function decode(prompt: string, run: Run): string {
  const { shell } = run
  const { machine, clock } = shell.process
  const home = shell.variables.get('HOME') ?? '/root'
  const path =
    shell.cwd === home || shell.cwd.startsWith(`${home}/`) ? `~${shell.cwd.slice(home.length)}` : shell.cwd
  const time = new Date(clock.now()).toISOString()
  return prompt.replace(/\\(0\d\d|[\s\S])/g, (whole, letter: string) => {
    switch (letter) {
      case 'u':
        return shell.variables.get('USER') ?? 'root'
      case 'h':
        return machine.hostname.split('.')[0] ?? ''
      case 'H':
        return machine.hostname
      case 'w':
        return path
      case 'W':
        return path === '~' || path === '/' ? path : (path.split('/').at(-1) ?? path)
      case '$':
        return '#'
      case 'n':
        return '\n'
      case 'r':
        return '\r'
      case 'a':
        return '\x07'
      case 'e':
      case '033':
        return '\x1b'
      case '[':
        return '\x01'
      case ']':
        return '\x02'
      case 's':
        return shell.flavour
      case 't':
        return time.slice(11, 19)
      case 'A':
        return time.slice(11, 16)
      case 'j':
        return String(shell.jobs.length)
      case '!':
      case '#':
        return String(shell.history.length + 1)
      case '\\':
        return '\\'
      default:
        return whole
    }
  })
}
