// What programs written in Go have in common: flags as pflag parses them, klog's lines, durations, net/http's answers, and their
// end on SIGTERM.
import type { HeaderField } from '../../network/http/headers.ts'
import type { OutgoingResponse } from '../../network/http/server.ts'
import type { Endpoint } from '../../network/socket.ts'
import type { Process, Program } from '../process.ts'

export interface GoProgram {
  readonly process: Process
  /** Ends the program with the code, from wherever it is called: os.Exit. */
  exit(code: number): void
  /** `log.Printf`: a line on stderr, unheeded by the program. */
  log(text: string): void
}

/**
 * Runs `main` until it calls `exit` or its promise gives a code. SIGTERM and SIGINT end it with 2 as process 1, since the kernel
 * ignores the signal that the Go runtime raises again there; `onTerminate` takes over.
 */
export function goProgram(
  main: (program: GoProgram) => Promise<number | undefined>,
  options: {
    format?: (text: string, process: Process) => string
    onTerminate?: (program: GoProgram) => void
  } = {},
): Program {
  return (process) =>
    new Promise<number>((resolve, reject) => {
      const format = options.format ?? ((text: string) => `${text}\n`)
      const program: GoProgram = {
        process,
        exit: resolve,
        log: (text) => {
          // A log that nobody can read is no reason to stop.
          process.stderr.write(format(text, process)).catch(() => undefined)
        },
      }
      const code = process.pid === 1 ? 2 : 143
      process.onSignal('SIGTERM', () => (options.onTerminate ? options.onTerminate(program) : resolve(code)))
      process.signal.addEventListener('abort', () => reject(process.signal.reason), { once: true })
      main(program).then((result) => {
        if (result !== undefined) resolve(result)
      }, reject)
    })
}

/** `I1124 17:54:51.367991       1 log.go:244] text` */
export function klog(text: string, process: Process, origin = 'log.go:244', level = 'I'): string {
  const [date = '', time = ''] = new Date(process.clock.now()).toISOString().split('T')
  const day = date.slice(5).replace('-', '')
  return `${level}${day} ${time.slice(0, -1)}000 ${String(process.pid).padStart(7)} ${origin}] ${text}\n`
}

export class FlagError extends Error {}

/** Flag values by name; `names` maps each flag to its default, shorthands to their flag's name. */
export function parseFlags(
  args: readonly string[],
  defaults: Readonly<Record<string, string>>,
  booleans: readonly string[] = [],
): { readonly flags: Readonly<Record<string, string>>; readonly rest: readonly string[] } {
  const flags: Record<string, string> = { ...defaults }
  const rest: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(arg)
    if (!match || arg === '-') {
      rest.push(arg)
      continue
    }
    const [, name = '', value] = match
    if (!(name in defaults)) throw new FlagError(`unknown flag: --${name}`)
    if (value !== undefined) flags[name] = value
    else if (booleans.includes(name)) flags[name] = 'true'
    else {
      index += 1
      const next = args[index]
      if (next === undefined) throw new FlagError(`flag needs an argument: --${name}`)
      flags[name] = next
    }
  }
  return { flags, rest }
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** time.ParseDuration, in milliseconds; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text)) return undefined
  let sum = 0
  for (const [, digits = '', , unit = ''] of text.matchAll(/(\d+(\.\d+)?)(ns|us|ms|s|m|h)/g)) {
    sum += Number(digits) * (units[unit] ?? 0)
  }
  return sum
}

/** What net/http's server answers: Date, Content-Length and Content-Type in its order. */
export function goResponse(
  process: Process,
  body: string,
  options: { status?: number; headers?: readonly HeaderField[]; contentType?: string } = {},
): OutgoingResponse {
  const headers: HeaderField[] = [...(options.headers ?? [])]
  const bytes = new TextEncoder().encode(body)
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  headers.push(['Date', httpDate(process.clock.now())], ['Content-Length', `${bytes.length}`])
  if (!hasType && bytes.length > 0)
    headers.push(['Content-Type', options.contentType ?? 'text/plain; charset=utf-8'])
  return { status: options.status ?? 200, headers, body: bytes }
}

/** http.Error */
export function goError(process: Process, message: string, status: number): OutgoingResponse {
  const headers: HeaderField[] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', 'nosniff'],
  ]
  return goResponse(process, `${message}\n`, { status, headers })
}

export function httpDate(at: number): string {
  return new Date(at).toUTCString()
}

export function hostPort(endpoint: Endpoint): string {
  return `${endpoint.address}:${endpoint.port}`
}

/** net.SplitHostPort, with its errors. */
export function splitHostPort(text: string): { host: string; port: string } | { error: string } {
  const colon = text.lastIndexOf(':')
  if (colon < 0) return { error: `address ${text}: missing port in address` }
  const host = text.slice(0, colon)
  if (host.includes(':') && !host.startsWith('['))
    return { error: `address ${text}: too many colons in address` }
  return { host: host.replace(/^\[|\]$/g, ''), port: text.slice(colon + 1) }
}
