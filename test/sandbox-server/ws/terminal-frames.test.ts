import { expect, it } from 'vitest'
import { decodeTerminalFrame } from '../../../sandbox-server/contract/socket.ts'
import { createTerminalFrames } from '../../../sandbox-server/ws/terminal-frames.ts'
import { manualTimers } from '../../fakes/manual-timers.ts'

it('sends the first pieces at once and what follows within milliseconds together, in order', async () => {
  const timers = manualTimers()
  const sent: [number, string][] = []
  const frames = createTerminalFrames((frame) => {
    const { offset, data } = decodeTerminalFrame(frame)
    sent.push([offset, new TextDecoder().decode(data)])
  }, timers)
  let offset = 0
  const print = (text: string) => {
    frames.add(offset, new TextEncoder().encode(text))
    offset += text.length
  }
  for (const letter of 'abcdef') print(letter)
  expect(sent).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ])
  await timers.advance(5)
  for (const letter of 'ghijk') print(letter)
  frames.flush()
  await timers.advance(100)
  print('l')
  expect(sent.slice(3)).toEqual([
    [3, 'def'],
    [6, 'g'],
    [7, 'h'],
    [8, 'ijk'],
    [11, 'l'],
  ])
})
