// wget(1), as busybox has it: HTTP only.

import { lookup } from '../../network/dns/resolver.ts'
import { HttpClientConnection } from '../../network/http/client.ts'
import { HttpTruncated } from '../../network/http/reader.ts'
import { SocketError } from '../../network/socket.ts'
import { resolvePath } from '../../node/file-system.ts'
import type { Process, Program } from '../../node/process.ts'
import type { Command } from './command.ts'
import { socketText } from './curl/connections.ts'
import { CurlError } from './curl/errors.ts'
import { parseCurlUrl, resolveUrl } from './curl/url.ts'

interface WgetOptions {
  quiet: boolean
  spider: boolean
  serverResponse: boolean
  output: string | undefined
  directory: string | undefined
  timeoutMs: number
  userAgent: string
  headers: [string, string][]
  postData: string | undefined
  urls: string[]
}

class WgetError extends Error {}

export const wget: Program = async (process) => {
  const options = parse(process.argv.slice(1))
  if (typeof options === 'string' || options.urls.length === 0) {
    await process.stderr.write(typeof options === 'string' ? options : usage)
    return 1
  }
  for (const url of options.urls)
    try {
      await download(process, options, url)
    } catch (error) {
      if (process.signal.aborted) throw process.signal.reason
      const text =
        error instanceof WgetError
          ? error.message
          : error instanceof CurlError
            ? `not an http or ftp url: ${url}`
            : error instanceof SocketError
              ? `error getting response: ${socketText(error)}`
              : error instanceof HttpTruncated
                ? 'error getting response'
                : undefined
      if (text === undefined) throw error
      await process.stderr.write(`wget: ${text}\n`)
      return 1
    }
  return 0
}

async function download(process: Process, options: WgetOptions, first: string): Promise<void> {
  const { stderr, clock } = process
  const timeout = new AbortController()
  const restart = () =>
    clock.after(options.timeoutMs, () => timeout.abort(new WgetError('download timed out')))
  let timer = restart()
  const signal = AbortSignal.any([process.signal, timeout.signal])
  try {
    let url = parseCurlUrl(first)
    for (let redirects = 0; redirects < 5; redirects++) {
      if (url.scheme === 'https') throw new WgetError('TLS is not simulated here yet; use http')
      const { addresses } = await lookup(process, url.host, { signal })
      const [address] = addresses
      if (address === undefined) throw new WgetError(`bad address '${url.host}'`)
      if (!options.quiet)
        await stderr.write(
          `Connecting to ${url.host}${url.port === 80 ? '' : `:${url.port}`} (${address}:${url.port})\n`,
        )
      const connection = await process.sockets
        .connect({ to: { address, port: url.port }, signal })
        .catch((error: unknown) => {
          if (error instanceof SocketError)
            throw new WgetError(`can't connect to remote host (${address}): ${socketText(error)}`)
          throw error
        })
      try {
        const port = url.port === 80 ? '' : `:${url.port}`
        const response = await new HttpClientConnection(connection).request(
          {
            method: options.postData === undefined ? (options.spider ? 'HEAD' : 'GET') : 'POST',
            target: url.target,
            headers: [
              ['Host', `${url.host}${port}`],
              ['User-Agent', options.userAgent],
              ['Connection', 'close'],
              ...(options.postData === undefined
                ? []
                : [['Content-Type', 'application/x-www-form-urlencoded'] as const]),
              ...options.headers,
            ],
            ...(options.postData === undefined ? {} : { body: options.postData }),
          },
          signal,
        )
        if (options.serverResponse) {
          const fields = [...response.headers].map(([name, value]) => `  ${name}: ${value}\n`).join('')
          await stderr.write(`  HTTP/${response.version} ${response.status} ${response.reason}\n${fields}`)
        }
        const location = response.headers.get('location')
        if (response.status >= 300 && response.status < 400 && location) {
          url = parseCurlUrl(resolveUrl(url, location))
          continue
        }
        if (response.status !== 200 && response.status !== 206 && response.status !== 204)
          throw new WgetError(
            `server returned error: HTTP/${response.version} ${response.status} ${response.reason}`,
          )
        if (options.spider) {
          if (!options.quiet) await stderr.write('remote file exists\n')
          return
        }
        const again = () => {
          timer.cancel()
          timer = restart()
        }
        await save(process, options, url.target, response.body, again)
        return
      } finally {
        connection.end()
      }
    }
    throw new WgetError('too many redirections')
  } finally {
    timer.cancel()
  }
}

async function save(
  process: Process,
  options: WgetOptions,
  target: string,
  body: AsyncIterable<Uint8Array>,
  again: () => void,
): Promise<void> {
  const { files, cwd, stdout, stderr } = process
  const path = target.replace(/[?#].*/, '')
  const name = options.output ?? (path.slice(path.lastIndexOf('/') + 1) || 'index.html')
  if (name === '-') {
    for await (const chunk of body) {
      again()
      await stdout.write(chunk)
    }
    return
  }
  const full = resolvePath(resolvePath(cwd, options.directory ?? '.'), name)
  if (options.output === undefined && files.stat(full))
    throw new WgetError(`can't open '${name}': File exists`)
  if (!options.quiet) await stderr.write(`saving to '${name}'\n`)
  if (full !== '/dev/null') files.write(full, '')
  let bytes = 0
  for await (const chunk of body) {
    again()
    bytes += chunk.length
    if (full !== '/dev/null') files.write(full, chunk, { append: true })
  }
  if (!options.quiet)
    await stderr.write(
      `${name.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${String(bytes).padStart(5)}  0:00:00 ETA\n'${name}' saved\n`,
    )
}

function parse(words: readonly string[]): WgetOptions | string {
  const options: WgetOptions = {
    quiet: false,
    spider: false,
    serverResponse: false,
    output: undefined,
    directory: undefined,
    timeoutMs: 900_000,
    userAgent: 'Wget',
    headers: [],
    postData: undefined,
    urls: [],
  }
  const values: Readonly<Record<string, (value: string) => void>> = {
    O: (value) => {
      options.output = value
    },
    P: (value) => {
      options.directory = value
    },
    T: (value) => {
      options.timeoutMs = Number(value) * 1000
    },
    U: (value) => {
      options.userAgent = value
    },
    t: () => undefined,
    Y: () => undefined,
  }
  const long: Readonly<Record<string, string>> = {
    'output-document': 'O',
    timeout: 'T',
    'user-agent': 'U',
    tries: 't',
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word.startsWith('--')) {
      const [name = '', attached] = word.slice(2).split(/=(.*)/s)
      const value = () => attached ?? words[++index] ?? ''
      if (name === 'quiet') options.quiet = true
      else if (name === 'spider') options.spider = true
      else if (name === 'server-response') options.serverResponse = true
      else if (name === 'no-check-certificate' || name === 'no-verbose') continue
      else if (name === 'header') {
        const [field = '', text = ''] = value().split(/:\s*(.*)/s)
        options.headers.push([field, text])
      } else if (name === 'post-data') options.postData = value()
      else if (long[name] !== undefined) values[long[name] ?? '']?.(value())
      else return `wget: unrecognized option '${word}'\n${usage}`
      continue
    }
    if (!word.startsWith('-') || word === '-') {
      options.urls.push(word)
      continue
    }
    for (let rest = word.slice(1); rest !== ''; ) {
      const letter = rest.slice(0, 1)
      rest = rest.slice(1)
      const take = values[letter]
      if (letter === 'q') options.quiet = true
      else if (letter === 'S') options.serverResponse = true
      else if (letter === 'c') continue
      else if (take) {
        take(rest !== '' ? rest : (words[++index] ?? ''))
        rest = ''
      } else return `wget: unrecognized option: ${letter}\n${usage}`
    }
  }
  return options
}

const usage = `BusyBox v1.36.1 multi-call binary.

Usage: wget [-cqS] [--spider] [-O FILE] [--header STR] [--post-data STR] [-T SEC] [-P DIR] [-U AGENT] URL...
`

export const wgetCommand: Command = {
  name: 'wget',
  summary: 'fetch a URL',
  group: 'network',
  usage: 'wget [-q] [-O FILE] [-T SECONDS] URL...',
  flags: {
    '-q': 'quiet',
    '-O': 'write to a file, - for stdout',
    '-T': 'seconds to wait',
    '--spider': 'only see whether it is there',
  },
  program: wget,
}
