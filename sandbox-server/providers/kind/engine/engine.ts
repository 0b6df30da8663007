// A container engine by its command line, which Docker, Podman and nerdctl share.
import type { Pty, RunningCommand } from '../../../platform/commands.ts'
import type { TerminalSize } from '../../provider.ts'

export type EngineName = 'docker' | 'podman' | 'nerdctl'

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly signal?: AbortSignal
  /** Default 60 s. */
  readonly timeoutMs?: number
}

export interface ContainerEngine {
  readonly name: EngineName
  /** The program's path, for kind, which runs it too. */
  readonly program: string
  /** Runs one command to its end and gives what it printed. Throws AppError PROVIDER_FAILED, its `log` what went to stderr. */
  run(args: readonly string[], options?: RunOptions): Promise<string>
  runBytes(args: readonly string[], options?: RunOptions): Promise<Uint8Array>
  /** A command whose streams stay open, such as `exec -i`. */
  start(args: readonly string[]): RunningCommand
  /** A command on a terminal of its own, such as `exec -it`. */
  openPty(args: readonly string[], size: TerminalSize): Pty
}
