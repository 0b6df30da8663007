import { describe, expect, it } from 'vitest'
import { encodeFrame, FrameReader } from '../../../../../sandbox-server/providers/kind/probe/relay-frames.ts'

const text = (value: string) => Buffer.from(value)

describe('frames between the server and the relay', () => {
  it('come out as they went in, however the stream is cut', () => {
    const sent = [
      encodeFrame('O', 1, text('tcp - 10.0.0.1 80')),
      encodeFrame('E', 4_000_000_000),
      encodeFrame('D', 2, text('é')),
    ]
    for (const size of [1, 3, 10, 1000]) {
      const stream = Buffer.concat(sent)
      const reader = new FrameReader()
      const got = []
      for (let at = 0; at < stream.length; at += size)
        got.push(...reader.push(stream.subarray(at, at + size)))
      expect(got.map(({ type, id, payload }) => [type, id, payload.toString()])).toEqual([
        ['O', 1, 'tcp - 10.0.0.1 80'],
        ['E', 4_000_000_000, ''],
        ['D', 2, 'é'],
      ])
    }
  })

  it('are refused where the stream is something else', () => {
    expect(() => new FrameReader().push(text('exec failed: unable to start'))).toThrow(/a frame of \d+ bytes/)
    expect(() => new FrameReader().push(Buffer.alloc(9))).toThrow('a frame of 0 bytes')
  })
})
