// Keeps the workspace's watcher running in the toolbox: one long process, started again with growing pauses when it ends.
import type { RunningCommand } from '../../../platform/commands.ts'
import type { Timers } from '../../../platform/host-timers.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import {
  createMessageReader,
  encodeCommand,
  type WatcherCommand,
  type WatcherMessage,
} from './workspace-protocol.ts'

export interface WatcherChannel {
  /** Gives the command's id; undefined while no watcher runs. */
  send(command: WatcherCommand): number | undefined
  /** Ends the watcher that runs; the next one follows. */
  restart(): void
  dispose(): void
}

export interface WatcherEvents {
  message(message: WatcherMessage): void
  /** No watcher runs. `reason`: the last lines that it or the engine printed. */
  down(reason: string): void
}

const shortestPauseMs = 100
const longestPauseMs = 5000
const longLifeMs = 10_000

export function openWatcherChannel(
  engine: ContainerEngine,
  container: string,
  options: { readonly timers: Timers; readonly events: WatcherEvents },
): WatcherChannel {
  const { timers, events } = options
  let process: RunningCommand | undefined
  let pauseMs = shortestPauseMs
  let lastId = 0
  let isDisposed = false
  let timer: unknown

  const start = () => {
    timer = undefined
    const read = createMessageReader()
    const startedAt = timers.now()
    let said = ''
    const running = engine.start(['exec', '-i', container, '/usr/local/lib/fairlead/watch-workspace'])
    process = running
    running.stderr.on('data', (data: Buffer) => {
      said = `${said}${data.toString()}`.slice(-2000)
    })
    running.stdout.on('data', (data: Buffer) => {
      if (process !== running) return
      try {
        for (const message of read(data)) events.message(message)
      } catch (error) {
        // Whatever speaks there is not the watcher.
        said = String(error)
        pauseMs = longestPauseMs
        end(running)
      }
    })
    void running.exited.then((exitCode) => {
      // One that is killed over and over shall not keep the engine busy.
      if (timers.now() - startedAt > longLifeMs) pauseMs = shortestPauseMs
      ended(running, said.trim() || `exit code ${exitCode}`)
    })
  }
  const end = (running: RunningCommand) => {
    running.stdin.end()
    running.kill()
  }
  const ended = (running: RunningCommand, reason: string) => {
    if (process !== running) return
    process = undefined
    if (isDisposed) return
    events.down(reason)
    timer = timers.setTimeout(start, pauseMs)
    pauseMs = Math.min(longestPauseMs, pauseMs * 2)
  }

  start()
  return {
    send(command) {
      if (!process) return undefined
      lastId += 1
      process.stdin.write(encodeCommand(lastId, command))
      return lastId
    },
    restart() {
      if (process) end(process)
    },
    dispose() {
      isDisposed = true
      if (timer !== undefined) timers.clearTimeout(timer as never)
      const running = process
      process = undefined
      if (running) end(running)
    },
  }
}
