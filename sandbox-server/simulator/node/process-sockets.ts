// The sockets of one process: when it ends, the kernel closes what it left open.
import type { Sockets, TcpConnection, TcpListener, UdpSocket } from '../network/socket.ts'

export interface ProcessSockets extends Sockets {
  /** Closes listeners, UDP sockets and connections, as the kernel does at a process's end. */
  closeAll(): void
}

export function processSockets(sockets: Sockets): ProcessSockets {
  const listeners = new Set<TcpListener>()
  const connections = new Set<TcpConnection>()
  const datagrams = new Set<UdpSocket>()
  let closed = false

  const owned = (connection: TcpConnection): TcpConnection => {
    connections.add(connection)
    let ended = false
    let finished = false
    const forget = () => {
      if (ended && finished) connections.delete(connection)
    }
    return {
      local: connection.local,
      remote: connection.remote,
      async read(signal) {
        const data = await connection.read(signal)
        if (!data) {
          finished = true
          forget()
        }
        return data
      },
      write: (data) => connection.write(data),
      end() {
        ended = true
        connection.end()
        forget()
      },
      reset() {
        connections.delete(connection)
        connection.reset()
      },
    }
  }

  return {
    listen(options, accept) {
      const listener = sockets.listen(options, (connection) => {
        if (closed) connection.reset()
        else accept(owned(connection))
      })
      const close = () => {
        listeners.delete(listener)
        listener.close()
      }
      listeners.add(listener)
      return { local: listener.local, close }
    },
    async connect(options) {
      const connection = await sockets.connect(options)
      if (closed) connection.reset()
      return owned(connection)
    },
    bindUdp(options) {
      const socket = sockets.bindUdp(options)
      datagrams.add(socket)
      return {
        local: socket.local,
        send: (data, to) => socket.send(data, to),
        receive: (signal) => socket.receive(signal),
        close() {
          datagrams.delete(socket)
          socket.close()
        },
      }
    },
    ping: (options) => sockets.ping(options),
    closeAll() {
      closed = true
      for (const listener of listeners) listener.close()
      for (const socket of datagrams) socket.close()
      for (const connection of connections) {
        if (connection.close) connection.close()
        else connection.reset()
      }
      listeners.clear()
      datagrams.clear()
      connections.clear()
    },
  }
}
