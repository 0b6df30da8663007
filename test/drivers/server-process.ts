// The server as a process of its own, as `npm start` runs it: started, killed and started again by tests and the benchmark.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../sandbox-server/cli/main.ts', import.meta.url))

export interface ServerProcess {
  readonly url: string
  readonly port: number
  /** Resident set in bytes, from proc(5). */
  memory(): number
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
}

/** Starts `fairlead serve` on any free port and resolves once it printed its address. */
export async function startServerProcess(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [...nodeArgs, command, 'serve', '--port', '0', '--api-port', '0', '--no-build', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A container engine of this machine is none of a test's business that does not ask for one.
      env: { FAIRLEAD_CLUSTERS: 'simulated', ...process.env },
    },
  )
  const output: string[] = []
  child.stderr.on('data', (data: Buffer) => output.push(data.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      output.push(data.toString())
      const match = /ready: (\S+)/.exec(output.join(''))
      if (match?.[1]) resolve(match[1])
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output.join('')}`)))
  })
  return {
    url,
    port: Number(new URL(url).port),
    memory: () => residentBytes(child),
    kill: (signal) =>
      new Promise((resolve) => {
        child.once('exit', (code) => resolve(code))
        child.kill(signal)
      }),
  }
}

function residentBytes(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}
