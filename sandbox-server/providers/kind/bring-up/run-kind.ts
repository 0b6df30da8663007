// Runs `kind create cluster` for one record: its configuration, its view of the container engine, its output line by line.
import { CommandError, runCommand } from '../../../platform/commands.ts'
import { appendText, replaceFile, writeProgram } from '../../../platform/files.ts'
import { environment } from '../../../platform/process.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { type EngineShimOptions, engineShim } from './engine-shim.ts'
import { kindConfig } from './kind-config.ts'
import { kindFailure } from './kind-failure.ts'
import { type KindEvent, readKindLine } from './kind-progress.ts'

export interface RunKindOptions {
  /** Path of the kind program. */
  readonly kind: string
  readonly engine: ContainerEngine
  readonly record: ClusterRecord
  /** The record's folder: kind.log, config.yaml and bin/ are put there. */
  readonly folder: string
  readonly server: string
  readonly nodeImage: string
  readonly limits: EngineShimOptions['limits']
  readonly onEvent: (event: KindEvent) => void
  /** What the nodes say of a failure; they are still there. */
  readonly nodeLog: () => Promise<string>
  readonly signal: AbortSignal
}

/** kubeadm itself gives up on the control plane after four minutes, and on the kubelet after four more. */
const timeoutMs = 9 * 60_000

/** Throws AppError PROVIDER_FAILED that says why, and the signal's reason. What it made by then stays. */
export async function runKind(options: RunKindOptions): Promise<void> {
  const { engine, record, folder, signal, onEvent } = options
  const log = `${folder}/kind.log`
  writeProgram(
    `${folder}/bin/${engine.name}`,
    engineShim({ ...options, engine: engine.name, program: engine.program, owner: process.pid }),
  )
  replaceFile(`${folder}/config.yaml`, kindConfig({ ...options, name: record.name, spec: record.spec }))
  let output = ''
  const onLine = (line: string) => {
    output += `${line}\n`
    appendText(log, `${line}\n`)
    const event = readKindLine(line)
    if (event) onEvent(event)
  }
  // Without --wait: kind asks only whether the control plane's node is ready, with a kubectl in the node. With --retain: what
  // failed can still be asked why, and is removed in one place whoever ended it.
  const args = ['create', 'cluster', '--name', record.name, '--config', `${folder}/config.yaml`, '--retain']
  try {
    const { exitCode } = await runCommand(
      options.kind,
      [...args, '--kubeconfig', `${folder}/kind.kubeconfig`],
      {
        env: kindEnvironment(engine, folder, record.network.name),
        onLine,
        signal,
        timeoutMs,
        // A server that is killed must not leave a kind that goes on making what the next one removes.
        endsWithUs: true,
      },
    )
    if (exitCode === 0) return
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    output += `ERROR: ${error.message}\n`
  }
  throw kindFailure(output, await options.nodeLog())
}

function kindEnvironment(engine: ContainerEngine, folder: string, network: string) {
  return {
    PATH: `${folder}/bin:${environment.PATH ?? ''}`,
    KIND_EXPERIMENTAL_PROVIDER: engine.name,
    // nerdctl has no such variable; there the shim names the network alone.
    KIND_EXPERIMENTAL_DOCKER_NETWORK: network,
    KIND_EXPERIMENTAL_PODMAN_NETWORK: network,
    // A user's own kubeconfig is not kind's business here.
    KUBECONFIG: undefined,
  }
}
