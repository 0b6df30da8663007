import { describe, expect, it } from 'vitest'
import { messageForMistake } from '../../../sandbox-server/checks/mistakes.ts'

const data = {
  selector: 'app=my-service',
  ready: 0,
  strangers: 9,
  connections: 20,
  found: [undefined, { a: 1 }],
}

describe('messages that an author foresaw', () => {
  it('are chosen by the first mistake whose conditions all hold', () => {
    const mistakes = [
      { when: { selector: 'app=other' }, message: 'not this one' },
      { when: { selector: { matches: '^app=my' }, ready: 0 }, message: '{selector} matches nothing' },
      { when: {}, message: 'nor this one' },
    ]
    expect(messageForMistake(mistakes, data)).toBe('app=my-service matches nothing')
  })

  it.each([
    [{ strangers: { atLeast: 1 } }, true],
    [{ strangers: { atLeast: 10 } }, false],
    [{ ready: { not: 0 } }, false],
    [{ ready: { oneOf: [0, 1] } }, true],
    [{ 'found[0]': { exists: false } }, true],
    [{ 'found[1]': { exists: true } }, true],
    [{ 'found[1]': { a: 1 } }, true],
  ])('%j holds: %s', (when, holds) => {
    expect(messageForMistake([{ when, message: 'it does' }], data)).toBe(holds ? 'it does' : undefined)
  })

  it('have their placeholders filled in', () => {
    const mistakes = [{ when: {}, message: '{strangers} of {connections}, {found[1]}, {nowhere}' }]
    expect(messageForMistake(mistakes, data)).toBe('9 of 20, {"a":1}, nothing')
  })
})
