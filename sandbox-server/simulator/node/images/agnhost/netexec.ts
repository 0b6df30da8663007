// `agnhost netexec`: an HTTP and a UDP server that tell about themselves. Source: test/images/agnhost/netexec/netexec.go (v1.37).

import { readText } from '../../../network/http/body.ts'
import type { IncomingRequest, OutgoingResponse } from '../../../network/http/server.ts'
import { serveHttp } from '../../../network/http/server.ts'
import { collector } from '../../streams.ts'
import { goError, goProgram, goResponse, hostPort, klog, parseDuration, parseFlags } from '../go-program.ts'
import { dial } from './dial.ts'
import { type NetexecState as State, serveUdp } from './netexec-udp.ts'

const defaults = {
  'http-port': '8080',
  'udp-port': '8081',
  'sctp-port': '-1',
  'http-override': '',
  'udp-listen-addresses': '',
  'delay-shutdown': '0',
  'tls-cert-file': '',
  'tls-private-key-file': '',
}

type Handler = (
  request: IncomingRequest,
  form: URLSearchParams,
  state: State,
) => OutgoingResponse | Promise<OutgoingResponse>

export const netexec = (args: readonly string[]) => {
  const { flags } = parseFlags(args, defaults)
  let state: State | undefined
  return goProgram(
    async (program) => {
      const { process } = program
      state = {
        program,
        httpPort: Number(flags['http-port']),
        udpPort: Number(flags['udp-port']),
        isReady: false,
        isTerminating: false,
      }
      if (flags['tls-cert-file']) {
        program.log('open: TLS is not simulated: start netexec without --tls-cert-file')
        return 255
      }
      const current = state
      const override = flags['http-override'] ?? ''
      serveHttp(
        process.sockets,
        { port: current.httpPort },
        async (request) => await answer(request, override, current),
      )
      program.log(`Started HTTP server on port ${current.httpPort}`)
      if (current.udpPort !== -1) {
        for (const address of (flags['udp-listen-addresses'] ?? '').split(',')) serveUdp(current, address)
      }
      if (Number(flags['sctp-port']) !== -1)
        program.log('SCTP is not simulated; nothing listens on the SCTP port')
      return undefined
    },
    {
      format: klog,
      onTerminate(program) {
        if (state) state.isTerminating = true
        const seconds = Number(flags['delay-shutdown'])
        if (seconds > 0) program.log(`Sleeping ${seconds} seconds before terminating...`)
        program.process.clock.after(seconds * 1000, () => program.exit(0))
      },
    },
  )
}

async function answer(request: IncomingRequest, override: string, state: State): Promise<OutgoingResponse> {
  const { process } = state.program
  if (override !== '') {
    const url = new URL(override, 'http://override')
    return await route(url.pathname)(
      { ...request, path: url.pathname, query: url.searchParams },
      url.searchParams,
      state,
    )
  }
  const form = new URLSearchParams(request.query)
  if (
    request.method === 'POST' &&
    request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  ) {
    for (const [name, value] of new URLSearchParams(await readText(request.body, 1_000_000)))
      form.append(name, value)
  }
  return (await route(request.path)(request, form, state)) ?? goResponse(process, '')
}

function route(path: string): Handler {
  return handlers[path] ?? root
}

const root: Handler = (_request, _form, { program }) => {
  program.log('GET /')
  const { clock } = program.process
  const now = new Date(clock.now()).toISOString()
  return goResponse(
    program.process,
    `NOW: ${now.slice(0, 10)} ${now.slice(11, -1)}000000 +0000 UTC m=+${(clock.now() % 1e6) / 1000}`,
  )
}

const hostname: Handler = (request, _form, { program }) => {
  program.log(`GET ${request.path}`)
  return goResponse(program.process, program.process.machine.hostname)
}

const handlers: Readonly<Record<string, Handler>> = {
  '/hostname': hostname,
  '/hostName': hostname,
  '/clientip'(request, _form, { program }) {
    program.log('GET /clientip')
    return goResponse(program.process, hostPort(request.remote))
  },
  '/serverport'(_request, _form, { program, httpPort }) {
    program.log('GET /serverport')
    return goResponse(program.process, `${httpPort}`)
  },
  '/header'(request, form, { program }) {
    const key = form.get('key') ?? ''
    program.log(key === '' ? 'GET /header' : `GET /header?key=${key}`)
    if (key !== '') {
      // Go takes the Host header out of the map.
      return goResponse(program.process, key.toLowerCase() === 'host' ? '' : (request.headers.get(key) ?? ''))
    }
    return goResponse(program.process, JSON.stringify(headerMap(request)))
  },
  '/echo'(_request, form, { program }) {
    const message = form.get('msg') ?? ''
    const code = form.get('code') ?? ''
    program.log(`GET /echo?msg=${message}&code=${code}`)
    if (code !== '' && !/^[+-]?\d+$/.test(code)) {
      const text = `argument 'code' must be an integer or empty, got ${JSON.stringify(code)}\n`
      return goResponse(program.process, text)
    }
    return goResponse(program.process, message, { status: code === '' ? 200 : Number(code) })
  },
  '/healthz'(_request, _form, { program, isReady }) {
    program.log('GET /healthz')
    return goResponse(program.process, '', { status: isReady ? 200 : 412 })
  },
  '/readyz'(_request, _form, { program, isReady, isTerminating }) {
    program.log('GET /readyz')
    if (isTerminating) return goResponse(program.process, 'shutting down', { status: 503 })
    return isReady ? goResponse(program.process, 'ok') : goResponse(program.process, '', { status: 412 })
  },
  '/envvar'(_request, form, { program }) {
    const name = form.get('var') ?? ''
    if (name === '') return goError(program.process, "'var' query parameter is required", 400)
    program.log(`GET /envvar?var=${name}`)
    const value = program.process.env[name]
    if (value === undefined)
      return goError(program.process, `env var ${JSON.stringify(name)} is not set`, 500)
    return goResponse(program.process, value)
  },
  '/redirect'(request, form, { program }) {
    const location = form.get('location') ?? ''
    const code = form.get('code') ?? ''
    program.log(`${request.method} /redirect?msg=${location}&code=${code}`)
    const status = code === '' ? 302 : Number(code)
    if (!Number.isInteger(status)) {
      const text = `argument 'code' must be an integer or empty, got ${JSON.stringify(code)}\n`
      return goResponse(program.process, text)
    }
    const names: Readonly<Record<number, string>> = {
      301: 'Moved Permanently',
      302: 'Found',
      303: 'See Other',
      307: 'Temporary Redirect',
      308: 'Permanent Redirect',
    }
    const escaped = location.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;')
    return goResponse(program.process, `<a href="${escaped}">${names[status] ?? ''}</a>.\n\n`, {
      status,
      headers: [
        ['Content-Type', 'text/html; charset=utf-8'],
        ['Location', location],
      ],
    })
  },
  async '/shell'(_request, form, { program }) {
    const command = form.get('shellCommand') || form.get('cmd') || ''
    program.log(`GET /shell?cmd=${command}`)
    const out = collector(1_000_000)
    const { process } = program
    const code = await process.spawn(['/bin/sh', '-c', command], { stdout: out, stderr: out })
    const result: Record<string, string> = {}
    if (code !== 0) result.error = `exit status ${code}`
    if (out.text() !== '') result.output = out.text()
    const fields = Object.entries(result).map(([key, value]) => `${key}:${value}`)
    program.log(`Output: map[${fields.join(' ')}]`)
    return goResponse(process, JSON.stringify(result))
  },
  async '/dial'(_request, form, { program }) {
    return await dial(program, form)
  },
  async '/exit'(_request, form, { program }) {
    const { process } = program
    const [code = '', timeout = '', wait = ''] = ['code', 'timeout', 'wait'].map(
      (name) => form.get(name) ?? '',
    )
    program.log(`GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`)
    for (const [name, value] of Object.entries({ timeout, wait })) {
      if (value === '' || parseDuration(value) !== undefined) continue
      const text = `argument '${name}' must be a valid golang duration or empty, got ${JSON.stringify(value)}\n`
      return goResponse(process, text)
    }
    const status = code === '' ? 0 : Number(code)
    if (!Number.isInteger(status)) {
      return goResponse(
        process,
        `argument 'code' must be an integer [0-127] or empty, got ${JSON.stringify(code)}\n`,
      )
    }
    await process.clock.sleep(parseDuration(wait || '0') ?? 0, process.signal)
    if (timeout === '') program.exit(status)
    else process.clock.after(0, () => program.exit(status))
    return goResponse(process, '')
  },
  '/shutdown'(_request, _form, { program }) {
    program.log('GET /shutdown')
    program.exit(0)
    return goResponse(program.process, '')
  },
  async '/upload'(request, _form, { program }) {
    const { process } = program
    program.log('GET /upload')
    const boundary = /boundary="?([^";]+)/.exec(request.headers.get('content-type') ?? '')?.[1]
    const content =
      boundary === undefined ? undefined : filePart(await readText(request.body, 8_000_000), boundary)
    if (content === undefined) {
      program.log("Unable to upload file: request Content-Type isn't multipart/form-data")
      return goResponse(process, JSON.stringify({ error: 'Unable to upload file.' }))
    }
    process.files.makeDirectory('/uploads', { recursive: true })
    const path = `/uploads/upload${process.random.integer(1_000_000_000)}`
    process.files.write(path, content, { mode: 0o700 })
    program.log(`Wrote upload to ${path}`)
    return goResponse(process, JSON.stringify({ output: path }), { status: 201 })
  },
}

/** The header map as Go's JSON encoder prints it: sorted, values as lists, without Host. */
function headerMap(request: IncomingRequest): Record<string, string[]> {
  const map: Record<string, string[]> = {}
  for (const [name, value] of request.headers) {
    if (name.toLowerCase() === 'host') continue
    const canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    map[canonical] = [...(map[canonical] ?? []), value]
  }
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function filePart(body: string, boundary: string): string | undefined {
  for (const part of body.split(`--${boundary}`)) {
    const end = part.indexOf('\r\n\r\n')
    if (end >= 0 && /name="file"/.test(part.slice(0, end))) return part.slice(end + 4).replace(/\r\n$/, '')
  }
  return undefined
}
