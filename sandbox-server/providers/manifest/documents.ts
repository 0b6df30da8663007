// A manifest's documents with their places in the text, so that what a server says of a field can be shown on its line.
import {
  type Document,
  isCollection,
  isMap,
  isPair,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from 'yaml'
import type { AppliedDocument } from '../../contract/socket.ts'
import type { FieldStep } from './field-path.ts'

export type Mark = AppliedDocument['marks'][number]
export type FieldPath = readonly FieldStep[]

export interface ManifestDocument {
  /** Line of its first key, from 1. */
  readonly line: number
  readonly content: unknown
  /** What YAML itself says against it; the content is not to be used then. */
  readonly errors: readonly Mark[]
  /** Marks the field, or the nearest one around it that is written there. */
  mark(path: FieldPath, message: string): Mark
}

/** Documents without content (comments, a trailing `---`) are left out. The items of a List are documents of their own. */
export function parseManifest(text: string): ManifestDocument[] {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true })
  if (!Array.isArray(parsed)) return []
  return (parsed as Document.Parsed[]).flatMap((document) => documentsOf(document, text, lines))
}

function documentsOf(document: Document.Parsed, text: string, lines: LineCounter): ManifestDocument[] {
  const root = document.contents as Node | null
  // The first one tells what is wrong; those behind it are mostly its consequences.
  const errors = document.errors.slice(0, 1).map((error) => {
    const [start, end] = error.pos
    return markOf(text, lines, start, Math.max(end, start + 1), error.message)
  })
  if (errors.length > 0) {
    return [documentAt(root, text, lines, undefined, errors)]
  }
  const content: unknown = root === null ? null : document.toJS({ maxAliasCount: 100 })
  if (content === null || content === undefined) return []
  const items = isMap(root) && root.get('kind') === 'List' ? root.get('items', true) : undefined
  if (isSeq(items)) {
    const contents = (content as { items: unknown[] }).items
    return items.items.map((item, index) => documentAt(item as Node, text, lines, contents[index], []))
  }
  return [documentAt(root, text, lines, content, [])]
}

function documentAt(
  root: Node | null,
  text: string,
  lines: LineCounter,
  content: unknown,
  errors: readonly Mark[],
): ManifestDocument {
  const start = root?.range?.[0] ?? 0
  return {
    line: errors[0] && !root ? errors[0].line : lines.linePos(start).line,
    content,
    errors,
    mark(path, message) {
      const [from, to] = rangeOf(root, path) ?? [start, start + 1]
      return markOf(text, lines, from, to, message)
    },
  }
}

/** From the field's key to the end of its value; of a value of many lines the first. */
function rangeOf(root: Node | null, path: FieldPath): [number, number] | undefined {
  let node: unknown = root
  let range: [number, number] | undefined
  for (const step of path) {
    // A path without the index of a list's item: the only one, where there is only one.
    if (isSeq(node) && typeof step === 'string' && node.items.length === 1) node = node.items[0]
    if (!isCollection(node)) break
    const found: unknown = node.items.find((item, index) =>
      isPair(item)
        ? (item.key as Scalar).value === step
        : typeof step === 'object'
          ? hasKeys(item, step)
          : index === step,
    )
    if (found === undefined) break
    const key = isPair(found) ? (found.key as Node) : (found as Node)
    const value = isPair(found) ? (found.value as Node | null) : (found as Node)
    const keyRange = key.range
    if (!keyRange) break
    const end =
      value?.range && !isCollection(value) ? value.range[1] : isPair(found) ? keyRange[1] : keyRange[0] + 1
    range = [keyRange[0], Math.max(keyRange[1] > end ? end : end, keyRange[0] + 1)]
    node = value
  }
  return range
}

/** Whether an item of a list has these values where it writes them; what it leaves out has its default. */
function hasKeys(item: unknown, keys: Readonly<Record<string, string>>): boolean {
  if (!isMap(item)) return false
  return Object.entries(keys).every(([key, value]) => {
    const written: unknown = item.get(key)
    return written === undefined || String(written) === value
  })
}

function markOf(text: string, lines: LineCounter, from: number, to: number, message: string): Mark {
  const start = lines.linePos(Math.min(from, text.length))
  const lineEnd = text.indexOf('\n', from)
  const end = lines.linePos(Math.min(to, lineEnd < 0 ? text.length : Math.max(lineEnd, from + 1)))
  return { line: start.line, column: start.col, endLine: end.line, endColumn: end.col, message }
}
