// An engine in memory: what it was asked is recorded, and tests say what it answers.
import { AppError } from '../../../../../sandbox-server/contract/errors.ts'
import type {
  ContainerEngine,
  EngineName,
} from '../../../../../sandbox-server/providers/kind/engine/engine.ts'

export interface FakeEngine extends ContainerEngine {
  /** Every command, its words joined by spaces. */
  readonly calls: string[]
}

/** `answer` throws `refusal(...)` for a command that fails. */
export function createFakeEngine(
  answer: (command: string) => string | Promise<string>,
  name: EngineName = 'docker',
): FakeEngine {
  const calls: string[] = []
  const run = async (args: readonly string[]) => {
    const command = args.join(' ')
    calls.push(command)
    return await answer(command)
  }
  const unused = () => {
    throw new Error('the fake engine has no open streams')
  }
  return {
    calls,
    name,
    program: `/usr/bin/${name}`,
    run,
    runBytes: async (args) => new TextEncoder().encode(await run(args)),
    start: unused,
    openPty: unused,
  }
}

export const refusal = (stderr: string) => new AppError('PROVIDER_FAILED', stderr, { log: stderr })
