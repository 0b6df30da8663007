// Terminal output by byte offset: kept until there is a screen, never shown twice, acknowledged as it is rendered.
import { describe, expect, it } from 'vitest'
import { TerminalFeed } from '../../src/sandbox-client/terminal-feed.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function feed() {
  const shown: string[] = []
  const acknowledged: number[] = []
  const inputs: string[] = []
  const terminal = new TerminalFeed({
    input: (data) => inputs.push(data),
    resized: () => undefined,
    rendered: (offset) => acknowledged.push(offset),
  })
  const screen = {
    write: (data: Uint8Array, rendered: () => void) => {
      shown.push(new TextDecoder().decode(data))
      rendered()
    },
    reset: () => shown.push('<reset>'),
    resize: () => undefined,
  }
  return { terminal, screen, shown, acknowledged, inputs }
}

describe('the terminal feed', () => {
  it('keeps output until the terminal is loaded, then shows and acknowledges it', () => {
    const { terminal, screen, shown, acknowledged } = feed()
    terminal.frame(0, bytes('hello '))
    terminal.frame(6, bytes('there'))
    expect([shown, acknowledged]).toEqual([[], []])
    terminal.attach(screen)
    expect([shown.join(''), acknowledged.at(-1)]).toEqual(['hello there', 11])
  })

  it('shows a replay only from where the screen ends', () => {
    const { terminal, screen, shown } = feed()
    terminal.attach(screen)
    terminal.frame(0, bytes('hello'))
    terminal.frame(0, bytes('hello world'))
    terminal.frame(3, bytes('lo'))
    expect(shown).toEqual(['hello', ' world'])
    expect(terminal.hello().terminalOffset).toBe(11)
  })

  it('starts anew where the server no longer has what came before', () => {
    const { terminal, screen, shown } = feed()
    terminal.attach(screen)
    terminal.frame(0, bytes('old'))
    terminal.reset(500, 80, 24)
    terminal.frame(500, bytes('new'))
    expect(shown).toEqual(['old', '<reset>', 'new'])
  })

  it('sends a paste of 200 kB in pieces that the contract allows', () => {
    const { terminal, inputs } = feed()
    terminal.typed('x'.repeat(200_000))
    expect(inputs.join('').length).toBe(200_000)
    expect(Math.max(...inputs.map((piece) => piece.length))).toBeLessThanOrEqual(16 * 1024)
  })
})
