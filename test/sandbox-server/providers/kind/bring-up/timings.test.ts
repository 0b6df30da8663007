import { describe, expect, it } from 'vitest'
import { clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { createTimings } from '../../../../../sandbox-server/providers/kind/bring-up/timings.ts'

const one = clusterSpecSchema.parse({ nodes: 1 })
const three = clusterSpecSchema.parse({ nodes: 3 })

function memory(text?: string) {
  let kept = text
  const write = (next: string) => {
    kept = next
  }
  return { read: () => kept, write }
}

describe('createTimings', () => {
  it('guesses where nothing was measured, more for more nodes', () => {
    const timings = createTimings(memory())
    expect([timings.expected(one), timings.expected(three), timings.expected(one, 'wake')]).toEqual([
      20_000, 30_000, 12_000,
    ])
  })

  it('follows what was measured, and weighs the newest at three tenths', () => {
    const timings = createTimings(memory())
    timings.measured(one, 10_000)
    timings.measured(one, 20_000)
    expect(timings.expected(one)).toBe(13_000)
  })

  it('takes the machine’s pace from other configurations', () => {
    const timings = createTimings(memory())
    timings.measured(one, 40_000)
    expect(timings.expected(three)).toBe(60_000)
    expect(timings.expected(one, 'wake')).toBe(24_000)
  })

  it('keeps everything over a restart', () => {
    const file = memory()
    createTimings(file).measured(three, 33_000)
    createTimings(file).measured(three, 9_000, 'wake')
    const again = createTimings(file)
    expect([again.expected(three), again.expected(three, 'wake')]).toEqual([33_000, 9_000])
  })

  it.each(['', '{', '{"a": "b"}', '{"create x y": 5}'])('lives with a damaged file: %s', (text) => {
    expect(createTimings(memory(text)).expected(one)).toBe(20_000)
  })
})
