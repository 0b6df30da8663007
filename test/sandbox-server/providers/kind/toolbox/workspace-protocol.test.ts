import { describe, expect, it } from 'vitest'
import {
  createMessageReader,
  encodeCommand,
} from '../../../../../sandbox-server/providers/kind/toolbox/workspace-protocol.ts'

describe('what is said with the workspace’s watcher', () => {
  it('counts bytes, not characters', () => {
    expect(Buffer.from(encodeCommand(7, { type: 'write', path: 'a/b', content: 'ä\n' })).toString()).toBe(
      'W 7 3 3\na/bä\n',
    )
    expect(Buffer.from(encodeCommand(8, { type: 'delete', path: 'a' })).toString()).toBe('D 8 1\na')
    expect(Buffer.from(encodeCommand(9, { type: 'look' })).toString()).toBe('F 9\n')
  })

  it('is read over every border of pieces', () => {
    const text = Buffer.from('H 123 1\nC 1 4\naä\n\nX 3\na/bA 5\nE 6 ENOSPC 4\nfullC 1 0\nb')
    for (let size = 1; size <= text.length; size++) {
      const read = createMessageReader()
      const messages = []
      for (let at = 0; at < text.length; at += size) messages.push(...read(text.subarray(at, at + size)))
      const shown = messages.map((message) =>
        'content' in message ? { ...message, content: Buffer.from(message.content).toString() } : message,
      )
      expect(shown).toEqual([
        { type: 'hello', boot: '123', isFilled: true },
        { type: 'changed', path: 'a', content: 'ä\n\n' },
        { type: 'gone', path: 'a/b' },
        { type: 'done', id: 5 },
        { type: 'failed', id: 6, errno: 'ENOSPC', text: 'full' },
        { type: 'changed', path: 'b', content: '' },
      ])
    }
  })

  it.each([
    'Q 1\n',
    'C 1 1048577\n',
    'C 201 1\n',
    'C 1\n',
    'A -1\n',
    'A 1 2\n',
    'E 1 EIO 1001\n',
    'x'.repeat(65),
  ])('is refused where the watcher cannot have said it: %j', (text) => {
    expect(() => createMessageReader()(Buffer.from(text))).toThrow('no message of the watcher')
  })
})
