import { describe, expect, it } from 'vitest'
import { removePrepared } from '../../../../../sandbox-server/providers/kind/images/remove-prepared.ts'
import { fakeEngine } from './fake-engine.ts'

describe('removing prepared node images', () => {
  it('leaves one that a container uses', async () => {
    const engine = fakeEngine({
      answers: {
        'image ls': 'fairlead/node-prepared:a\nfairlead/node-prepared:b\n',
        'ps --all --quiet --filter ancestor=fairlead/node-prepared:a': 'c0ffee\n',
      },
    })
    expect(await removePrepared(engine, new AbortController().signal)).toEqual(['fairlead/node-prepared:b'])
    expect(engine.calls.at(-1)).toBe('image rm fairlead/node-prepared:b')
  })
})
