// A server process with kind clusters of one node, on a data directory and lessons of its own, and what the engine holds of it.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serverLabel } from '../../../sandbox-server/providers/kind/labels.ts'
import { type ServerProcess, startServerProcess } from '../../drivers/server-process.ts'
import { SocketPage, type SocketPageOptions } from '../../drivers/socket-page.ts'

/** Undefined makes a test file skip itself. */
export const images =
  process.env['FAIRLEAD_KIND_NODE_IMAGE'] !== undefined &&
  process.env['FAIRLEAD_KIND_TOOLBOX_IMAGE'] !== undefined

export interface Row {
  readonly name: string
  readonly phase: string
  readonly nodes: readonly { readonly container: string; readonly address: string }[]
  readonly toolbox: { readonly container: string; readonly address: string }
}

export class KindSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'fairlead-site-'))
  readonly data = join(this.folder, 'data')
  server: ServerProcess | undefined
  readonly #pages = new Set<SocketPage>()

  constructor() {
    cpSync(fileURLToPath(new URL('../../../lessons', import.meta.url)), join(this.folder, 'lessons'), {
      recursive: true,
    })
    for (const file of globSync(join(this.folder, 'lessons/**/exercise.yaml'))) {
      writeFileSync(file, readFileSync(file, 'utf8').replace(/nodes: \d+/, 'nodes: 1'))
    }
  }

  async start(...args: string[]): Promise<ServerProcess> {
    const own = ['--lessons', join(this.folder, 'lessons'), '--data', this.data, '--clusters', 'kind']
    this.server = await startServerProcess([...own, '--warm', '0', '--log-level', 'error', ...args])
    return this.server
  }

  async kill(): Promise<void> {
    const { server } = this
    this.server = undefined
    await server?.kill('SIGKILL')
    this.#pages.clear()
  }

  async page(options: Omit<SocketPageOptions, 'url' | 'lesson'> = {}): Promise<SocketPage> {
    const url = this.server?.url ?? ''
    const page = await SocketPage.open({ url, lesson: 'pod-to-service/clusterip', ...options })
    this.#pages.add(page)
    return page
  }

  records(): Row[] {
    const folder = join(this.data, 'kind', 'clusters')
    if (!existsSync(folder)) return []
    return globSync(join(folder, '*/record.json')).map((file) => JSON.parse(readFileSync(file, 'utf8')))
  }

  /** Containers, networks and volumes with this server's label, as `kind cluster name`, sorted. */
  things(): string[] {
    const file = join(this.data, 'kind', 'server')
    if (!existsSync(file)) return []
    const filter = `label=${serverLabel}=${readFileSync(file, 'utf8').trim()}`
    const list = (kind: string, args: string[], format: string) =>
      docker(...args, '--filter', filter, '--format', format).map((name) => `${kind} ${name}`)
    return [
      ...list('container', ['ps', '-a'], '{{.Names}}'),
      ...list('network', ['network', 'ls'], '{{.Name}}'),
      ...list('volume', ['volume', 'ls'], '{{.Name}}'),
    ].sort()
  }

  /** What belongs to no finished cluster with a record, and folders without one. */
  orphans(): string[] {
    const records = this.records().filter(({ phase }) => phase !== 'starting')
    const known = new Set(
      records.flatMap(({ name, nodes, toolbox }) => [
        ...nodes.map(({ container }) => `container ${container}`),
        `container ${toolbox.container}`,
        `network ${name}`,
        ...nodes.map(({ container }) => `volume ${container}-var`),
      ]),
    )
    const folder = join(this.data, 'kind', 'clusters')
    const folders = existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && entry.name.startsWith('fairlead-'))
          .map(({ name }) => name)
      : []
    return [
      ...this.things().filter((thing) => !known.has(thing)),
      ...folders
        .filter((name) => !records.some((record) => record.name === name))
        .map((name) => `folder ${name}`),
    ]
  }

  async remove(): Promise<void> {
    for (const page of this.#pages) await page.close()
    await this.kill()
    for (const kind of ['container', 'volume', 'network']) {
      const names = this.things().flatMap((thing) =>
        thing.startsWith(`${kind} `) ? [thing.split(' ')[1] ?? ''] : [],
      )
      if (names.length > 0) docker(kind, 'rm', '--force', ...names)
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Lines that it prints. */
export function docker(...args: string[]): string[] {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .split('\n')
    .filter((line) => line !== '')
}

/** Runs a command in the page's terminal. What it printed is what the terminal shows between two marks. */
export async function shell(page: SocketPage, command: string): Promise<{ code: number; text: string }> {
  const from = page.terminal.length
  const { exitCode } = await page.ask({ type: 'terminal-run', command }, 'terminal-ran')
  return { code: exitCode, text: page.terminal.slice(from) }
}

export const stateOf = (page: SocketPage) => {
  const last = page.messages.findLast((message) => message.type === 'sandbox' || message.type === 'welcome')
  return last && 'sandbox' in last ? last.sandbox : undefined
}
