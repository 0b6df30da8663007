// Prints objects in the formats of -o. Source: cli-runtime/pkg/genericclioptions (PrintFlags) and printers.

import { resolvePath } from '../../node/file-system.ts'
import { kindName, type ResourceMapping } from '../discovery.ts'
import { CliError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { compileJsonPath } from '../jsonpath.ts'
import { groupOf, isList, nameOf, type Unstructured } from '../object.ts'
import { GoTemplate } from './go-template.ts'
import { goSyntax, toJson, toJsonInOrder } from './go-text.ts'
import { toYaml } from './yaml.ts'

export type ObjectPrinter = (object: Unstructured) => string

/** Objects that a command built from flags: kubectl prints those as Go structs, kind first and fields in their order. */
const built = new WeakSet<object>()

export function markBuilt(object: Unstructured): Unstructured {
  const { apiVersion, kind, ...rest } = object
  const ordered = { kind, apiVersion, ...rest } as Unstructured
  built.add(ordered)
  return ordered
}

/** `json`, `yaml`, `jsonpath={...}` and so on; undefined for kubectl's own wording. */
export function objectPrinter(invocation: Invocation, formats = defaultFormats): ObjectPrinter | undefined {
  const { flags } = invocation
  const output = flags.string('output')
  const template = flags.string('template')
  if (output === '' && template === '') return undefined
  const equals = output.indexOf('=')
  const format = output === '' ? 'go-template' : equals < 0 ? output : output.slice(0, equals)
  const argument = equals < 0 ? template : output.slice(equals + 1)
  const allowMissing = flags.boolean('allow-missing-template-keys')
  const strip = (object: Unstructured) =>
    flags.boolean('show-managed-fields') ? object : withoutManagedFields(object)
  const needed = (what: string): string => {
    if (argument === '') throw new CliError(`template format specified but no ${what} given`)
    return argument
  }
  const file = (): string => {
    const path = needed('template')
    try {
      return invocation.process.files.readText(resolvePath(invocation.process.cwd, path))
    } catch {
      throw new CliError(`error reading --template ${path}, open ${path}: no such file or directory`)
    }
  }
  switch (format) {
    case 'json':
      return (object) =>
        `${built.has(object) ? toJsonInOrder(object, '    ') : toJson(strip(object), '    ')}\n`
    case 'yaml': {
      let printed = 0
      return (object) => (printed++ > 0 ? '---\n' : '') + toYaml(strip(object))
    }
    case 'kyaml':
      return (object) => `---\n${toKyaml(strip(object))}\n`
    case 'name':
      return (object) =>
        isList(object) ? object.items.map((item) => `${nameLine(item)}\n`).join('') : `${nameLine(object)}\n`
    case 'jsonpath':
    case 'jsonpath-file': {
      const path = compileJsonPath(format === 'jsonpath' ? needed('template') : file(), { allowMissing })
      return (object) => runTemplate('jsonpath', argument, object, () => path.render(object))
    }
    case 'jsonpath-as-json': {
      const path = compileJsonPath(needed('template'), { allowMissing })
      return (object) =>
        runTemplate('jsonpath', argument, object, () => `${toJson(path.find(object), '    ')}\n`)
    }
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile': {
      const text = format.endsWith('file') ? file() : needed('template')
      const compiled = new GoTemplate(text)
      return (object) => compiled.render(object)
    }
    default:
      throw new CliError(
        `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${formats.join(',')}`,
      )
  }
}

const defaultFormats: readonly string[] = [
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
  'yaml',
]

function runTemplate(kind: string, template: string, object: unknown, run: () => string): string {
  try {
    return run()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(
      `error executing ${kind} ${JSON.stringify(template)}: Error executing template: ${message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to ${kind} engine was:\n\t\t${goSyntax(object)}\n\n`,
    )
  }
}

export function withoutManagedFields(object: Unstructured): Unstructured {
  if (isList(object)) return { ...object, items: object.items.map(withoutManagedFields) }
  if (!object.metadata?.managedFields) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** `deployment.apps/web` */
export function nameLine(object: Unstructured): string {
  return `${kindName({ group: groupOf(object.apiVersion ?? ''), kind: object.kind ?? '' })}/${nameOf(object)}`
}

/**
 * Prints what became of an object: `service/web created (dry run)`, or the object in the format of -o. Keep the returned
 * function for all objects of a call, since YAML documents are separated.
 */
export function resultPrinter(
  invocation: Invocation,
): (object: Unstructured, operation: string, mapping?: ResourceMapping) => Promise<void> {
  const printer = objectPrinter(invocation)
  return async (object, operation, mapping) => {
    if (printer) await invocation.out(printer(object))
    else {
      const name = mapping ? `${kindName(mapping)}/${nameOf(object)}` : nameLine(object)
      await invocation.line(`${name} ${operation}${invocation.dryRunSuffix}`)
    }
  }
}

/** KYAML, the flow-style dialect of KEP-5295. */
function toKyaml(value: unknown, indent = ''): string {
  const deeper = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (value.every((item) => typeof item === 'object' && item !== null))
      return `[${value.map((item) => toKyaml(item, indent)).join(', ')}]`
    return `[\n${value.map((item) => `${deeper}${toKyaml(item, deeper)},\n`).join('')}${indent}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    if (entries.length === 0) return '{}'
    const key = (text: string) => (/^[A-Za-z][\w-]*$/.test(text) ? text : JSON.stringify(text))
    return `{\n${entries.map(([name, item]) => `${deeper}${key(name)}: ${toKyaml(item, deeper)},\n`).join('')}${indent}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value ?? null)
}
