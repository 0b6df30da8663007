// Descriptions of kinds that have none of their own. Source: kubectl/pkg/describe/describe.go (genericDescriber).
import { isRecord } from '../object.ts'
import { DescribeWriter } from './describe-writer.ts'
import type { Describer } from './describer.ts'

export const describeGeneric: Describer = async (context, object) => {
  const { metadata = {} } = object
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  writeFields(w, 0, object, [
    '',
    '.metadata.managedFields',
    '.metadata.name',
    '.metadata.namespace',
    '.metadata.labels',
    '.metadata.annotations',
  ])
  await context.events(object, w)
  return w.text()
}

/** describe.go printUnstructuredContent. */
function writeFields(
  w: DescribeWriter,
  level: number,
  content: Record<string, unknown>,
  skip: string[],
  prefix = '',
): void {
  for (const key of Object.keys(content).sort()) {
    const path = `${prefix}.${key}`
    if (skip.includes(path)) continue
    const value = content[key]
    if (value === undefined || value === null) continue
    const label = smartLabel(key)
    if (Array.isArray(value)) {
      w.line(level, `${label}:`)
      for (const item of value)
        if (isRecord(item)) writeFields(w, level + 1, item, skip, path)
        else w.line(level + 1, String(item))
    } else if (isRecord(value)) {
      w.line(level, `${label}:`)
      writeFields(w, level + 1, value, skip, path)
    } else w.line(level, `${label}:\t${value}`)
  }
}

/** `apiVersion` gives `API Version`. */
function smartLabel(field: string): string {
  if (/[A-Z]{2}/.test(field) || !/^[a-zA-Z]+$/.test(field)) {
    const words = field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[^a-zA-Z]+/g) ?? [field]
    if (!/^[a-zA-Z0-9]+$/.test(field)) return field
    return words.map(wordLabel).join(' ')
  }
  return (field.match(/[A-Z]?[a-z]+|[A-Z]/g) ?? [field]).map(wordLabel).join(' ')
}

function wordLabel(word: string): string {
  const upper = word.toUpperCase()
  return ['API', 'URL', 'UID', 'OSB', 'GUID', 'IP'].includes(upper)
    ? upper
    : word.slice(0, 1).toUpperCase() + word.slice(1)
}
