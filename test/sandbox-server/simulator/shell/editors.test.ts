// The full-screen programs, by their keys on a real terminal's screen.
import { expect, it } from 'vitest'
import { openScreen, type Screen } from './screen.ts'

const file = '/root/workspace/f.yaml'

async function edit(command: string, text: string): Promise<Screen> {
  const screen = await openScreen({ columns: 40, rows: 8 })
  screen.machine.files.write(file, text)
  await screen.type(`${command}\r`)
  return screen
}

it.each([
  ['inserts, appends and opens lines', 'ihello \x1bAend\x1boin\x1bOup\x1b', 'a\n', 'hello aend\nup\nin\n'],
  ['keeps the indent of the line above', 'A:\ro: 1\x1b', '  k', '  k:\n  o: 1\n'],
  ['deletes, yanks and puts lines', 'yyjddkPGp', 'a\nb\nc\n', 'b\na\nc\nb\n'],
  ['changes words and repeats the change', 'cwnew\x1bw.', 'one two three\n', 'new new three\n'],
  ['takes counts', '2dwix\x1b3.', 'a b c\n', 'xxxxc\n'],
  ['works on words and quotes', 'wci"b\x1b$diw', 'a "x y" end\n', 'a "b" \n'],
  ['finds characters', 'f:lDA v\x1b0rX', 'a: b\n', 'X: v\n'],
  ['undoes and redoes', 'xxuu\x12', 'abc\n', 'bc\n'],
  ['moves by the whole text', 'GxggxjA!\x1b', 'ab\ncd\nef\n', 'b\ncd!\nf\n'],
  ['joins and indents', 'J>>', 'a\n  b\n', '  a b\n'],
  ['searches', '/two\rxn~', 'one\ntwo\nthree two\n', 'one\nwo\nthree Two\n'],
  ['substitutes everywhere', ':%s/a/b/g\r', 'a a\nca\n', 'b b\ncb\n'],
  ['goes to a line and deletes a range', ':2\rx:1d\r', 'one\ntwo\n', 'wo\n'],
])('vi %s', async (_, keys, before, after) => {
  const screen = await edit('vi f.yaml', before)
  // Escape comes alone, as a key of its own does.
  const pieces = keys.split('\u001b')
  for (const [index, piece] of pieces.entries()) {
    await screen.type(piece)
    if (index < pieces.length - 1) await screen.type('\u001b')
  }
  await screen.type(':wq\r')
  expect(screen.machine.files.readText(file)).toBe(after)
  expect(screen.lines()).toEqual(['~/workspace $ vi f.yaml', '~/workspace $'])
})

it('vi shows the file, its mode and refuses to lose changes', async () => {
  const screen = await edit('vi f.yaml', 'one\n')
  await screen.type('ix')
  expect(screen.lines()).toEqual(['xone', '~', '~', '~', '~', '~', '~', '-- INSERT --'])
  await screen.type('\x1b:q\r')
  expect(screen.lines().at(-1)).toContain('E37: No write since last change')
  await screen.type(':q!\r')
  expect(screen.machine.files.readText(file)).toBe('one\n')
})

it('nano types, cuts, pastes, searches and writes', async () => {
  const screen = await edit('nano f.yaml', 'one\ntwo\nthree\n')
  expect(screen.lines()[0]).toBe('  GNU nano   f.yaml')
  await screen.type('\x0b')
  await screen.type('\x1b[B\x15')
  await screen.type('\x17three\r')
  await screen.type('>\x18')
  expect(screen.lines().at(-3)).toBe('Save modified buffer? (Y yes, N no, ^C c')
  await screen.type('y')
  await screen.type('\r')
  expect(screen.machine.files.readText(file)).toBe('two\none\n>three\n')
  expect(screen.lines()).toEqual(['~/workspace $ nano f.yaml', '~/workspace $'])
})

it('less pages, searches and quits, and takes a pipe', async () => {
  const screen = await edit('seq 100 | less', '')
  expect(screen.lines()).toEqual(['1', '2', '3', '4', '5', '6', '7', ':'])
  await screen.type(' ')
  expect(screen.lines()[0]).toBe('8')
  await screen.type('/5.\r')
  expect(screen.lines()[0]).toBe('50')
  await screen.type('G')
  expect(screen.lines()).toEqual(['94', '95', '96', '97', '98', '99', '100', '(END)'])
  await screen.resize(40, 5)
  expect(screen.lines().length).toBe(5)
  await screen.type('q')
  expect(screen.lines()).toEqual(['~/workspace $ seq 100 | less', '~/workspace $'])
})

it('watch runs its command again and again until q', async () => {
  const screen = await edit('watch -n 5 -t cat f.yaml', 'first\n')
  expect(screen.lines()).toEqual(['first'])
  screen.machine.files.write(file, 'second\n')
  await screen.machine.clock.advance(5000)
  await screen.rest()
  expect(screen.lines()).toEqual(['second'])
  await screen.type('q')
  expect(screen.lines()).toEqual(['~/workspace $ watch -n 5 -t cat f.yaml', '~/workspace $'])
})
