// The real server, started as a person starts it, on a free port with a data directory of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../../..', import.meta.url).pathname
const readyWithinMs = 90_000

export class Fairlead {
  url = ''
  private child: ChildProcess | undefined
  private readonly data: string
  private readonly flags: readonly string[]

  private constructor(data: string, flags: readonly string[]) {
    this.data = data
    this.flags = flags
  }

  static async start(flags: readonly string[] = []): Promise<Fairlead> {
    if (!existsSync(join(root, 'dist/index.html')))
      throw new Error('The site is not built. Run npm run build first.')
    const server = new Fairlead(await mkdtemp(join(tmpdir(), 'fairlead-e2e-')), flags)
    await server.run('0')
    return server
  }

  /** Starts again after `kill`, at the same address and with what was kept. */
  async startAgain(): Promise<void> {
    await this.run(new URL(this.url).port)
  }

  /** As a power cut would: nothing can be tidied up. */
  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }

  /** `beforeRemoval` has the data directory once nothing of the server runs. */
  async close(beforeRemoval?: (data: string) => Promise<void>): Promise<void> {
    await this.end('SIGTERM')
    await beforeRemoval?.(this.data)
    await rm(this.data, { recursive: true, force: true })
  }

  private async run(port: string): Promise<void> {
    const args = ['sandbox-server/cli/main.ts', 'serve', '--port', port, '--api-port', '0']
    const child = spawn(process.execPath, [...args, '--data', this.data, '--no-build', ...this.flags], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    let output = ''
    this.url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The server was not ready in 90 s:\n${output}`)),
        readyWithinMs,
      )
      const read = (data: Buffer): void => {
        output += data.toString()
        const found = /ready: (http\S+)/.exec(output)?.[1]
        if (found === undefined) return
        clearTimeout(timer)
        resolve(found)
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('exit', (code) => {
        clearTimeout(timer)
        reject(new Error(`The server ended with ${code}:\n${output}`))
      })
    })
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}
