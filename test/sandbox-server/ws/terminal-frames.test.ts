import { expect, it } from 'vitest'
import { decodeTerminalFrame } from '../../../sandbox-server/contract/socket.ts'
import { createTerminalFrames } from '../../../sandbox-server/ws/terminal-frames.ts'
import { manualTimers } from '../../fakes/manual-timers.ts'

it('sends the first piece at once and what follows within milliseconds together, in order', async () => {
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
  print('a')
  expect(sent).toEqual([[0, 'a']])
  for (const letter of 'bcd') print(letter)
  await timers.advance(5)
  print('e')
  print('f')
  frames.flush()
  await timers.advance(100)
  print('g')
  expect(sent).toEqual([
    [0, 'a'],
    [1, 'bcd'],
    [4, 'ef'],
    [6, 'g'],
  ])
})
