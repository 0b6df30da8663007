// Talks HTTP to the Kubernetes API: requests, streamed watches and bodies, refusals as StatusError, warnings to stderr.
import type { Status } from '../../contract/kubernetes.ts'
import { CliError, StatusError } from './errors.ts'
import { at, isRecord, type Unstructured } from './object.ts'

export interface RequestOptions {
  readonly method?: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: string
  readonly contentType?: string
  readonly accept?: string
  readonly signal?: AbortSignal
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: Unstructured
}

export interface ClientOptions {
  readonly transport: ((request: Request) => Promise<Response>) | undefined
  readonly server: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  warn(message: string): void
}

export const jsonType = 'application/json'
export const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

export class Client {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  get server(): string {
    return this.#options.server
  }

  /** The Response whatever its status; throws only where no answer came. */
  async send(path: string, options: RequestOptions = {}): Promise<Response> {
    const { transport, server, headers, signal } = this.#options
    const host = server.replace(/^https?:\/\//, '')
    const refused = `The connection to the server ${host} was refused - did you specify the right host or port?`
    if (!transport) throw new CliError(refused)
    const url = new URL(`${server}${path}`)
    for (const [key, value] of Object.entries(options.query ?? {}))
      if (value !== undefined) url.searchParams.set(key, value)
    const request = new Request(url, {
      method: options.method ?? 'GET',
      headers: {
        Accept: options.accept ?? jsonType,
        'User-Agent': 'kubectl/v1.37.2 (linux/amd64) kubernetes',
        ...headers,
        ...(options.body === undefined ? {} : { 'Content-Type': options.contentType ?? jsonType }),
      },
      signal: options.signal ? AbortSignal.any([signal, options.signal]) : signal,
      ...(options.body === undefined ? {} : { body: options.body }),
    })
    let response: Response
    try {
      response = await transport(request)
    } catch (cause) {
      if (request.signal.aborted) throw request.signal.reason
      throw new CliError(
        `Unable to connect to the server: ${cause instanceof Error ? cause.message : String(cause)}`,
      )
    }
    for (const match of (response.headers.get('Warning') ?? '').matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g))
      this.#options.warn((match[1] ?? '').replace(/\\(.)/g, '$1'))
    return response
  }

  async json(path: string, options: RequestOptions = {}): Promise<Unstructured> {
    const response = await this.send(path, options)
    const text = await response.text()
    if (!response.ok) throw refusal(response, text)
    const parsed: unknown = JSON.parse(text || '{}')
    return isRecord(parsed) ? parsed : {}
  }

  async text(path: string, options: RequestOptions = {}): Promise<string> {
    const response = await this.send(path, options)
    const text = await response.text()
    if (!response.ok) throw refusal(response, text)
    return text
  }

  /** The chunks of a streamed answer, as they come. */
  async *stream(path: string, options: RequestOptions = {}): AsyncGenerator<Uint8Array> {
    const response = await this.send(path, options)
    if (!response.ok) throw refusal(response, await response.text())
    if (!response.body) return
    const reader = response.body.getReader()
    const signal = options.signal
      ? AbortSignal.any([this.#options.signal, options.signal])
      : this.#options.signal
    const cancel = () => {
      reader.cancel(signal.reason).catch(() => {
        // The stream had ended already: nothing is left to cancel.
      })
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      if (signal.aborted) cancel()
      for (;;) {
        const { done, value } = await reader.read()
        if (signal.aborted) throw signal.reason
        if (done) return
        yield value
      }
    } finally {
      signal.removeEventListener('abort', cancel)
      cancel()
    }
  }

  /** Events of a watch until the server ends it or the caller stops. Throws StatusError for an ERROR event. */
  async *watch(path: string, options: RequestOptions = {}): AsyncGenerator<WatchEvent> {
    const decoder = new TextDecoder()
    let pending = ''
    const query = { ...options.query, watch: 'true' }
    for await (const chunk of this.stream(path, { ...options, query })) {
      pending += decoder.decode(chunk, { stream: true })
      for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
        const line = pending.slice(0, end)
        pending = pending.slice(end + 1)
        const event = line.trim() === '' ? undefined : parseEvent(line)
        if (!event) continue
        if (event.type === 'ERROR') throw new StatusError(event.object as unknown as Status)
        yield event
      }
    }
  }
}

function parseEvent(line: string): WatchEvent | undefined {
  const parsed: unknown = JSON.parse(line)
  const type = at(parsed, 'type')
  const object = at(parsed, 'object')
  return typeof type === 'string' && isRecord(object)
    ? { type: type as WatchEvent['type'], object }
    : undefined
}

function refusal(response: Response, text: string): StatusError {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isRecord(parsed) && parsed.kind === 'Status') return new StatusError(parsed as unknown as Status)
  } catch {
    // Not JSON, so not a Status either: said below in client-go's words.
  }
  const reasons: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    405: 'MethodNotAllowed',
    409: 'Conflict',
    415: 'UnsupportedMediaType',
    429: 'TooManyRequests',
    500: 'InternalError',
    503: 'ServiceUnavailable',
  }
  const message =
    response.status === 404
      ? 'the server could not find the requested resource'
      : text.trim() || `unknown (${response.status})`
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: reasons[response.status] ?? '',
    code: response.status,
  })
}
