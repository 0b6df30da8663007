// One call of kubectl: its process, flags, connection and output. What every command gets.
import type { Process } from '../node/process.ts'
import { Client } from './client.ts'
import type { KubectlCommand } from './command.ts'
import { type Connection, connectionOf, type Kubeconfig, loadKubeconfig } from './config.ts'
import { Discovery } from './discovery.ts'
import { CliError } from './errors.ts'
import type { Flags, ParsedLine } from './flags.ts'

export class Invocation {
  readonly process: Process
  readonly command: KubectlCommand
  readonly flags: Flags
  readonly args: readonly string[]
  readonly argsBeforeDash: number
  readonly config: Kubeconfig
  readonly connection: Connection
  readonly client: Client
  readonly discovery: Discovery
  readonly #warned = new Set<string>()
  #pendingWarnings: Promise<void> = Promise.resolve()

  constructor(process: Process, command: KubectlCommand, line: ParsedLine) {
    this.process = process
    this.command = command
    this.flags = line.flags
    this.args = line.args
    this.argsBeforeDash = line.argsBeforeDash
    this.config = loadKubeconfig(process, line.flags.string('kubeconfig'))
    this.connection = connectionOf(process, this.config, {
      context: line.flags.string('context'),
      cluster: line.flags.string('cluster'),
      user: line.flags.string('user'),
      server: line.flags.string('server'),
      namespace: line.flags.string('namespace'),
    })
    const as = line.flags.string('as')
    const groups = line.flags.list('as-group')
    this.client = new Client({
      transport: process.kubernetes,
      server: this.connection.server,
      headers: {
        ...(as ? { 'Impersonate-User': as } : {}),
        ...(groups.length > 0 ? { 'Impersonate-Group': groups.join(',') } : {}),
      },
      signal: process.signal,
      warn: (message) => {
        if (this.#warned.has(message)) return
        this.#warned.add(message)
        this.#pendingWarnings = this.#pendingWarnings.then(() => this.err(`Warning: ${message}\n`))
      },
    })
    this.discovery = new Discovery(this.client)
  }

  get namespace(): string {
    return this.connection.namespace
  }

  /** Whether -n was given: then a manifest's own namespace has to agree. */
  get namespaceGiven(): boolean {
    return this.flags.string('namespace') !== ''
  }

  /** Empty: no dry run. */
  get dryRun(): '' | 'client' | 'server' {
    const value = this.flags.string('dry-run')
    if (value === 'none' || value === '' || value === 'false') return ''
    if (value === 'client' || value === 'server') return value
    if (value === 'unchanged')
      throw new CliError(
        '--dry-run flag without a value was specified. A value must be set: "none", "server", or "client".',
      )
    throw new CliError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
  }

  /** ` (dry run)` and ` (server dry run)`, as kubectl adds to its results. */
  get dryRunSuffix(): string {
    return this.dryRun === 'client' ? ' (dry run)' : this.dryRun === 'server' ? ' (server dry run)' : ''
  }

  /** Query parameters of a write. */
  writeQuery(fieldManager: string): Record<string, string | undefined> {
    return {
      ...(this.dryRun === 'server' ? { dryRun: 'All' } : {}),
      fieldManager: this.flags.string('field-manager') || fieldManager,
    }
  }

  /** Whether output goes to a terminal. */
  get interactive(): boolean {
    return this.process.terminal !== undefined
  }

  async out(text: string): Promise<void> {
    await this.#pendingWarnings
    if (text !== '') await this.process.stdout.write(text)
  }

  async line(text: string): Promise<void> {
    await this.out(`${text}\n`)
  }

  async err(text: string): Promise<void> {
    if (text !== '') await this.process.stderr.write(text)
  }

  async flushWarnings(): Promise<void> {
    await this.#pendingWarnings
  }

  /** Everything on the standard input. */
  async readStdin(): Promise<string> {
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      const chunk = await this.process.stdin.read(this.process.signal)
      if (!chunk) return text + decoder.decode()
      text += decoder.decode(chunk, { stream: true })
    }
  }
}
