// port-forward over WebSocket channels: two channels a port, data and error, each beginning with the port's number.
// Source: kubelet's cri-streaming/portforward/websocket.go; @kubernetes/client-node speaks it.
import type { PodStreams } from '../../node/process.ts'
import type { StreamSocket } from './stream-socket.ts'

export interface PortForwardOptions {
  readonly socket: StreamSocket
  readonly streams: PodStreams
  readonly namespace: string
  readonly pod: string
  readonly ports: readonly number[]
}

export function servePortForwardChannels({
  socket,
  streams,
  namespace,
  pod,
  ports,
}: PortForwardOptions): void {
  const abort = new AbortController()
  const inputs = ports.map((port, index) => {
    const dataChannel = index * 2
    void socket.send(new Uint8Array([dataChannel, port & 0xff, port >> 8]))
    void socket.send(new Uint8Array([dataChannel + 1, port & 0xff, port >> 8]))
    const connection = streams.portForward({ namespace, pod, port, signal: abort.signal })
    const prefixed = (number: number, data: Uint8Array) => {
      const message = new Uint8Array(data.length + 1)
      message[0] = number
      message.set(data, 1)
      return socket.send(message)
    }
    void connection
      .then(async (open) => {
        for (let data = await open.read(abort.signal); data; data = await open.read(abort.signal)) {
          await prefixed(dataChannel, data)
        }
      })
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        return prefixed(dataChannel + 1, new TextEncoder().encode(why))
      })
      .catch(() => undefined) // The socket is gone; its close handler cleans up.
      .finally(() => socket.close())
    return connection
  })
  socket.onMessage((message) => {
    const number = message[0] ?? 0
    if (number % 2 !== 0) return
    // A connection that failed has said so on its error channel.
    inputs[number / 2]?.then((open) => open.write(message.slice(1))).catch(() => undefined)
  })
  socket.onClose(() => {
    abort.abort(new Error('the client has gone'))
    for (const input of inputs) input.then((open) => open.reset()).catch(() => undefined)
  })
}
