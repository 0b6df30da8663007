// xargs(1): runs the machine's own programs.
import type { Command } from './command.ts'
import { complain, readTextInput } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

/** Words as xargs splits them: blanks, quotes and backslashes count. */
function splitWords(text: string): string[] {
  const words: string[] = []
  for (const match of text.matchAll(/(?:[^\s"'\\]|\\[\s\S]|"[^"]*"|'[^']*')+/g)) {
    words.push(
      match[0].replace(
        /\\([\s\S])|"([^"]*)"|'([^']*)'/g,
        (_, escaped?: string, double?: string, single?: string) => escaped ?? double ?? single ?? '',
      ),
    )
  }
  return words
}

export const xargsCommand: Command = {
  name: 'xargs',
  summary: 'run a command with arguments from standard input',
  group: 'text',
  usage: 'xargs [-0] [-n COUNT] [-I NAME] [-r] [-t] [COMMAND [ARGUMENT]...]',
  flags: {
    '-n': 'arguments a run',
    '-I': 'put each line where NAME stands',
    '-0': 'arguments end with a zero',
    '-r': 'not without arguments',
    '-t': 'print the commands',
    '-P': 'runs at a time',
  },
  program: withUsage(async (process) => {
    const options = parseOptions(
      process.argv.slice(1),
      {
        n: '=count',
        I: '=replace',
        '0': 'null',
        null: 'null',
        r: 'needed',
        t: 'trace',
        P: '=parallel',
        d: '=delimiter',
        L: '=lines',
      },
      { stopAtOperand: true },
    )
    const text = await readTextInput(process, '-')
    const command = options.operands.length > 0 ? options.operands : ['echo']
    const replace = options.value('replace')
    const delimiter = options.has('null') ? '\0' : options.value('delimiter')?.replace('\\n', '\n')
    const list =
      delimiter !== undefined
        ? text.split(delimiter).filter((each, index, all) => each !== '' || index < all.length - 1)
        : replace !== undefined || options.has('lines')
          ? text
              .split('\n')
              .map((line) => line.trim())
              .filter((line) => line !== '')
          : splitWords(text)
    const count = replace !== undefined ? 1 : Number(options.value('count') ?? options.value('lines') ?? 5000)
    const runs: string[][] = []
    for (let i = 0; i < list.length; i += count) {
      const some = list.slice(i, i + count)
      runs.push(
        replace === undefined
          ? [...command, ...some]
          : command.map((word) => word.replaceAll(replace, some[0] ?? '')),
      )
    }
    if (runs.length === 0 && !options.has('needed') && replace === undefined) runs.push([...command])
    let status = 0
    let next = 0
    const worker = async () => {
      for (let argv = runs[next++]; argv; argv = runs[next++]) {
        if (options.has('trace')) await process.stderr.write(`${argv.join(' ')}\n`)
        const result = await process.spawn(argv, { stdin: { read: async () => undefined } })
        process.signal.throwIfAborted()
        if (result === 127) {
          await complain(process, `${argv[0]}: No such file or directory`)
          status = 127
          next = runs.length
        } else if (result !== 0) status = 123
      }
    }
    await Promise.all(Array.from({ length: Math.max(1, Number(options.value('parallel') ?? 1)) }, worker))
    return status
  }),
}
