// The editor's files: saved as they are typed, and never a word lost when two people change one file.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Documents, type WriteAnswer } from '../../src/editor/documents.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function workspace(
  answer: (content: string, base: number) => WriteAnswer = (_, base) => ({
    outcome: 'written',
    revision: base + 1,
  }),
) {
  const writes: [string, string, number][] = []
  const deletes: string[] = []
  const documents = new Documents({
    async write(path, content, base) {
      writes.push([path, content, base])
      return answer(content, base)
    },
    async delete(path) {
      deletes.push(path)
    },
  })
  documents.serverHas([{ path: 'a.yaml', content: 'one', revision: 3 }])
  const shown = () => documents.open.get().get('a.yaml')
  return { documents, writes, deletes, shown }
}

describe('documents', () => {
  it('save once typing pauses, with the revision that the text is based on', async () => {
    const { documents, writes, shown } = workspace()
    documents.typed('a.yaml', 'one t')
    documents.typed('a.yaml', 'one two')
    await vi.advanceTimersByTimeAsync(400)
    expect(writes).toEqual([['a.yaml', 'one two', 3]])
    expect(shown()).toEqual({
      path: 'a.yaml',
      text: 'one two',
      base: { path: 'a.yaml', content: 'one two', revision: 4 },
      saving: false,
    })
  })

  it('take over what the terminal wrote where nothing was typed', () => {
    const { documents, shown } = workspace()
    documents.serverChanged({ path: 'a.yaml', content: 'sed was here', revision: 4 })
    expect(shown()?.text).toBe('sed was here')
  })

  it('show both versions where the terminal wrote and the person typed, and save nothing until one is chosen', async () => {
    const { documents, writes, shown } = workspace()
    documents.typed('a.yaml', 'mine')
    documents.serverChanged({ path: 'a.yaml', content: 'theirs', revision: 4 })
    await vi.advanceTimersByTimeAsync(1_000)
    documents.typed('a.yaml', 'mine too')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(writes).toEqual([])
    expect([shown()?.text, shown()?.theirs?.content]).toEqual(['mine too', 'theirs'])
    documents.resolve('a.yaml', 'mine')
    await vi.advanceTimersByTimeAsync(0)
    expect(writes).toEqual([['a.yaml', 'mine too', 4]])
  })

  it('take the other version when it is chosen', () => {
    const { documents, writes, shown } = workspace()
    documents.typed('a.yaml', 'mine')
    documents.serverChanged({ path: 'a.yaml', content: 'theirs', revision: 4 })
    documents.resolve('a.yaml', 'theirs')
    expect({ text: shown()?.text, writes }).toEqual({ text: 'theirs', writes: [] })
  })

  it('show a conflict that only the server saw', async () => {
    const theirs = { path: 'a.yaml', content: 'theirs', revision: 9 }
    const { documents, shown } = workspace(() => ({ outcome: 'conflict', theirs }))
    documents.typed('a.yaml', 'mine')
    await vi.advanceTimersByTimeAsync(400)
    expect([shown()?.text, shown()?.theirs]).toEqual(['mine', theirs])
  })

  it('see no conflict in a write that arrived before the connection broke', async () => {
    const arrived = { path: 'a.yaml', content: 'mine', revision: 4 }
    const { documents, shown } = workspace(() => ({ outcome: 'conflict', theirs: arrived }))
    documents.typed('a.yaml', 'mine')
    await vi.advanceTimersByTimeAsync(400)
    expect(shown()).toEqual({ path: 'a.yaml', text: 'mine', base: arrived, saving: false })
  })

  it('keep the text and say why where saving failed', async () => {
    const { documents, shown } = workspace(() => ({
      outcome: 'failed',
      message: 'Too large. Make it smaller.',
    }))
    documents.typed('a.yaml', 'mine')
    await vi.advanceTimersByTimeAsync(400)
    expect([shown()?.text, shown()?.problem]).toEqual(['mine', 'Too large. Make it smaller.'])
  })

  it('rename by writing the new file before the old one goes', async () => {
    const { documents, writes, deletes } = workspace()
    await documents.rename('a.yaml', 'b.yaml')
    expect({ writes, deletes, open: [...documents.open.get().keys()] }).toEqual({
      writes: [['b.yaml', 'one', 0]],
      deletes: ['a.yaml'],
      open: ['b.yaml'],
    })
  })

  it('save what was typed while there was no cluster, on the revision of the cluster made anew', async () => {
    let answer: WriteAnswer = { outcome: 'failed', message: 'The sandbox is queued.' }
    const { documents, writes, shown } = workspace((_, base) =>
      answer.outcome === 'failed' ? answer : { outcome: 'written', revision: base + 1 },
    )
    documents.typed('a.yaml', 'one two')
    await vi.advanceTimersByTimeAsync(400)
    expect(shown()?.problem).toBe('The sandbox is queued.')
    answer = { outcome: 'written', revision: 0 }
    documents.serverHas([{ path: 'a.yaml', content: 'one', revision: 1 }])
    await vi.advanceTimersByTimeAsync(0)
    expect(writes.at(-1)).toEqual(['a.yaml', 'one two', 1])
    expect(shown()).toEqual({
      path: 'a.yaml',
      text: 'one two',
      base: { path: 'a.yaml', content: 'one two', revision: 2 },
      saving: false,
    })
  })

  it('leave the choice to the person where the new cluster has another text', async () => {
    const { documents, writes, shown } = workspace(() => ({ outcome: 'failed', message: 'Not now.' }))
    documents.typed('a.yaml', 'one two')
    await vi.advanceTimersByTimeAsync(400)
    const sent = writes.length
    documents.serverHas([{ path: 'a.yaml', content: 'other', revision: 1 }])
    await vi.advanceTimersByTimeAsync(0)
    expect(shown()?.theirs).toEqual({ path: 'a.yaml', content: 'other', revision: 1 })
    expect(writes).toHaveLength(sent)
  })
})
