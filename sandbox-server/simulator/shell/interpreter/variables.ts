// A shell's variables: scalars, indexed and associative arrays, exported, readonly, with bash's dynamic scope for `local`.
import { ShellError } from './control.ts'

export interface Variable {
  value: string | Map<string, string> | undefined
  /** For Maps: whether keys are numbers. */
  kind: 'scalar' | 'indexed' | 'associative'
  exported: boolean
  readonly: boolean
  integer: boolean
}

/** Characters that one variable may hold: a loop that doubles a string must not take the host's memory. */
const longest = 32 * 1024 * 1024

export class Variables {
  #all = new Map<string, Variable>()
  #scopes: Map<string, Variable | undefined>[] = []

  clone(): Variables {
    const copy = new Variables()
    for (const [name, variable] of this.#all) copy.#all.set(name, copyVariable(variable))
    copy.#scopes = this.#scopes.map((scope) => new Map(scope))
    return copy
  }

  find(name: string): Variable | undefined {
    return this.#all.get(name)
  }

  names(): string[] {
    return [...this.#all.keys()].sort()
  }

  get(name: string): string | undefined {
    const variable = this.#all.get(name)
    if (!variable) return undefined
    if (variable.value instanceof Map) return variable.value.get('0')
    return variable.value
  }

  set(name: string, value: string): void {
    if (value.length > longest)
      throw new ShellError(`${name}: cannot allocate ${value.length} bytes`, 1, true)
    const variable = this.writable(name)
    if (variable.value instanceof Map) variable.value.set('0', value)
    else variable.value = value
  }

  /** The variable for writing, made where it does not exist. */
  writable(name: string): Variable {
    const existing = this.#all.get(name)
    if (existing?.readonly) throw new ShellError(`${name}: readonly variable`)
    if (existing) return existing
    const made: Variable = {
      value: undefined,
      kind: 'scalar',
      exported: false,
      readonly: false,
      integer: false,
    }
    this.#all.set(name, made)
    return made
  }

  /** The elements of an array, or of a scalar as its only element. */
  elements(name: string): Map<string, string> {
    const variable = this.#all.get(name)
    if (variable?.value === undefined) return new Map()
    if (!(variable.value instanceof Map)) return new Map([['0', variable.value]])
    if (variable.kind === 'associative') return variable.value
    return new Map([...variable.value].sort(([a], [b]) => Number(a) - Number(b)))
  }

  setElement(name: string, key: string, value: string): void {
    const variable = this.writable(name)
    if (!(variable.value instanceof Map)) {
      variable.value = variable.value === undefined ? new Map() : new Map([['0', variable.value]])
      if (variable.kind === 'scalar') variable.kind = 'indexed'
    }
    variable.value.set(key, value)
  }

  setArray(name: string, elements: Map<string, string>, kind: 'indexed' | 'associative'): void {
    const variable = this.writable(name)
    variable.value = elements
    variable.kind = kind
  }

  unset(name: string): void {
    if (this.#all.get(name)?.readonly) throw new ShellError(`${name}: cannot unset: readonly variable`)
    this.#all.delete(name)
  }

  pushScope(): void {
    this.#scopes.push(new Map())
  }

  popScope(): void {
    for (const [name, before] of this.#scopes.pop() ?? []) {
      if (before) this.#all.set(name, before)
      else this.#all.delete(name)
    }
  }

  get inFunction(): boolean {
    return this.#scopes.length > 0
  }

  /** Makes the name local to the running function; what it hid comes back at the function's end. */
  makeLocal(name: string): void {
    const scope = this.#scopes.at(-1)
    if (!scope || scope.has(name)) return
    const before = this.#all.get(name)
    scope.set(name, before)
    this.#all.set(name, {
      value: undefined,
      kind: 'scalar',
      exported: before?.exported ?? false,
      readonly: false,
      integer: false,
    })
  }

  /** Remembers the variables and gives a function that brings them back: for `NAME=value command`. */
  hold(names: readonly string[]): () => void {
    const before = names.map((name) => [name, this.#all.get(name)] as const)
    for (const [name, variable] of before) if (variable) this.#all.set(name, copyVariable(variable))
    return () => {
      for (const [name, variable] of before) {
        if (variable) this.#all.set(name, variable)
        else this.#all.delete(name)
      }
    }
  }

  environment(): Record<string, string> {
    const env: Record<string, string> = {}
    for (const [name, variable] of this.#all) {
      if (variable.exported && typeof variable.value === 'string') env[name] = variable.value
    }
    return env
  }
}

function copyVariable(variable: Variable): Variable {
  return { ...variable, value: variable.value instanceof Map ? new Map(variable.value) : variable.value }
}
