// CoreDNS as a program: reads its Corefile, answers over UDP and TCP, reloads. The order of plugins is CoreDNS' own; those that do
// nothing in the simulator (cache, loop, loadbalance beyond shuffling) are accepted, unknown ones end it as upstream does.
import { DnsFormatError, decodeDns } from '../../../network/dns/codec.ts'
import type { DnsMessage, DnsQuestion } from '../../../network/dns/message.ts'
import { serveHttp } from '../../../network/http/server.ts'
import type { Endpoint, TcpConnection } from '../../../network/socket.ts'
import type { Image } from '../../image.ts'
import { concatenate } from '../../streams.ts'
import type { GoProgram } from '../go-program.ts'
import { goProgram, goResponse, parseDuration, parseFlags } from '../go-program.ts'
import { digest, metrics, version } from './about.ts'
import { CorefileError, parseCorefile, type ServerBlock } from './corefile.ts'
import { encodeWithin, makeReply } from './reply.ts'
import { plugin, type Resolution, resolveQuestion } from './resolve.ts'

const simulated = [
  'errors',
  'health',
  'ready',
  'kubernetes',
  'prometheus',
  'forward',
  'hosts',
  'log',
  'reload',
  'loadbalance',
  'bind',
]
const accepted = ['cache', 'loop', 'bufsize', 'debug', 'cancel', 'nsid', 'minimal', 'tls']
const notSimulated = [
  'rewrite',
  'template',
  'file',
  'auto',
  'etcd',
  'autopath',
  'dnssec',
  'acl',
  'any',
  'erratic',
  'import',
  'secondary',
  'transfer',
  'view',
  'whoami',
  'grpc',
  'dns64',
  'geoip',
  'header',
  'k8s_external',
  'local',
  'metadata',
  'multisocket',
  'quic',
  'route53',
  'sign',
  'timeouts',
  'trace',
  'tsig',
]
const reloadMs = 2000

interface Server {
  blocks: readonly ServerBlock[]
  requests: Map<string, number>
}

const coredns = (args: readonly string[]) => {
  const { flags } = parseFlags(args, { conf: 'Corefile', 'dns.port': '53', quiet: 'false' }, ['quiet'])
  const path = flags.conf ?? 'Corefile'
  const server: Server = { blocks: [], requests: new Map() }
  return goProgram(
    async (program) => {
      const { process } = program
      try {
        server.blocks = read(program, path)
      } catch (error) {
        if (!(error instanceof CorefileError)) throw error
        program.log(error.message)
        return 1
      }
      listen(program, server)
      for (const block of server.blocks) program.log(`${block.zones[0] || '.'}:${block.port}`)
      program.log(
        `[INFO] plugin/reload: Running configuration SHA512 = ${digest(process.files.readText(path))}`,
      )
      program.log(`CoreDNS-${version}\nlinux/amd64, simulated`)
      watchConfiguration(program, server, path)
      return undefined
    },
    {
      onTerminate(program) {
        const health = server.blocks.map((block) => plugin(block, 'health')).find((one) => one)
        const lameduck = health?.block.find((line) => line.name === 'lameduck')?.args[0]
        program.log('[INFO] SIGTERM: Shutting down servers then terminating')
        if (lameduck) program.log(`[INFO] plugin/health: Going into lameduck mode for ${lameduck}`)
        program.process.clock.after(parseDuration(lameduck ?? '0') ?? 0, () => program.exit(0))
      },
    },
  )
}

function read(program: GoProgram, path: string): readonly ServerBlock[] {
  const { files, objects } = program.process
  if (!files.stat(path)) throw new CorefileError(`open ${path}: no such file or directory`)
  const blocks = parseCorefile(files.readText(path))
  for (const { name } of blocks.flatMap((block) => block.plugins)) {
    if (simulated.includes(name) || accepted.includes(name)) continue
    if (!notSimulated.includes(name)) {
      throw new CorefileError(`${path}: Error during parsing: Unknown directive '${name}'`)
    }
    program.log(`[WARNING] plugin/${name}: this plugin is not simulated and does nothing`)
  }
  if (!objects && blocks.some((block) => plugin(block, 'kubernetes'))) {
    throw new CorefileError('plugin/kubernetes: unable to load in-cluster configuration: no service account')
  }
  return blocks
}

function watchConfiguration(program: GoProgram, server: Server, path: string): void {
  const { process } = program
  let current = process.files.readText(path)
  let looking = false
  const stop = process.files.onChange(() => {
    if (looking || !server.blocks.some((block) => plugin(block, 'reload'))) return
    if (!process.files.stat(path) || process.files.readText(path) === current) return
    looking = true
    process.clock.after(reloadMs, () => {
      looking = false
      current = process.files.readText(path)
      program.log('[INFO] Reloading')
      try {
        server.blocks = read(program, path)
        program.log(`[INFO] plugin/reload: Running configuration SHA512 = ${digest(current)}`)
        program.log('[INFO] Reloading complete')
      } catch (error) {
        if (!(error instanceof CorefileError)) throw error
        program.log(`[ERROR] Restart failed: ${error.message}`)
        program.log(
          '[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors',
        )
      }
    })
  })
  process.signal.addEventListener('abort', stop, { once: true })
}

function listen(program: GoProgram, server: Server): void {
  const { process } = program
  for (const port of new Set(server.blocks.map((block) => block.port))) {
    const socket = process.sockets.bindUdp({ port })
    const serve = async () => {
      for (;;) {
        const { data, from, to } = await socket.receive(process.signal)
        void answer(program, server, port, data, from, 'udp').then((reply) => {
          if (reply) socket.send(reply, from)
        }, ignored)
        void to
      }
    }
    serve().catch(ignored)
    process.sockets.listen({ port }, (connection) => {
      serveTcp(program, server, port, connection).catch(() => connection.reset())
    })
  }
  const has = (name: string) => server.blocks.map((block) => plugin(block, name)).find((one) => one)
  const portOf = (name: string, standard: number) =>
    Number(/:(\d+)$/.exec(has(name)?.args[0] ?? '')?.[1] ?? standard)
  const text = (path: string, body: () => string) => (request: { path: string }) =>
    request.path === path
      ? goResponse(process, body())
      : goResponse(process, '404 page not found\n', { status: 404 })
  if (has('health'))
    serveHttp(
      process.sockets,
      { port: portOf('health', 8080) },
      text('/health', () => 'OK'),
    )
  if (has('ready'))
    serveHttp(
      process.sockets,
      { port: portOf('ready', 8181) },
      text('/ready', () => 'OK'),
    )
  if (has('prometheus')) {
    serveHttp(
      process.sockets,
      { port: portOf('prometheus', 9153) },
      text('/metrics', () => metrics(server.requests)),
    )
  }
}

/** Sockets close when the process ends; a datagram that cannot be answered is lost, as on a real network. */
function ignored(): void {}

async function serveTcp(
  program: GoProgram,
  server: Server,
  port: number,
  connection: TcpConnection,
): Promise<void> {
  let rest: Uint8Array = new Uint8Array(0)
  for (let data = await connection.read(program.process.signal); data; data = await connection.read()) {
    rest = concatenate([rest, data])
    while (rest.length >= 2) {
      const length = (rest[0] ?? 0) * 256 + (rest[1] ?? 0)
      if (rest.length < length + 2) break
      const reply = await answer(program, server, port, rest.slice(2, length + 2), connection.remote, 'tcp')
      rest = rest.slice(length + 2)
      if (reply)
        await connection.write(concatenate([Uint8Array.of(reply.length >> 8, reply.length & 255), reply]))
    }
  }
  connection.end()
}

async function answer(
  program: GoProgram,
  server: Server,
  port: number,
  data: Uint8Array,
  from: Endpoint,
  protocol: 'udp' | 'tcp',
): Promise<Uint8Array | undefined> {
  const { process } = program
  const startedAt = process.clock.now()
  const query = parse(data)
  const [question] = query?.questions ?? []
  if (!query || query.isResponse || !question) return undefined
  const block = blockFor(server.blocks, port, question)
  const resolution: Resolution = block
    ? await resolveQuestion(process, block, question)
    : { code: 'REFUSED', answers: [], isAuthoritative: false, recursionAvailable: false }
  const opt = query.additionals.find((record) => record.type === 'OPT')
  const limit = protocol === 'tcp' ? 65_535 : opt?.type === 'OPT' ? Math.max(512, opt.udpSize) : 512
  const reply = encodeWithin(makeReply(process, query, resolution, block), limit)
  const key = `${question.type} ${protocol} ${resolution.code}`
  server.requests.set(key, (server.requests.get(key) ?? 0) + 1)
  const label = `${question.name === '' ? '.' : `${question.name}.`}`
  if (resolution.error && block && plugin(block, 'errors')) {
    program.log(`[ERROR] plugin/errors: 2 ${label} ${question.type}: ${resolution.error}`)
  }
  if (block && plugin(block, 'log')) {
    const flags = [
      'qr',
      ...(resolution.isAuthoritative ? ['aa'] : []),
      ...(query.recursionDesired ? ['rd'] : []),
    ]
    if (resolution.recursionAvailable) flags.push('ra')
    const took = ((process.clock.now() - startedAt) / 1000).toFixed(9)
    const asked = `"${question.type} IN ${label} ${protocol} ${data.length} ${opt ? 'false' : 'false'} ${limit}"`
    program.log(
      `[INFO] ${from.address}:${from.port} - ${query.id} ${asked} ${resolution.code} ${flags.join(',')} ${reply.length} ${took}s`,
    )
  }
  return reply
}

function parse(data: Uint8Array): DnsMessage | undefined {
  try {
    return decodeDns(data)
  } catch (error) {
    if (error instanceof DnsFormatError) return undefined
    throw error
  }
}

/** The block with the longest zone that the name lies in. */
function blockFor(
  blocks: readonly ServerBlock[],
  port: number,
  { name }: DnsQuestion,
): ServerBlock | undefined {
  const lower = name.toLowerCase()
  let best: ServerBlock | undefined
  let length = -1
  for (const block of blocks) {
    if (block.port !== port) continue
    for (const zone of block.zones) {
      const fits = zone === '' || lower === zone || lower.endsWith(`.${zone}`)
      if (fits && zone.length > length) {
        best = block
        length = zone.length
      }
    }
  }
  return best
}

export const corednsImage: Image = {
  repositories: ['registry.k8s.io/coredns/coredns'],
  tags: [`v${version}`, '*'],
  entrypoint: ['/usr/local/bin/coredns'],
  command: [],
  env: {},
  workingDirectory: '/',
  files: {},
  programs: { coredns: (process) => coredns(process.argv.slice(1))(process) },
  base: 'none',
  sizeBytes: 22_384_640,
}
