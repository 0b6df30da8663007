// Answers `docker exec NODE` and `docker ps` of one learner's terminal, for the nodes of its own cluster and nothing else.
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { AppError } from '../../../contract/errors.ts'
import { letOthersEnter, removeFile } from '../../../platform/files.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { listNodes } from './list-nodes.ts'
import { type NodeCommand, startNodeCommand } from './node-command.ts'
import { createFrameReader, encodeFrame, parseRequest, parseSize } from './node-shell-protocol.ts'

export interface NodeShellOptions {
  /** Exists, lies in one that is for this user alone, and is mounted into the terminal's container. */
  readonly socketFolder: string
  /** Somebody ran something on a node: what changed there, nobody can tell. At the first time only. */
  readonly onEntered: () => void
  readonly signal?: AbortSignal
}

/** At the same time. */
const mostConnections = 32
/** Bytes of a Unix socket's path, see unix(7). */
const longestPath = 107

export async function serveNodeShell(
  engine: ContainerEngine,
  record: Pick<ClusterRecord, 'nodes'>,
  { socketFolder, onEntered, signal }: NodeShellOptions,
): Promise<{ close(): Promise<void> }> {
  signal?.throwIfAborted()
  const path = join(socketFolder, 'socket')
  if (Buffer.byteLength(path) > longestPath) {
    throw new AppError('PROVIDER_FAILED', `The path ${path} is too long for a socket.`, {
      hint: `Choose a data directory whose path is ${Buffer.byteLength(path) - longestPath} bytes shorter.`,
    })
  }
  const open = new Set<{ readonly socket: Socket; readonly ended: Promise<void> }>()
  let isEntered = false
  const enter = () => {
    if (!isEntered) onEntered()
    isEntered = true
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const entry = { socket, ended: serveConnection(socket, { engine, record, enter }) }
    open.add(entry)
    void entry.ended.then(() => open.delete(entry))
  })
  server.maxConnections = mostConnections
  // The learner in the container is nobody that this machine knows.
  letOthersEnter(socketFolder)
  // One that a server left behind that was killed.
  removeFile(path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path, readableAll: true, writableAll: true }, resolve)
  })
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      const ended = [...open].map((entry) => {
        entry.socket.destroy()
        return entry.ended
      })
      await Promise.all([closed, ...ended])
    },
  }
}

interface Served {
  readonly engine: ContainerEngine
  readonly record: Pick<ClusterRecord, 'nodes'>
  readonly enter: () => void
}

/** Resolves once the client is gone and what it started is gone or has ended. */
function serveConnection(socket: Socket, { engine, record, enter }: Served): Promise<void> {
  const read = createFrameReader()
  let command: NodeCommand | undefined
  let isAsked = false
  const send = (type: 'output' | 'error', data: Uint8Array | string) => socket.write(encodeFrame(type, data))
  const end = (exitCode: number) => {
    if (!socket.destroyed) socket.end(encodeFrame('exit', String(exitCode)))
  }
  const refuse = (text: string) => {
    send('error', `${text}\n`)
    end(1)
  }
  const answer = (data: Uint8Array) => {
    if (isAsked) return socket.destroy()
    isAsked = true
    const request = parseRequest(data)
    if (request.command === 'ps') {
      listNodes(engine, record)
        .then((text) => {
          send('output', text)
          end(0)
        })
        .catch((error: unknown) =>
          refuse(error instanceof Error ? error.message : 'The nodes cannot be listed.'),
        )
      return undefined
    }
    const node = record.nodes.find(({ name }) => name === request.node)
    if (!node) return refuse(`Error response from daemon: No such container: ${request.node}`)
    enter()
    command = startNodeCommand(engine, node.container, request, {
      output: (piece) => send('output', piece),
      error: (piece) => send('error', piece),
      drained: (listener) => socket.once('drain', listener),
      exited: end,
    })
    return undefined
  }
  socket.on('data', (data) => {
    try {
      for (const frame of read(typeof data === 'string' ? Buffer.from(data) : data)) {
        if (frame.type === 'request') answer(frame.data)
        else if (frame.type === 'inputEnd') command?.endInput()
        else if (frame.type === 'size') command?.resize(parseSize(frame.data))
        else if (command && !command.write(frame.data)) {
          socket.pause()
          command.whenWritable(() => socket.resume())
        }
      }
    } catch {
      // What it says is no request: it is the learner's own program, which gets no answer.
      socket.destroy()
    }
  })
  return new Promise((resolve) => {
    // A broken connection is a closed one.
    socket.on('error', () => socket.destroy())
    socket.on('end', () => {
      if (!command?.isRunning()) socket.end()
      else socket.destroy()
    })
    socket.on('close', () => {
      if (command) void command.end().then(resolve)
      else resolve()
    })
  })
}
