// traefik/whoami: answers with who it is and what it was asked (github.com/traefik/whoami, app.go).
import { readText } from '../../network/http/body.ts'
import type { IncomingRequest } from '../../network/http/server.ts'
import { serveHttp } from '../../network/http/server.ts'
import { formatAddress } from '../../network/ipv4.ts'
import { insideOf } from '../../network/namespace.ts'
import type { Image } from '../image.ts'
import type { Process } from '../process.ts'
import { goProgram, goResponse, hostPort, parseFlags } from './go-program.ts'

const serve = (args: readonly string[]) =>
  goProgram(
    async (program) => {
      const { process } = program
      const defaults = {
        port: process.env.WHOAMI_PORT_NUMBER ?? '80',
        name: process.env.WHOAMI_NAME ?? '',
        verbose: 'false',
      }
      const { flags } = parseFlags(args, defaults, ['verbose'])
      serveHttp(process.sockets, { port: Number(flags.port) }, async (request) => {
        if (flags.verbose === 'true')
          program.log(`${request.remote.address} - - "${request.method} ${request.target}"`)
        if (request.path === '/health') return goResponse(process, '')
        if (request.path === '/api')
          return goResponse(process, await asJson(process, request, flags.name ?? ''))
        return goResponse(process, await asText(process, request, flags.name ?? ''))
      })
      program.log(`Starting up on port ${flags.port}`)
      return undefined
    },
    { format: (text, process) => `${stamp(process)} ${text}\n` },
  )

function stamp(process: Process): string {
  return new Date(process.clock.now()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')
}

function addresses(process: Process): string[] {
  return insideOf(process.machine.network)
    .interfaces()
    .flatMap((device) => device.addresses.map((own) => formatAddress(own.address)))
}

/** As Go's Request.Write: the host first, then the rest in order of the alphabet. */
function headerLines(request: IncomingRequest): [string, string][] {
  const lines: [string, string][] = []
  for (const [name, value] of request.headers) {
    const canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    if (canonical !== 'Host' && canonical !== 'User-Agent') lines.push([canonical, value])
  }
  lines.sort(([a], [b]) => (a < b ? -1 : 1))
  const agent = request.headers.get('user-agent')
  return agent === undefined ? lines : [['User-Agent', agent], ...lines]
}

async function asText(process: Process, request: IncomingRequest, name: string): Promise<string> {
  const lines = [
    ...(name === '' ? [] : [`Name: ${name}`]),
    `Hostname: ${process.machine.hostname}`,
    ...addresses(process).map((address) => `IP: ${address}`),
    `RemoteAddr: ${hostPort(request.remote)}`,
    `${request.method} ${request.target} HTTP/1.1`,
    `Host: ${request.headers.get('host') ?? ''}`,
    ...headerLines(request).map(([header, value]) => `${header}: ${value}`),
  ]
  const body = await readText(request.body, 1_000_000)
  return `${lines.join('\n')}\n\n${body}`
}

async function asJson(process: Process, request: IncomingRequest, name: string): Promise<string> {
  const headers: Record<string, string[]> = {}
  for (const [header, value] of headerLines(request)) headers[header] = [...(headers[header] ?? []), value]
  const data = {
    hostname: process.machine.hostname,
    ip: addresses(process),
    headers,
    url: request.target,
    host: request.headers.get('host') ?? '',
    method: request.method,
    ...(name === '' ? {} : { name }),
    remoteAddr: hostPort(request.remote),
  }
  return `${JSON.stringify(data)}\n`
}

export const whoami: Image = {
  repositories: ['traefik/whoami', 'fairlead/whoami'],
  tags: ['v1', '*'],
  entrypoint: ['/whoami'],
  command: [],
  env: {},
  workingDirectory: '/',
  files: {},
  programs: { '/whoami': (process) => serve(process.argv.slice(1))(process) },
  base: 'none',
  sizeBytes: 6_812_416,
}
