// agnhost's smaller servers: pause, serve-hostname, porter, liveness, test-webserver. Source: test/images/agnhost/*.
import type { OutgoingResponse } from '../../../network/http/server.ts'
import { serveHttp } from '../../../network/http/server.ts'
import type { Process, Program } from '../../process.ts'
import { goProgram, goResponse, hostPort, klog, parseFlags } from '../go-program.ts'

export const pause = (): Program => async (process) => {
  await process.stdout.write('Paused\nSignals registered\n')
  return await new Promise<number>((resolve, reject) => {
    const end = (name: string, code: number) => {
      const message = `exiting because of signal "${name}"\n`
      process.files.write(process.env.TERMINATION_MESSAGE_PATH || '/dev/termination-log', message)
      process.stdout.write(message).then(() => resolve(code), reject)
    }
    process.onSignal('SIGINT', () => end('interrupt', 1))
    process.onSignal('SIGTERM', () => end('terminated', 2))
    process.signal.addEventListener('abort', () => reject(process.signal.reason), { once: true })
  })
}

export const serveHostname = (args: readonly string[]) => {
  const defaults = { tcp: 'false', udp: 'false', http: 'true', close: 'false', port: '9376' }
  const { flags } = parseFlags(args, defaults, ['tcp', 'udp', 'http', 'close'])
  const port = Number(flags.port)
  return goProgram(
    async (program) => {
      const { process } = program
      const { hostname } = process.machine
      const bytes = new TextEncoder().encode(hostname)
      if (flags.tcp === 'true') {
        process.sockets.listen({ port }, (connection) => {
          program.log(`TCP request from ${hostPort(connection.remote)}`)
          connection.write(bytes).then(
            () => connection.end(),
            // The client went before it was answered.
            () => undefined,
          )
        })
      }
      if (flags.udp === 'true')
        echoDatagrams(process, port, (from) => {
          program.log(`UDP request from ${hostPort(from)}`)
          return bytes
        })
      if (flags.http === 'true' && flags.tcp !== 'true' && flags.udp !== 'true') {
        serveHttp(process.sockets, { port }, (request) => {
          program.log(`HTTP request from ${hostPort(request.remote)}`)
          const headers = flags.close === 'true' ? ([['Connection', 'close']] as const) : []
          return goResponse(process, hostname, { headers })
        })
      }
      program.log(`Serving on port ${port}.`)
      return undefined
    },
    {
      format: klog,
      onTerminate(program) {
        program.log('Shutting down after receiving signal: terminated.')
        program.log('Awaiting pod deletion.')
        program.process.clock.after(60_000, () => program.exit(0))
      },
    },
  )
}

export const porter = (args: readonly string[]) => {
  const { flags } = parseFlags(args, { 'json-response': 'false' }, ['json-response'])
  return goProgram(
    async (program) => {
      const { process } = program
      for (const [key, value] of Object.entries(process.env)) {
        const match = /^SERVE_(TCP_|UDP_|TLS_|SCTP_)?PORT_(\d+)$/.exec(key)
        if (!match) continue
        const port = Number(match[2])
        if (match[1] === 'UDP_') echoDatagrams(process, port, () => new TextEncoder().encode(value))
        else if (match[1] === 'TLS_' || match[1] === 'SCTP_') program.log(`${key}: not simulated`)
        else
          serveHttp(process.sockets, { port }, (request) => {
            if (flags['json-response'] !== 'true') return goResponse(process, value)
            const body = JSON.stringify({ Method: request.method, Body: value })
            return goResponse(process, body, { headers: [['Content-Type', 'application/json']] })
          })
      }
      return undefined
    },
    { format: klog },
  )
}

export const liveness = () =>
  goProgram(
    async ({ process }) => {
      const startedAt = process.clock.now()
      const seconds = () => (process.clock.now() - startedAt) / 1000
      const paths: Readonly<Record<string, (query: URLSearchParams) => OutgoingResponse>> = {
        '/started': () => goResponse(process, `${seconds()}s`),
        '/healthz': () =>
          seconds() > 10
            ? goResponse(process, `error: ${seconds()}`, { status: 500 })
            : goResponse(process, 'ok'),
        '/redirect': (query) =>
          goResponse(process, '', { status: 302, headers: [['Location', query.get('loc') ?? '']] }),
      }
      serveHttp(
        process.sockets,
        { port: 8080 },
        (request) =>
          paths[request.path]?.(request.query) ??
          goResponse(process, '404 page not found\n', { status: 404 }),
      )
      return undefined
    },
    { format: klog },
  )

function echoDatagrams(
  process: Process,
  port: number,
  answer: (from: { address: string; port: number }) => Uint8Array,
): void {
  const socket = process.sockets.bindUdp({ port })
  const serve = async () => {
    for (;;) {
      const { from } = await socket.receive(process.signal)
      socket.send(answer(from), from)
    }
  }
  // Ends when the socket is closed, at the end of the process.
  serve().catch(() => undefined)
}
