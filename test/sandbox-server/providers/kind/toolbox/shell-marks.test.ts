import { describe, expect, it } from 'vitest'
import { createMarkReader } from '../../../../../sandbox-server/providers/kind/toolbox/shell-marks.ts'

const output =
  'a\x1b]133;P;boot=42\x07b\x1b]133;D;130\x07\x1b]2;title\x07\x1b]133;A\x07$ \x1b]133;B\x07ls\r\n\x1b]133;C\x07'
const marks = [
  { type: 'started', boot: '42' },
  { type: 'done', exitCode: 130 },
  { type: 'prompt' },
  { type: 'running' },
]

describe('marks in a shell’s output', () => {
  it('are found in one piece and over every border of pieces', () => {
    expect(createMarkReader()(Buffer.from(output))).toEqual(marks)
    for (let size = 1; size < 20; size++) {
      const read = createMarkReader()
      const found = []
      for (let at = 0; at < output.length; at += size)
        found.push(...read(Buffer.from(output.slice(at, at + size))))
      expect(found).toEqual(marks)
    }
  })

  it('are nothing else that looks like them', () => {
    const read = createMarkReader()
    for (const text of [
      '\x1b]133;D;1234\x07',
      '\x1b]133;D;x\x07',
      '\x1b]133;P;boot=\x07',
      '\x1b]133;B',
      'B'.repeat(100),
      '\x07',
    ]) {
      expect(read(Buffer.from(text))).toEqual([])
    }
    expect(read(Buffer.from('\x1b]133;B\x07'))).toEqual([{ type: 'prompt' }])
  })
})
