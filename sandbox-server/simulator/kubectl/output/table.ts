// The server's Table as kubectl prints it. Source: cli-runtime/pkg/printers/tableprinter.go.
import { isRecord, listAt, textAt, textsAt, type Unstructured } from '../object.ts'
import { humanDuration } from './go-text.ts'
import { TabWriter, tableColumns } from './tab-writer.ts'

export interface Column {
  readonly name: string
  readonly priority: number
}

export interface Row {
  readonly cells: readonly unknown[]
  /** PartialObjectMetadata, or the whole object. */
  readonly object: Unstructured
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

export interface TableOptions {
  readonly wide: boolean
  readonly noHeaders: boolean
  readonly showLabels: boolean
  readonly labelColumns: readonly string[]
  readonly withNamespace: boolean
  /** `pod`, `deployment.apps`: put before every name. */
  readonly kind?: string
  readonly withEvents?: boolean
}

/** A Table, or where the server gave plain objects, their names and ages. */
export function tableOf(answer: Unstructured, now: number): Table {
  if (answer.kind === 'Table')
    return {
      columns: listAt(answer, 'columnDefinitions').map((column) => ({
        name: textAt(column, 'name') ?? '',
        priority: typeof column.priority === 'number' ? column.priority : 0,
      })),
      rows: listAt(answer, 'rows').map((row) => ({
        cells: Array.isArray(row.cells) ? row.cells : [],
        object: isRecord(row.object) ? row.object : {},
      })),
    }
  const objects = Array.isArray(answer.items) ? listAt(answer, 'items') : [answer]
  return {
    columns: [
      { name: 'Name', priority: 0 },
      { name: 'Age', priority: 0 },
    ],
    rows: objects.map((object) => ({
      object,
      cells: [textAt(object, 'metadata', 'name') ?? '', ageOf(object, now)],
    })),
  }
}

export function ageOf(object: Unstructured, now: number): string {
  const created = textAt(object, 'metadata', 'creationTimestamp')
  return created ? humanDuration(now - Date.parse(created)) : '<unknown>'
}

/** Writes tables of one resource below each other under one heading. */
export class TablePrinter {
  readonly #options: TableOptions
  readonly #writer: TabWriter
  #columns: readonly Column[] = []
  #headed = false

  constructor(options: TableOptions, writer = new TabWriter(tableColumns)) {
    this.#options = options
    this.#writer = writer
  }

  write(table: Table, eventType?: string): void {
    const { wide, noHeaders, showLabels, labelColumns, withNamespace, kind, withEvents } = this.#options
    if (table.rows.length === 0) return
    const columns = table.columns.length > 0 ? table.columns : this.#columns
    const shown = columns
      .map((column, index) => ({ ...column, index }))
      .filter((column) => wide || column.priority === 0)
    const sameColumns = JSON.stringify(columns) === JSON.stringify(this.#columns)
    if (!noHeaders && !(this.#headed && sameColumns))
      this.#line([
        ...(withEvents ? ['EVENT'] : []),
        ...(withNamespace ? ['NAMESPACE'] : []),
        ...shown.map((column) => column.name.toUpperCase()),
        ...labelColumns.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
        ...(showLabels ? ['LABELS'] : []),
      ])
    this.#headed = true
    this.#columns = columns
    for (const row of table.rows) {
      const labels = textsAt(row.object, 'metadata', 'labels')
      const cells = shown.map(({ index }) => cellText(row.cells[index]))
      if (kind !== undefined && cells[0] !== undefined) cells[0] = `${kind}/${cells[0]}`
      this.#line([
        ...(withEvents ? [eventType ?? ''] : []),
        ...(withNamespace ? [textAt(row.object, 'metadata', 'namespace') ?? ''] : []),
        ...cells,
        ...labelColumns.map((label) => labels[label] ?? ''),
        ...(showLabels ? [formatLabels(labels)] : []),
      ])
    }
  }

  flush(): string {
    return this.#writer.flush()
  }

  #line(cells: readonly string[]): void {
    this.#writer.write(`${cells.join('\t')}\n`)
  }
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
  const end = text.search(/[\f\n\r]/)
  return end < 0 ? text : `${text.slice(0, end)}...`
}

/** `a=1,b=2`, sorted, or <none>. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',')
}
