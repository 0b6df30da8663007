// -o custom-columns. Source: kubectl/pkg/cmd/get/customcolumn.go.
import { CliError } from '../errors.ts'
import { JsonPath, relaxedPath } from '../jsonpath.ts'
import { isList, isRecord, type Unstructured } from '../object.ts'
import { TabWriter, tableColumns } from './tab-writer.ts'

interface CustomColumn {
  readonly header: string
  readonly path: JsonPath
}

export function parseCustomColumns(spec: string): CustomColumn[] {
  if (spec === '') throw new CliError('custom-columns format specified but no custom columns given')
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0)
      throw new CliError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return column(part.slice(0, colon), part.slice(colon + 1))
  })
}

/** Two lines: headers, and paths below them. */
export function parseCustomColumnsFile(text: string): CustomColumn[] {
  const [headers = '', paths = ''] = text.split('\n')
  const names = headers.split(/\s+/).filter((word) => word !== '')
  const specs = paths.split(/\s+/).filter((word) => word !== '')
  if (names.length === 0 || names.length !== specs.length)
    throw new CliError(
      `number of headers (${names.length}) and field specifications (${specs.length}) don't match`,
    )
  return names.map((name, index) => column(name, specs[index] ?? ''))
}

function column(header: string, path: string): CustomColumn {
  return { header, path: new JsonPath(relaxedPath(path), { allowMissing: true }) }
}

export class CustomColumnsPrinter {
  readonly #columns: readonly CustomColumn[]
  readonly #writer = new TabWriter(tableColumns)
  #headed: boolean

  constructor(columns: readonly CustomColumn[], noHeaders: boolean) {
    this.#columns = columns
    this.#headed = noHeaders
  }

  print(object: Unstructured): string {
    if (!this.#headed) this.#writer.write(`${this.#columns.map(({ header }) => header).join('\t')}\n`)
    this.#headed = true
    for (const item of isList(object) ? object.items : [object]) {
      const cells = this.#columns.map(({ path }) => {
        const found = path.find(item)
        return found.length === 0 ? '<none>' : found.map(goPrint).join(',')
      })
      this.#writer.write(`${cells.join('\t')}\n`)
    }
    return this.#writer.flush()
  }
}

/** fmt.Sprint of a decoded JSON value. */
export function goPrint(value: unknown): string {
  if (value === null || value === undefined) return '<none>'
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`
  if (isRecord(value)) {
    const keys = Object.keys(value).sort()
    return `map[${keys.map((key) => `${key}:${goPrint(value[key])}`).join(' ')}]`
  }
  return String(value)
}
