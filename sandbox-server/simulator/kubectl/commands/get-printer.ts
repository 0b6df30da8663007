// The format of `kubectl get -o`, custom columns included.
import { resolvePath } from '../../node/file-system.ts'
import { CliError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { CustomColumnsPrinter, parseCustomColumns, parseCustomColumnsFile } from '../output/custom-columns.ts'
import { type ObjectPrinter, objectPrinter } from '../output/printer.ts'

const formats = [
  'custom-columns',
  'custom-columns-file',
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'name',
  'template',
  'templatefile',
  'wide',
  'yaml',
]

/** Undefined for the table. */
export function getPrinter(invocation: Invocation): ObjectPrinter | undefined {
  const { flags, process } = invocation
  const output = flags.string('output')
  if (output === 'wide') return undefined
  const noHeaders = flags.boolean('no-headers')
  if (output === 'custom-columns' || output.startsWith('custom-columns=')) {
    const spec = output.slice('custom-columns='.length) || flags.string('template')
    const printer = new CustomColumnsPrinter(parseCustomColumns(spec), noHeaders)
    return (object) => printer.print(object)
  }
  if (output.startsWith('custom-columns-file=')) {
    const name = output.slice('custom-columns-file='.length)
    const path = resolvePath(process.cwd, name)
    if (!process.files.stat(path))
      throw new CliError(`error reading template ${name}, open ${name}: no such file or directory`)
    const printer = new CustomColumnsPrinter(parseCustomColumnsFile(process.files.readText(path)), noHeaders)
    return (object) => printer.print(object)
  }
  return objectPrinter(invocation, formats)
}
