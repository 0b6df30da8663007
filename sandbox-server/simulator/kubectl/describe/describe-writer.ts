// Indented, aligned lines, and the pieces that several descriptions share. Source: kubectl/pkg/describe/describe.go.
import { quantity } from '../output/sort.ts'
import { describeColumns, TabWriter } from '../output/tab-writer.ts'

const maxAnnotationLength = 140
const skippedAnnotations = new Set(['kubectl.kubernetes.io/last-applied-configuration'])

export class DescribeWriter {
  readonly #writer = new TabWriter(describeColumns)
  readonly #aligned: boolean
  #done = ''

  constructor(options: { readonly aligned: boolean } = { aligned: true }) {
    this.#aligned = options.aligned
  }

  /** A line at a level of indentation (two blanks each). */
  line(level: number, text: string): void {
    this.raw(`${'  '.repeat(level)}${text}\n`)
  }

  raw(text: string): void {
    if (this.#aligned) this.#writer.write(text)
    else this.#done += text
  }

  /** Begins a new block of alignment. */
  flush(): void {
    this.#done += this.#writer.flush()
  }

  text(): string {
    this.flush()
    return this.#done
  }

  labels(title: string, labels: Readonly<Record<string, string>> | undefined, indent = ''): void {
    const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
    if (entries.length === 0) {
      this.raw(`${indent}${title}:\t<none>\n`)
      return
    }
    entries.forEach(([key, value], index) => {
      this.raw(`${index === 0 ? `${indent}${title}:\t` : `${indent}\t`}${key}=${value}\n`)
    })
  }

  annotations(title: string, annotations: Readonly<Record<string, string>> | undefined): void {
    const entries = Object.entries(annotations ?? {})
      .filter(([key]) => !skippedAnnotations.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
    if (entries.length === 0) {
      this.raw(`${title}:\t<none>\n`)
      return
    }
    entries.forEach(([key, raw], index) => {
      const value = raw.replace(/\n$/, '')
      this.raw(index === 0 ? `${title}:\t` : '\t')
      if (value.length + key.length + 2 > maxAnnotationLength || value.includes('\n')) {
        this.raw(`${key}:\n`)
        for (const line of value.split('\n')) this.raw(`\t  ${shorten(line, maxAnnotationLength - 2)}\n`)
      } else this.raw(`${key}: ${value}\n`)
    })
  }
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text
}

export const orNone = (text: string | undefined): string => (text ? text : '<none>')

export const yesNo = (value: boolean | undefined): string => (value ? 'True' : 'False')

/** Resource names in order: cpu, memory, ephemeral-storage and others by name. */
export function sortedNames(resources: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(resources).sort()
}

/** In units, of a quantity such as `100m` or `64Mi`. */
export function quantityValue(text: string | undefined): number {
  return text === undefined ? 0 : (quantity(text) ?? 0)
}
