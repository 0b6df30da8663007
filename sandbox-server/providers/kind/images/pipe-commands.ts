// `engine save ... | engine exec -i ...`: bytes go from one command of an engine to another without being held or written anywhere.
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
  // A tar ends before its padding does: a sink that has seen the end may close the pipe on a source that still writes. What is left is
  // read to nobody, so that each one's exit code tells its own fate.
  const drain = () => {
    source.stdout.unpipe(sink.stdin)
    source.stdout.resume()
  }
  sink.stdin.on('error', drain).on('close', drain)
  source.stdout.pipe(sink.stdin)
  const kill = () => {
    source.kill()
    sink.kill()
  }
  signal?.addEventListener('abort', kill)
  try {
    if (signal?.aborted) kill()
    const sunk = sink.exited.then((code) => {
      if (code !== 0) source.kill()
      return code
    })
    const [sinkCode, sourceCode] = await Promise.all([sunk, source.exited])
    signal?.throwIfAborted()
    if (sinkCode === 0 && sourceCode === 0) return
    // Each may fail for the other, and both end at nearly the same time: what either said is told.
    const log = said.map((tellTail) => tellTail().trim()).filter((text) => text !== '')
    const reason =
      log.join('; ') || `they ended with exit codes ${sourceCode} and ${sinkCode} and said nothing`
    const what = `${engine.name} ${from[0]} into ${engine.name} ${to[0]} failed: ${reason}`
    throw new AppError('PROVIDER_FAILED', what, { log: log.join('\n') })
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
