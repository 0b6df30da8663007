// One transfer of curl: connect, send, receive, with its deadlines and the words of its failures.
// Source: curl 7.88.1, lib/multi.c, lib/transfer.c.
import { HttpTruncated } from '../../../network/http/reader.ts'
import { SocketError } from '../../../network/socket.ts'
import type { Process } from '../../../node/process.ts'
import { type Connections, type OpenConnection, type Progress, socketText } from './connections.ts'
import { CurlError } from './errors.ts'
import type { CurlOptions } from './options.ts'
import { buildRequest, type CurlRequest } from './request.ts'
import { type CurlUrl, parseCurlUrl, resolveUrl, withoutDots } from './url.ts'
import type { TransferFacts } from './write-out.ts'

export interface TransferOutput {
  /** The body, and headers with -i. */
  write(data: Uint8Array | string): Promise<void>
  header(text: string): Promise<void>
  say(text: string): Promise<void>
  /** Whether verbose output tells about pieces of data (when they do not go to the same terminal). */
  readonly tellsData: boolean
}

class Deadline extends Error {}

/** Fills `facts` also where it throws CurlError. */
export async function transfer(
  process: Process,
  options: CurlOptions,
  connections: Connections,
  address: string,
  facts: TransferFacts,
  output: TransferOutput,
): Promise<void> {
  const { clock } = process
  const startedAt = clock.now()
  const since = (time: number) => (time - startedAt) / 1000
  const progress: Progress = { phase: 'resolving', nameLookupAt: startedAt, connectedAt: startedAt }
  const controller = new AbortController()
  const timers: { cancel(): void }[] = []
  const deadline = (seconds: number | undefined, message: () => string) => {
    if (seconds !== undefined && seconds > 0)
      timers.push(clock.after(seconds * 1000, () => controller.abort(new Deadline(message()))))
  }
  deadline(options.maxTime, () => {
    const after = clock.now() - startedAt
    if (progress.phase === 'resolving') return `Resolving timed out after ${after} milliseconds`
    if (progress.phase === 'connecting') return `Connection timed out after ${after} milliseconds`
    const total = expected === undefined ? '' : ` out of ${expected}`
    return `Operation timed out after ${after} milliseconds with ${facts.sizeDownload}${total} bytes received`
  })
  if (options.connectTimeout !== undefined)
    timers.push(
      clock.after(options.connectTimeout * 1000, () => {
        if (progress.phase === 'transferring') return
        const after = clock.now() - startedAt
        controller.abort(
          new Deadline(
            progress.phase === 'resolving'
              ? `Resolving timed out after ${after} milliseconds`
              : `Connection timeout after ${after} ms`,
          ),
        )
      }),
    )
  let expected: number | undefined
  const signal = AbortSignal.any([process.signal, controller.signal])
  let open: OpenConnection | undefined
  try {
    let url = parseCurlUrl(address)
    for (;;) {
      facts.urlEffective = url.href
      facts.scheme = url.scheme
      const opened = await connections.open(url, progress, signal, output.say)
      open = opened.connection
      facts.connects += opened.isNew ? 1 : 0
      Object.assign(facts, endpoints(open))
      facts.timeNameLookup = since(progress.nameLookupAt)
      facts.timeConnect = since(progress.connectedAt)
      if (url.scheme === 'https')
        throw new CurlError(
          35,
          `TLS is not simulated here yet: connected to ${url.host} port ${url.port}, but cannot speak https; use http`,
        )
      facts.timePreTransfer = since(clock.now())
      const request = await buildRequest(process, options, url)
      const next = await exchange(options, open, url, request, facts, output, signal, {
        started: () => {
          facts.timeStartTransfer = since(clock.now())
        },
        expects: (bytes) => {
          expected = bytes
        },
      })
      const { id, host } = open
      const kept = connections.release(open)
      open = undefined
      await output.say(
        kept ? `* Connection #${id} to host ${host} left intact\n` : `* Closing connection ${id}\n`,
      )
      if (next === undefined) return
      if (facts.redirects >= options.maxRedirects)
        throw new CurlError(47, `Maximum (${options.maxRedirects}) redirects followed`)
      facts.redirects++
      facts.timeRedirect = since(clock.now())
      await output.say(`* Issue another request to this URL: '${next}'\n`)
      url = parseCurlUrl(next)
    }
  } catch (error) {
    const failure = toCurlError(error, process)
    if (open) open.http.connection.reset()
    await output.say(`* ${failure.message}\n`)
    await output.say(`* Closing connection ${open?.id ?? 0}\n`)
    throw failure
  } finally {
    for (const timer of timers) timer.cancel()
    facts.timeTotal = since(clock.now())
  }
}

function endpoints({ http: { connection } }: OpenConnection): Partial<TransferFacts> {
  return {
    remoteIp: connection.remote.address,
    remotePort: connection.remote.port,
    localIp: connection.local.address,
    localPort: connection.local.port,
  }
}

function toCurlError(error: unknown, process: Process): CurlError {
  if (process.signal.aborted) throw process.signal.reason
  if (error instanceof CurlError) return error
  if (error instanceof Deadline) return new CurlError(28, error.message)
  if (error instanceof SocketError)
    return error.code === 'EPIPE'
      ? new CurlError(55, 'Send failure: Broken pipe')
      : new CurlError(56, `Recv failure: ${socketText(error)}`)
  if (error instanceof HttpTruncated) {
    const remaining = /with (\d+) bytes remaining/.exec(error.message)?.[1]
    if (remaining) return new CurlError(18, `transfer closed with ${remaining} bytes remaining to read`)
    if (error.message.startsWith('not an HTTP response'))
      return new CurlError(1, 'Received HTTP/0.9 when not allowed')
    if (error.message.includes('chunked'))
      return new CurlError(18, 'transfer closed with outstanding read data remaining')
    return new CurlError(52, 'Empty reply from server')
  }
  throw error
}

/** Sends and receives once; gives the URL of a redirect that is to be followed. */
async function exchange(
  options: CurlOptions,
  open: OpenConnection,
  url: CurlUrl,
  request: CurlRequest,
  facts: TransferFacts,
  output: TransferOutput,
  signal: AbortSignal,
  events: { started(): void; expects(bytes: number | undefined): void },
): Promise<string | undefined> {
  const target = options.pathAsIs ? request.target : withoutDots(request.target)
  const version = options.http10 ? '1.0' : '1.1'
  const lines = [
    `${request.method} ${target} HTTP/${version}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
  ]
  if (request.body) {
    const type = lines.findIndex((line) => line.startsWith('Content-Type:'))
    lines.splice(type < 0 ? lines.length : type, 0, `Content-Length: ${request.body.length}`)
  }
  await output.say(`${lines.map((line) => `> ${line}\n`).join('')}> \n`)
  facts.method = request.method
  facts.sizeRequest += lines.reduce((sum, line) => sum + line.length + 2, 2)
  facts.sizeUpload = request.body?.length ?? 0
  const response = await open.http.request(
    {
      method: request.method,
      target,
      headers: request.headers,
      version,
      ...(request.body ? { body: request.body } : {}),
    },
    signal,
  )
  events.started()
  const fields = [...response.headers]
  facts.httpCode = response.status
  facts.httpVersion = response.version
  facts.headers = fields
  facts.headerCount = fields.length
  facts.contentType = response.headers.get('content-type')
  const length = response.headers.get('content-length')
  const isChunked = response.headers.lists('transfer-encoding', 'chunked')
  events.expects(length === undefined || isChunked ? undefined : Number(length))
  const head = [
    `HTTP/${response.version} ${response.status} ${response.reason}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    '',
  ]
  facts.sizeHeader += head.reduce((sum, line) => sum + line.length + 2, 0)
  await output.say(head.map((line) => `< ${line}\n`).join(''))
  for (const line of head) await output.header(`${line}\r\n`)
  const location = response.headers.get('location')
  const redirect =
    location !== undefined && response.status >= 300 && response.status < 400
      ? resolveUrl(url, location)
      : undefined
  const follows = options.location && redirect !== undefined
  if (redirect !== undefined && !follows) facts.redirectUrl = redirect
  const failing = options.fail && response.status >= 400
  for await (const chunk of response.body) {
    if (signal.aborted) throw signal.reason
    if (follows || failing) continue
    if (output.tellsData) await output.say(`{ [${chunk.length} bytes data]\n`)
    facts.sizeDownload += chunk.length
    await output.write(chunk)
  }
  if (follows && output.tellsData) await output.say('* Ignoring the response-body\n')
  if ((options.fail || options.failWithBody) && response.status >= 400)
    throw new CurlError(22, `The requested URL returned error: ${response.status}`)
  return follows ? redirect : undefined
}
