// netexec's UDP server and its commands: hostname, clientip, echo, envvar, serverport.
import type { UdpSocket } from '../../../network/socket.ts'
import type { Process } from '../../process.ts'
import type { GoProgram } from '../go-program.ts'
import { hostPort } from '../go-program.ts'

export interface NetexecState {
  readonly program: GoProgram
  readonly httpPort: number
  readonly udpPort: number
  isReady: boolean
  isTerminating: boolean
}

export function serveUdp(state: NetexecState, address: string): void {
  const { process } = state.program
  const options = address === '' ? { port: state.udpPort } : { port: state.udpPort, address }
  const socket = process.sockets.bindUdp(options)
  state.program.log(`Started UDP server on port ${address} ${state.udpPort}`)
  state.isReady = true
  answerDatagrams(process, socket, state).catch(() => {
    // The socket was closed: the process is at its end.
  })
}

async function answerDatagrams(process: Process, socket: UdpSocket, state: NetexecState): Promise<void> {
  const { log } = state.program
  const encoder = new TextEncoder()
  for (;;) {
    const { data, from } = await socket.receive(process.signal)
    const raw = new TextDecoder().decode(data).trim()
    const text = raw.toLowerCase()
    const client = hostPort(from)
    let reply: string | undefined
    if (text === 'hostname') {
      log('Sending udp hostName response')
      reply = process.machine.hostname
    } else if (text.startsWith('envvar ')) {
      const name = raw.slice(7).trim()
      log(`Sending UDP envvar response for ${name}`)
      reply = process.env[name] ?? ''
    } else if (text.startsWith('echo ')) {
      reply = text.slice(5)
      log(`Echoing ${reply} to UDP client ${client}`)
    } else if (text === 'clientip') {
      log(`Sending clientip back to UDP client ${client}`)
      reply = client
    } else if (text === 'serverport') {
      log(`Sending server port to UDP client ${state.udpPort}`)
      reply = `${state.udpPort}`
    } else if (text !== '') {
      log(`Unknown UDP command received from ${client}: ${text}`)
    }
    if (reply !== undefined) socket.send(encoder.encode(reply), from)
  }
}
