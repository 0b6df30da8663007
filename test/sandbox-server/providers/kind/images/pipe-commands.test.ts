import { describe, expect, it } from 'vitest'
import { startCommand } from '../../../../../sandbox-server/platform/commands.ts'
import type { ContainerEngine } from '../../../../../sandbox-server/providers/kind/engine/engine.ts'
import { pipeCommands } from '../../../../../sandbox-server/providers/kind/images/pipe-commands.ts'
import { fakeEngine } from './fake-engine.ts'

/** Real processes: its commands are scripts of the shell. */
const engine: ContainerEngine = {
  ...fakeEngine(),
  start: ([script = '']) => startCommand('sh', ['-c', script]),
}
const big = 'head -c 8000000 /dev/zero'

describe('one command of an engine into another', () => {
  it('brings all bytes over', async () => {
    await pipeCommands(engine, [big], ['[ "$(wc -c)" -eq 8000000 ]'])
  })

  it('succeeds where the second has enough before the first has written all', async () => {
    await pipeCommands(engine, [`${big}; sleep 0.2; ${big}`], ['head -c 1000 >/dev/null'])
  })

  it.each([
    ['the second, and ends the first', ['sleep 60'], ['echo not a tar >&2; exit 3'], / failed: not a tar$/],
    [
      'the first, though the second fails for it',
      ['echo no image >&2; exit 1'],
      ['grep -q .'],
      / failed: no image$/,
    ],
    [
      'the first, though the second is content',
      [`${big}; exit 2`],
      ['cat >/dev/null'],
      /exit codes 2 and 0 and said nothing$/,
    ],
  ])('tells the failure of %s', async (_, from, to, message) => {
    await expect(pipeCommands(engine, from, to)).rejects.toThrow(message)
  })

  it('ends both at an abort', async () => {
    const abort = new AbortController()
    const piping = pipeCommands(engine, ['sleep 60'], ['sleep 60'], abort.signal)
    abort.abort(new Error('called off'))
    await expect(piping).rejects.toThrow('called off')
  })
})
