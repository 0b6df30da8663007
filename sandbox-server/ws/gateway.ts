// Takes WebSocket upgrades for lesson pages: origin, learner and lesson are checked before the socket opens.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type LearnerCookies, readCookieHeader, setCookieHeader } from '../auth/learner-cookie.ts'
import type { OriginPolicy } from '../auth/origin.ts'
import { AppError, errorCodes } from '../contract/errors.ts'
import type { LearnerId } from '../contract/ids.ts'
import type { LessonCatalog } from '../lessons-catalog/lesson-catalog.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Log } from '../platform/log.ts'
import { noteVisit } from '../sandboxes/note-visit.ts'
import type { Sandbox } from '../sandboxes/sandbox.ts'
import type { Sandboxes } from '../sandboxes/sandboxes.ts'
import type { Store } from '../store/store.ts'
import { createMessageBudget } from './message-budget.ts'
import { PageConnection } from './page-connection.ts'
import { errorMessage, parseFrame } from './parse-message.ts'

export interface GatewayOptions {
  readonly server: Server
  readonly cookies: LearnerCookies
  readonly origins: OriginPolicy
  readonly catalog: LessonCatalog
  readonly sandboxes: Sandboxes
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
  readonly secureCookies: boolean
}

const socketPath = /^\/api\/v1\/lessons\/([a-z0-9-]+)\/([a-z0-9-]+)\/socket$/
/** A page that sends nothing for two of these is gone. */
const heartbeatMs = 20_000
/** A page that does not answer the closing of its socket is cut off after this. */
const closingMs = 1_000
/** Frames above the contract's limit are still read up to here, to be answered instead of cut off. */
const readableBytes = 16 * 1024 * 1024

export interface Gateway {
  close(): Promise<void>
}

export function createGateway(options: GatewayOptions): Gateway {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: readableBytes, perMessageDeflate: false })
  const issued = new WeakMap<IncomingMessage, string>()
  sockets.on('headers', (headers, request) => {
    const cookie = issued.get(request)
    if (cookie !== undefined) headers.push(`Set-Cookie: ${setCookieHeader(cookie, options.secureCookies)}`)
  })

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      const path = new URL(request.url ?? '/', 'http://server').pathname
      const match = socketPath.exec(path)
      if (!match) throw new AppError('NOT_FOUND', `There is no socket at ${path}.`)
      options.origins.check(request.headers.origin, request.headers.host)
      const lesson = options.catalog.get(`${match[1]}/${match[2]}`)
      const learner = identify(request)
      sockets.handleUpgrade(request, socket, head, (accepted) =>
        serve(accepted, options, learner, async () => {
          await noteVisit({ learner, lesson: lesson.slug }, options)
          return await options.sandboxes.open(learner, lesson)
        }),
      )
    } catch (error) {
      refuse(socket, error, options.log)
    }
  }

  function identify(request: IncomingMessage): LearnerId {
    const value = readCookieHeader(request.headers.cookie)
    const known = value === undefined ? undefined : options.cookies.verify(value)
    if (known !== undefined) return known
    const fresh = options.cookies.issue()
    issued.set(request, fresh.value)
    return fresh.learner
  }

  options.server.on('upgrade', upgrade)
  const heartbeat = setInterval(() => beat(sockets), heartbeatMs)
  return {
    close: async () => {
      clearInterval(heartbeat)
      options.server.off('upgrade', upgrade)
      for (const socket of sockets.clients) socket.close(1001, 'the server stops')
      const closed = new Promise<void>((resolve) => sockets.close(() => resolve()))
      const impatient = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, closingMs)
      await closed
      clearTimeout(impatient)
    },
  }
}

const alive = new WeakSet<WebSocket>()

function beat(sockets: WebSocketServer): void {
  for (const socket of sockets.clients) {
    if (!alive.delete(socket)) socket.terminate()
    else socket.ping()
  }
}

function serve(
  socket: WebSocket,
  options: GatewayOptions,
  learner: LearnerId,
  open: () => Promise<Sandbox>,
): void {
  const { sandboxes, store, timers, log } = options
  const budget = createMessageBudget(timers.now)
  const note = (error: unknown) => {
    if (!(error instanceof AppError) || error.code === 'INTERNAL')
      log.error({ err: error, learner }, 'request failed')
  }
  const connection = new PageConnection({ socket, services: { sandboxes, store, timers, note }, open })
  let warnings = 0
  alive.add(socket)
  socket.on('pong', () => alive.add(socket))
  socket.on('message', (data: Buffer, isBinary) => {
    alive.add(socket)
    if (!budget.take(data.length)) {
      if (++warnings > 20) return socket.close(1008, 'too many messages')
      const slower = new AppError('RATE_LIMITED', 'Messages come too fast; this one was not carried out.', {
        hint: 'Wait a second.',
      })
      return connection.send(errorMessage(slower))
    }
    const parsed = parseFrame(data, isBinary)
    if ('error' in parsed) return connection.send(parsed.error)
    connection.receive(parsed.message).catch((error) => {
      note(error)
      connection.send(errorMessage(error))
    })
  })
  socket.on('error', (error) => log.debug({ err: error }, 'socket error'))
  socket.on('close', () => connection.close())
}

/** Answers an upgrade that is refused, with the contract's error body. */
function refuse(socket: Duplex, error: unknown, log: Log): void {
  if (!(error instanceof AppError)) log.error({ err: error }, 'upgrade failed')
  const { code, message, hint } = errorMessage(error)
  const body = JSON.stringify({ error: { code, message, ...(hint === undefined ? {} : { hint }) } })
  const { status, title } = errorCodes[code]
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
