// Errors in kubectl's words. Source: k8s.io/kubectl/pkg/cmd/util/helpers.go (checkErr).
import type { Status } from '../../contract/kubernetes.ts'
import { quote } from './output/go-text.ts'

/** An error whose message is printed as `error: message`; `exitCode` is 1 unless told. */
export class CliError extends Error {
  readonly exitCode: number
  /** Printed as it is, without `error: `. */
  readonly isVerbatim: boolean
  constructor(message: string, exitCode = 1, isVerbatim = false) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
    this.isVerbatim = isVerbatim
  }
}

/** Ends the command with this exit code and prints nothing (further). */
export class ExitError extends Error {
  readonly exitCode: number
  constructor(exitCode: number) {
    super(`exit ${exitCode}`)
    this.name = 'ExitError'
    this.exitCode = exitCode
  }
}

/** A wrong call: the message, then `See 'kubectl NAME -h' for help and examples`. */
export function usageError(command: string, message: string): CliError {
  return new CliError(`${message}\nSee 'kubectl ${command} -h' for help and examples`)
}

/** A refusal of the API server. `prefix` is what the command adds in front (`error when creating "x.yaml": `). */
export class StatusError extends Error {
  readonly status: Status
  readonly prefix: string
  constructor(status: Status, prefix = '') {
    super(`${prefix}${status.message ?? ''}`)
    this.name = 'StatusError'
    this.status = status
    this.prefix = prefix
  }
  get reason(): string {
    return this.status.reason ?? ''
  }
  /** The same refusal, said with what was being done (cmdutil.AddSourceToErr). */
  during(verb: string, source: string): StatusError {
    // An Invalid status is printed by its causes, so the prefix would be lost anyway.
    return new StatusError(this.status, `error when ${verb} ${quote(source)}: ${this.prefix}`)
  }
}

export class AggregateCliError extends Error {
  readonly errors: readonly unknown[]
  constructor(errors: readonly unknown[]) {
    super(errors.map(messageOf).join('\n'))
    this.name = 'AggregateCliError'
    this.errors = errors
  }
}

/** Throws what was collected: nothing, the one error, or all of them. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateCliError(errors)
}

export function isStatus(error: unknown, reason: string): error is StatusError {
  return error instanceof StatusError && error.reason === reason
}

function invalidMessage(status: Status): string {
  const details = status.details
  if (!details) return `The request is invalid${status.message ? `: ${status.message}` : ''}`
  let text = 'The request is invalid'
  const causes = details.causes ?? []
  if (details.kind || details.name) text = `The ${details.kind ?? ''} ${quote(details.name ?? '')} is invalid`
  else if (status.message && causes.length === 0) text += `: ${status.message}`
  const lines = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))]
  if (lines.length === 0) return text
  if (lines.length === 1) return `${text}: ${lines[0]}`
  return `${text}: \n${lines.map((line) => `* ${line}`).join('\n')}`
}

/** What kubectl prints for an error that stands among others. */
export function messageOf(error: unknown): string {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized')
      return `error: You must be logged in to the server (${error.message})`
    return error.reason
      ? `Error from server (${error.reason}): ${error.message}`
      : `Error from server: ${error.message}`
  }
  return error instanceof Error ? error.message : String(error)
}

/** What kubectl prints on stderr before it ends, without the final line feed. */
export function printedError(error: unknown): string {
  if (error instanceof StatusError) {
    if (error.reason === 'Invalid') return invalidMessage(error.status)
    return messageOf(error)
  }
  if (error instanceof AggregateCliError) return error.errors.map(messageOf).join('\n')
  const message = messageOf(error)
  if (error instanceof CliError && error.isVerbatim) return message
  return verbatim.some((start) => message.startsWith(start)) ? message : `error: ${message}`
}

const verbatim = ['error: ', 'The connection to the server', 'Unable to connect to the server']

export function exitCodeOf(error: unknown): number {
  return error instanceof CliError || error instanceof ExitError ? error.exitCode : 1
}
