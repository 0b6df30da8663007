// HTTP header fields: in order, as they were spelt, looked up without regard to case (RFC 9110 5).

export type HeaderField = readonly [name: string, value: string]

export class HttpHeaders {
  readonly #fields: HeaderField[]

  constructor(fields: Iterable<HeaderField> | Readonly<Record<string, string>> = []) {
    this.#fields = Symbol.iterator in fields ? [...(fields as Iterable<HeaderField>)] : Object.entries(fields)
  }

  /** All values of the field, joined by commas. */
  get(name: string): string | undefined {
    const lower = name.toLowerCase()
    const values = this.#fields.filter(([known]) => known.toLowerCase() === lower).map(([, value]) => value)
    return values.length > 0 ? values.join(', ') : undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Whether the field's comma-separated list has the token. */
  lists(name: string, token: string): boolean {
    const words = this.get(name)?.split(',') ?? []
    return words.some((word) => word.trim().toLowerCase() === token.toLowerCase())
  }

  set(name: string, value: string): void {
    this.delete(name)
    this.#fields.push([name, value])
  }

  append(name: string, value: string): void {
    this.#fields.push([name, value])
  }

  delete(name: string): void {
    const lower = name.toLowerCase()
    for (let index = this.#fields.length - 1; index >= 0; index--) {
      if (this.#fields[index]?.[0].toLowerCase() === lower) this.#fields.splice(index, 1)
    }
  }

  [Symbol.iterator](): IterableIterator<HeaderField> {
    return this.#fields[Symbol.iterator]()
  }

  /** Values by lower-case name. */
  record(): Record<string, string> {
    const record: Record<string, string> = {}
    for (const [name] of this.#fields) record[name.toLowerCase()] = this.get(name) ?? ''
    return record
  }
}
