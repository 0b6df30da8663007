// A container engine that answers from a function and remembers what it was asked.
import type { ContainerEngine } from '../../../../../sandbox-server/providers/kind/engine/engine.ts'

export interface FakeEngine extends ContainerEngine {
  /** Arguments of each call, joined by blanks. */
  readonly calls: string[]
}

/** `answer` gets the arguments joined by blanks; what it throws, the call rejects with. */
export function fakeEngine(
  answer: (args: string, signal?: AbortSignal) => string | Promise<string>,
): FakeEngine {
  const calls: string[] = []
  const never = () => {
    throw new Error('the fake engine opens no streams')
  }
  const run: ContainerEngine['run'] = async (args, options) => {
    const line = args.join(' ')
    calls.push(line)
    options?.signal?.throwIfAborted()
    return await answer(line, options?.signal)
  }
  return {
    name: 'docker',
    program: '/bin/false',
    calls,
    run,
    runBytes: async (args, options) => new TextEncoder().encode(await run(args, options)),
    start: never,
    openPty: never,
  }
}
