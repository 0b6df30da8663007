// nginx as a program: reads its configuration, listens, logs, reloads on `nginx -s reload`. The configuration is Debian's.

import type { HttpServer, IncomingRequest, OutgoingResponse } from '../../../network/http/server.ts'
import { serveHttp } from '../../../network/http/server.ts'
import { SocketError } from '../../../network/socket.ts'
import type { FileSystem } from '../../file-system.ts'
import type { Image } from '../../image.ts'
import type { Process, Program } from '../../process.ts'
import type { NginxConfiguration } from './configuration.ts'
import { NginxConfigError, readNginxConfiguration } from './configuration.ts'
import { nginxVersion } from './exchange.ts'
import { debianConfiguration } from './files.ts'
import { chooseServer, errorPage, respond } from './respond.ts'

const standardPath = '/etc/nginx/nginx.conf'
/** The master process of each container, for `nginx -s`. */
const masters = new WeakMap<FileSystem, (signal: string) => void>()

const nginx: Program = async (process) => {
  const args = process.argv.slice(1)
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  if (args.includes('-v') || args.includes('-V')) {
    await process.stderr.write(`nginx version: nginx/${nginxVersion}\n`)
    return 0
  }
  const path = option('-c') ?? standardPath
  const signal = option('-s')
  if (signal !== undefined) return await tell(process, signal)
  let configuration: NginxConfiguration
  try {
    configuration = readNginxConfiguration(process.files, path)
  } catch (error) {
    await process.stderr.write(`nginx: [emerg] ${messageOf(error)}\n`)
    if (args.includes('-t')) await process.stderr.write(`nginx: configuration file ${path} test failed\n`)
    return 1
  }
  if (args.includes('-t')) {
    await process.stderr.write(
      `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`,
    )
    return 0
  }
  return await run(process, path, configuration)
}

async function tell(process: Process, signal: string): Promise<number> {
  const master = masters.get(process.files)
  if (!['stop', 'quit', 'reopen', 'reload'].includes(signal)) {
    await process.stderr.write(`nginx: invalid option: "-s ${signal}"\n`)
    return 1
  }
  if (!master) {
    await process.stderr.write(
      'nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n',
    )
    return 1
  }
  master(signal)
  return 0
}

async function run(process: Process, path: string, first: NginxConfiguration): Promise<number> {
  let configuration = first
  let connections = 0
  const servers = new Map<number, HttpServer>()
  const say = (level: string, message: string) => {
    const now = new Date(process.clock.now())
      .toISOString()
      .slice(0, 19)
      .replaceAll('-', '/')
      .replace('T', ' ')
    process.stderr
      .write(`${now} [${level}] ${process.pid}#${process.pid}: ${message}\n`)
      .catch(() => undefined)
  }
  const handle = async (request: IncomingRequest): Promise<OutgoingResponse> => {
    const host = request.headers.get('host') ?? ''
    connections += 1
    const number = connections
    const server = chooseServer(configuration.servers, request.local.port, request.local.address, host)
    const logError = (message: string) => {
      const about = `client: ${request.remote.address}, server: ${server?.names[0] ?? ''}, request: "${request.method} ${request.target} HTTP/${request.version}", host: "${host}"`
      say('error', `*${number} ${message}, ${about}`)
    }
    if (!server) return { status: 444 }
    const exchange = { process, configuration, request, server, logError }
    const response = await respond(exchange).catch((error: unknown) => {
      logError(messageOf(error))
      return errorPage(exchange, 500)
    })
    if (configuration.accessLog) await logAccess(process, request, response)
    return response
  }
  const listen = () => {
    const ports = new Set(configuration.servers.flatMap((server) => server.listens.map((one) => one.port)))
    for (const [port, server] of servers) {
      if (ports.has(port)) continue
      server.close()
      servers.delete(port)
    }
    for (const port of ports) {
      if (servers.has(port)) continue
      const bound = configuration.servers
        .flatMap((server) => server.listens)
        .filter((one) => one.port === port)
      const [only] = bound
      const address = bound.length === 1 ? only?.address : undefined
      servers.set(
        port,
        serveHttp(process.sockets, { port, ...(address === undefined ? {} : { address }) }, handle),
      )
    }
  }
  try {
    listen()
  } catch (error) {
    if (!(error instanceof SocketError)) throw error
    const [listens] = configuration.servers.flatMap((server) => server.listens)
    const why =
      error.code === 'EADDRINUSE' ? '98: Address already in use' : '99: Cannot assign requested address'
    say('emerg', `bind() to ${listens?.address ?? '0.0.0.0'}:${listens?.port ?? 80} failed (${why})`)
    return 1
  }
  process.files.write('/run/nginx.pid', `${process.pid}\n`)
  return await new Promise<number>((resolve, reject) => {
    const stop = () => {
      masters.delete(process.files)
      resolve(0)
    }
    masters.set(process.files, (signal) => {
      if (signal === 'stop' || signal === 'quit') return stop()
      if (signal !== 'reload') return
      say('notice', 'signal 1 (SIGHUP) received, reconfiguring')
      try {
        configuration = readNginxConfiguration(process.files, path)
        listen()
      } catch (error) {
        // The old configuration stays in force.
        say('emerg', messageOf(error))
      }
    })
    process.onSignal('SIGTERM', stop)
    process.signal.addEventListener('abort', () => reject(process.signal.reason), { once: true })
  })
}

async function logAccess(
  process: Process,
  request: IncomingRequest,
  response: OutgoingResponse,
): Promise<void> {
  const now = new Date(process.clock.now())
  const iso = now.toISOString()
  const day = `${iso.slice(8, 10)}/${now.toUTCString().slice(8, 11)}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
  const { body } = response
  const bytes = typeof body === 'string' ? body.length : body instanceof Uint8Array ? body.length : 0
  const line =
    `${request.remote.address} - - [${day}] "${request.method} ${request.target} HTTP/${request.version}" ${response.status} ${bytes} ` +
    `"${request.headers.get('referer') ?? '-'}" "${request.headers.get('user-agent') ?? '-'}"\n`
  await process.stdout.write(line)
}

function messageOf(error: unknown): string {
  if (error instanceof NginxConfigError) return error.message
  return error instanceof Error ? error.message : String(error)
}

export const nginxImage: Image = {
  repositories: ['nginx', 'fairlead/nginx'],
  tags: ['1.22', '*'],
  entrypoint: [],
  command: ['nginx', '-g', 'daemon off;'],
  env: {},
  workingDirectory: '/',
  files: debianConfiguration,
  programs: { nginx },
  base: 'debian',
  sizeBytes: 61_341_696,
}
