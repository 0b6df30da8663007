// `engine save ... | engine exec -i ...`: bytes go from one command of an engine to another without being held or written anywhere.
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../contract/errors.ts'
import type { RunningCommand } from '../../../platform/commands.ts'
import type { ContainerEngine } from '../engine/engine.ts'

/** The end of what a command printed, for its error. */
const keptCharacters = 4096

/** Throws AppError PROVIDER_FAILED with what the command that failed printed, and the signal's reason at an abort. */
export async function pipeCommands(
  engine: ContainerEngine,
  from: readonly string[],
  to: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const [source, sink] = [engine.start(from), engine.start(to)]
  const said = [tail(source.stderr), tail(sink.stderr)]
  sink.stdout.resume()
  const kill = () => {
    source.kill()
    sink.kill()
  }
  signal?.addEventListener('abort', kill)
  try {
    // A sink that ends early closes the pipe; its exit code below says why.
    await pipeline(source.stdout, sink.stdin).catch(() => source.kill())
    const codes = await Promise.all([sink.exited, source.exited])
    signal?.throwIfAborted()
    if (codes.every((code) => code === 0)) return
    const [failed, log] = codes[0] === 0 ? [from, said[0]?.()] : [to, said[1]?.()]
    throw new AppError(
      'PROVIDER_FAILED',
      `${engine.name} ${failed[0]} failed: ${log?.trim() || 'it said nothing'}`,
      {
        log,
      },
    )
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

function tail(stream: RunningCommand['stderr']): () => string {
  let text = ''
  stream.on('data', (data: Buffer) => {
    text = (text + data.toString()).slice(-keptCharacters)
  })
  return () => text
}
