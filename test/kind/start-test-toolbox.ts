// A toolbox on a network of its own, without a cluster, for tests of the terminal on a real engine.
import { randomUUID } from 'node:crypto'
import type { ContainerEngine } from '../../sandbox-server/providers/kind/engine/engine.ts'
import { requireEngine } from '../../sandbox-server/providers/kind/engine/open-engine.ts'
import { startToolbox } from '../../sandbox-server/providers/kind/toolbox/start-toolbox.ts'

export interface TestToolbox {
  readonly engine: ContainerEngine
  readonly container: string
  /** Runs in the toolbox as the learner, without a terminal; gives standard output. */
  exec(script: string): Promise<string>
  remove(): Promise<void>
}

/** Undefined makes a test file skip itself. */
export const toolboxImage = process.env['FAIRLEAD_KIND_TOOLBOX_IMAGE']

let subnets = 0

export async function startTestToolbox(options: { nodeShellFolder?: string } = {}): Promise<TestToolbox> {
  const engine = await requireEngine()
  const name = `toolboxtest-${randomUUID().slice(0, 8)}`
  const container = `${name}-toolbox`
  // Outside of the addresses that a server gives out by default.
  subnets += 1
  const prefix = `10.202.${Math.floor(Math.random() * 200) + subnets}`
  await engine.run(['network', 'create', '--subnet', `${prefix}.0/24`, name])
  const remove = async () => {
    await engine.run(['rm', '--force', '--volumes', container])
    await engine.run(['network', 'rm', name])
  }
  try {
    const record = {
      name,
      network: { name, subnet: `${prefix}.0/24` },
      nodes: [{ name: 'fairlead-control-plane', container: `${name}-control-plane`, address: `${prefix}.2` }],
      toolbox: { container, address: `${prefix}.100` },
    }
    const limits = { memoryMb: 256, cpus: 1, pids: 256 }
    const image = toolboxImage ?? ''
    await startToolbox(
      engine,
      { record, server: name, image, limits, ...options },
      AbortSignal.timeout(60_000),
    )
  } catch (error) {
    await remove()
    throw error
  }
  return {
    engine,
    container,
    exec: (script) => engine.run(['exec', container, 'bash', '-c', script]),
    remove,
  }
}
