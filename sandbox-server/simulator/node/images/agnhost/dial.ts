// netexec's /dial: asks another netexec over HTTP or UDP, several times, and lists the answers.

import { lookup } from '../../../network/dns/resolver.ts'
import { httpGet } from '../../../network/http/get.ts'
import type { OutgoingResponse } from '../../../network/http/server.ts'
import type { Process } from '../../process.ts'
import type { GoProgram } from '../go-program.ts'
import { goError, goResponse } from '../go-program.ts'
import { goSocketError } from './go-socket-error.ts'

const timeoutMs = 5000

export async function dial(program: GoProgram, form: URLSearchParams): Promise<OutgoingResponse> {
  const { process } = program
  const [host, port, request, protocol, tries] = ['host', 'port', 'request', 'protocol', 'tries'].map(
    (name) => form.get(name) ?? '',
  ) as [string, string, string, string, string]
  program.log(`GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${tries}`)
  if (request === '') return goError(process, 'request parameter not specified. <nil>', 400)
  const kind = protocol.toLowerCase()
  if (!['', 'http', 'udp'].includes(kind)) return goError(process, `unsupported protocol. ${protocol}`, 400)
  const [address] = (await lookup(process, host, { family: 4, signal: process.signal })).addresses
  if (address === undefined) {
    return goError(process, `host and/or port param are invalid. lookup ${host}: no such host`, 400)
  }
  const to = { address, port: Number(port) }
  const responses: string[] = []
  const errors: string[] = []
  let last = ''
  for (let index = 0; index < (tries === '' ? 1 : Number(tries)); index++) {
    try {
      last = kind === 'udp' ? await dialUdp(process, request, to) : await dialHttp(process, request, to)
      responses.push(last)
    } catch (error) {
      last = ''
      errors.push(error instanceof Error ? error.message : String(error))
    }
  }
  const output = {
    ...(errors.length > 0 ? { errors } : {}),
    ...(last !== '' ? { responses } : {}),
  }
  return goResponse(process, JSON.stringify(output))
}

async function dialHttp(
  process: Process,
  request: string,
  to: { address: string; port: number },
): Promise<string> {
  const signal = limit(process)
  try {
    const answer = await httpGet(process.sockets, {
      ...to,
      path: `/${request}`,
      headers: { 'User-Agent': 'Go-http-client/1.1' },
      signal,
    })
    return answer.body
  } catch (error) {
    throw new Error(
      `Get "http://${to.address}:${to.port}/${request}": ${goSocketError(error, 'tcp', to, signal.aborted)}`,
    )
  }
}

async function dialUdp(
  process: Process,
  request: string,
  to: { address: string; port: number },
): Promise<string> {
  const socket = process.sockets.bindUdp({ connectedTo: to })
  try {
    socket.send(new TextEncoder().encode(request), to)
    return new TextDecoder().decode((await socket.receive(limit(process))).data)
  } catch (error) {
    throw new Error(`reading from udp connection failed. err:'${goSocketError(error, 'udp', to, true)}'`)
  } finally {
    socket.close()
  }
}

function limit(process: Process): AbortSignal {
  const controller = new AbortController()
  process.clock.after(timeoutMs, () => controller.abort(new Error('i/o timeout')))
  return AbortSignal.any([controller.signal, process.signal])
}
