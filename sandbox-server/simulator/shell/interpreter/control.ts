// How control leaves the middle of a script: break, continue, return, exit, an error that ends the command.

export class LoopControl extends Error {
  readonly kind: 'break' | 'continue'
  levels: number
  constructor(kind: 'break' | 'continue', levels: number) {
    super(kind)
    this.kind = kind
    this.levels = levels
  }
}

export class ReturnControl extends Error {
  readonly status: number
  constructor(status: number) {
    super('return')
    this.status = status
  }
}

export class ExitControl extends Error {
  readonly status: number
  constructor(status: number) {
    super('exit')
    this.status = status
  }
}

/** An error of the shell itself (a bad substitution, a redirect that fails): printed with the shell's name, ends the command. */
export class ShellError extends Error {
  readonly status: number
  /** True where bash ends a script that is not interactive: ${x:?}, set -u. */
  readonly fatal: boolean
  constructor(message: string, status = 1, fatal = false) {
    super(message)
    this.name = 'ShellError'
    this.status = status
    this.fatal = fatal
  }
}
