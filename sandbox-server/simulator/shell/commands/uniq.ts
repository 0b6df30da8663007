// uniq(1). Streams.
import type { Command } from './command.ts'
import { complain, eachLine, errorText, openInput, pathOf } from './files-of.ts'
import { parseOptions, withUsage } from './options.ts'

export const uniqCommand: Command = {
  name: 'uniq',
  summary: 'drop or count repeated neighbouring lines',
  group: 'text',
  usage: 'uniq [-cdiu] [-f FIELDS] [INPUT [OUTPUT]]',
  flags: { '-c': 'count them', '-d': 'only repeated ones', '-u': 'only single ones', '-i': 'ignore case' },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      c: 'count',
      count: 'count',
      d: 'repeated',
      repeated: 'repeated',
      u: 'unique',
      unique: 'unique',
      i: 'ignore-case',
      'ignore-case': 'ignore-case',
      f: '=fields',
      s: '=characters',
      w: '=width',
    })
    const fields = Number(options.value('fields') ?? 0)
    const skipped = Number(options.value('characters') ?? 0)
    const width = options.value('width')
    const keyOf = (line: string) => {
      const rest = line.replace(new RegExp(`^(?:\\s*\\S+){0,${fields}}`), '').slice(skipped)
      const key = width === undefined ? rest : rest.slice(0, Number(width))
      return options.has('ignore-case') ? key.toLowerCase() : key
    }
    const [input = '-', output] = options.operands
    const write = async (text: string) => {
      if (output === undefined) await process.stdout.write(text)
      else process.files.write(pathOf(process, output), text, { append: true })
    }
    let group: { line: string; key: string; count: number } | undefined
    const finish = async () => {
      if (!group) return
      if ((options.has('repeated') && group.count < 2) || (options.has('unique') && group.count > 1)) return
      await write(`${options.has('count') ? `${String(group.count).padStart(7)} ` : ''}${group.line}\n`)
    }
    try {
      if (output !== undefined) process.files.write(pathOf(process, output), '')
      for await (const line of eachLine(openInput(process, input), process.signal)) {
        const key = keyOf(line)
        if (group?.key === key) group.count++
        else {
          await finish()
          group = { line, key, count: 1 }
        }
      }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FileError') throw error
      await complain(process, `${input}: ${errorText(error)}`)
      return 1
    }
    await finish()
    return 0
  }),
}
