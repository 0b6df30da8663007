// Traefik 3 as a program: entry points, the Kubernetes Ingress provider, round robin over pods, ping, logs. TLS is not spoken:
// an entry point with TLS says so and closes what connects.
import { endpointSlices, ingressClasses, ingresses, services } from '../../../api/resources.ts'
import type { Process, Program } from '../../../node/process.ts'
import { Coalesced } from '../../coalesce.ts'
import type { HttpHeaders } from '../../http/headers.ts'
import { type IncomingRequest, type OutgoingResponse, serveHttp } from '../../http/server.ts'
import { writeIngressStatus } from './ingress-status.ts'
import { notFound, plain, proxyRequest } from './proxy.ts'
import { ownIngresses, type Router, routingTable, type Server } from './routing-table.ts'
import type { EntryPoint, StaticConfiguration } from './static-configuration.ts'
import { ConfigurationError, readStaticConfiguration } from './static-configuration.ts'

const version = '3.7.13'
/** providersThrottleDuration: how often a new configuration is taken at most. */
const throttleMs = 2000

type Level = 'DBG' | 'INF' | 'WRN' | 'ERR'
const ranks: Readonly<Record<Level, number>> = { DBG: 0, INF: 1, WRN: 2, ERR: 3 }
const levels = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 } as const

interface State {
  readonly process: Process
  readonly configuration: StaticConfiguration
  readonly log: (level: Level, message: string, fields?: Readonly<Record<string, string>>) => void
  routers: readonly Router[]
  /** Requests so far by backend, for round robin. */
  readonly turns: Map<string, number>
  requests: number
}

export const traefik: Program = async (process) => {
  const args = process.argv.slice(1)
  if (args[0] === 'version') {
    await process.stdout.write(
      `Version:      v${version}\nCodename:     simulated\nOS/Arch:      linux/amd64\n`,
    )
    return 0
  }
  let configuration: StaticConfiguration
  try {
    configuration = readStaticConfiguration(args)
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    const why = `command traefik error: failed to decode configuration from flags: ${error.message}`
    const time = stamp(process)
    await process.stderr.write(
      `${JSON.stringify({ level: 'error', error: why, time, message: 'Command error' })}\n`,
    )
    return 1
  }
  const state: State = {
    process,
    configuration,
    routers: [],
    turns: new Map(),
    requests: 0,
    log: (level, message, fields = {}) => {
      if (ranks[level] < levels[configuration.logLevel]) return
      const pairs = Object.entries(fields).map(
        ([key, value]) => ` ${key}=${/[\s"=]/.test(value) ? JSON.stringify(value) : value}`,
      )
      // A log that nobody takes any more is lost.
      process.stdout.write(`${stamp(process)} ${level} ${message}${pairs.join('')}\n`).catch(() => undefined)
    },
  }
  return await run(state)
}

async function run(state: State): Promise<number> {
  const { process, configuration, log } = state
  log('INF', `Traefik version ${version} (simulated)`, { version })
  for (const key of configuration.ignored) log('WRN', `The option --${key} is not simulated and does nothing`)
  for (const entryPoint of configuration.entryPoints) openEntryPoint(state, entryPoint)
  const stop = configuration.kubernetesIngress ? watchIngresses(state) : () => undefined
  return await new Promise<number>((resolve, reject) => {
    process.onSignal('SIGTERM', () => {
      log('INF', 'I have to go...')
      log('INF', 'Stopping server gracefully')
      stop()
      resolve(0)
    })
    process.signal.addEventListener('abort', () => {
      stop()
      reject(process.signal.reason)
    })
  })
}

function openEntryPoint(state: State, entryPoint: EntryPoint): void {
  const { process, log } = state
  const where = {
    port: entryPoint.port,
    ...(entryPoint.address === undefined ? {} : { address: entryPoint.address }),
  }
  if (entryPoint.tls) {
    log('ERR', 'TLS is not simulated: this entry point closes every connection', {
      entryPointName: entryPoint.name,
    })
    process.sockets.listen(where, (connection) => connection.reset())
    return
  }
  serveHttp(process.sockets, where, async (request) => {
    const startedAt = process.clock.now()
    const answered = await answer(state, entryPoint, request)
    if (state.configuration.accessLog) await logAccess(state, request, answered, startedAt)
    return answered.response
  })
}

interface Answered {
  readonly response: OutgoingResponse
  readonly router?: string
  readonly server?: Server
}

async function answer(state: State, entryPoint: EntryPoint, request: IncomingRequest): Promise<Answered> {
  const { process, configuration } = state
  state.requests += 1
  if (configuration.ping?.entryPoint === entryPoint.name && request.path === '/ping') {
    return { response: plain(process, 200, 'OK'), router: 'ping@internal' }
  }
  if (entryPoint.redirectTo) return { response: redirect(state, entryPoint, request) }
  const matched = { host: hostOf(request.headers), path: decodePath(request.path) }
  const isDefault = defaultEntryPoints(configuration).includes(entryPoint.name)
  const router = state.routers.find(
    (one) => (one.entryPoints?.includes(entryPoint.name) ?? isDefault) && one.matches(matched),
  )
  if (!router) return { response: notFound(process) }
  const servers = router.backend.servers.filter((server) => !server.fenced)
  const turn = state.turns.get(router.backend.name) ?? 0
  state.turns.set(router.backend.name, turn + 1)
  const server = servers[turn % servers.length]
  if (!server) return { response: plain(process, 503, 'no available server\n'), router: router.name }
  if (server.scheme === 'https') {
    state.log('ERR', 'The backend speaks TLS, which is not simulated', { serviceName: router.backend.name })
    return { response: plain(process, 502, 'Bad Gateway'), router: router.name, server }
  }
  const response = await proxyRequest(process, request, server, router.backend.passHostHeader)
  return { response, router: router.name, server }
}

/** All but Traefik's own, unless some are marked as default. */
function defaultEntryPoints({ entryPoints }: StaticConfiguration): readonly string[] {
  const marked = entryPoints.filter((entryPoint) => entryPoint.asDefault)
  const chosen =
    marked.length > 0 ? marked : entryPoints.filter((entryPoint) => entryPoint.name !== 'traefik')
  return chosen.map((entryPoint) => entryPoint.name)
}

function redirect(
  { process, configuration }: State,
  entryPoint: EntryPoint,
  request: IncomingRequest,
): OutgoingResponse {
  const target = entryPoint.redirectTo
  const to = configuration.entryPoints.find((one) => one.name === target?.to)
  const port = to && to.port !== 443 && to.port !== 8443 ? `:${to.port}` : ''
  const location = `${target?.scheme ?? 'https'}://${hostOf(request.headers)}${port}${request.target}`
  const status = target?.permanent ? 308 : 307
  return plain(process, status, status === 308 ? 'Permanent Redirect' : 'Temporary Redirect', [
    ['Location', location],
  ])
}

function watchIngresses(state: State): () => void {
  const { process, log } = state
  const { objects } = process
  const provider = state.configuration.kubernetesIngress
  if (!objects || !provider) {
    log('ERR', 'Cannot connect to the Kubernetes API: no service account that may read the cluster', {
      providerName: 'kubernetes',
    })
    return () => undefined
  }
  log('INF', 'Starting provider *ingress.Provider')
  let said = new Set<string>()
  const readAll = () => {
    // Traefik says the same again with every change; here only what is new, so that a log stays readable.
    const now = new Set<string>()
    const report: typeof log = (level, message, fields) => {
      const key = `${message} ${JSON.stringify(fields)}`
      now.add(key)
      if (!said.has(key)) log(level, message, fields)
    }
    for (const ingress of ownIngresses(objects, provider))
      writeIngressStatus(objects, provider, ingress, report)
    state.routers = routingTable(objects, provider, report)
    said = now
  }
  const sync = new Coalesced(process.clock, throttleMs, readAll, (why) =>
    log('ERR', `Provider error, retrying in 30s: ${why}`, { providerName: 'kubernetes' }),
  )
  const request = () => sync.request()
  const stops = [
    objects.watch(ingresses, request),
    objects.watch(ingressClasses, request),
    objects.watch(services, request),
    objects.watch(endpointSlices, request),
  ]
  return () => {
    for (const stop of stops) stop()
    sync.dispose()
  }
}

async function logAccess(
  state: State,
  request: IncomingRequest,
  answered: Answered,
  startedAt: number,
): Promise<void> {
  const { process } = state
  const now = new Date(process.clock.now())
  const month = now.toUTCString().slice(8, 11)
  const day = `${now.toISOString().slice(8, 10)}/${month}/${now.getUTCFullYear()}:${now.toISOString().slice(11, 19)} +0000`
  const { response, router = '-', server } = answered
  const url = server ? `${server.scheme}://${server.address}:${server.port}` : '-'
  const size = new Map(
    [...(response.headers as Iterable<readonly [string, string]>)].map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  )
  const quoted = (value: string) => JSON.stringify(value)
  const line = [
    `${request.remote.address} - - [${day}] "${request.method} ${request.target} HTTP/${request.version}"`,
    response.status,
    size.get('content-length') ?? 0,
    // Referer and user agent: dropped by default, as all headers are.
    '"-"',
    '"-"',
    state.requests,
    quoted(router),
    quoted(url),
    `${process.clock.now() - startedAt}ms`,
  ]
  await process.stdout.write(`${line.join(' ')}\n`)
}

function hostOf(headers: HttpHeaders): string {
  return (headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase()
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // Not percent-encoding: matched as it stands.
    return path
  }
}

function stamp(process: Process): string {
  return `${new Date(process.clock.now()).toISOString().slice(0, 19)}Z`
}
