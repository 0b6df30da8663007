// The learner's session through its keys and its screen.
import { expect, it } from 'vitest'
import { testMachine } from './machine.ts'
import { openScreen } from './screen.ts'

const up = '\x1b[A'
const left = '\x1b[D'

it('edits a line in the middle and runs it', async () => {
  const screen = await openScreen()
  await screen.type(`echo helo world\x1bb${left.repeat(2)}l\x01\x05!\r`)
  expect(screen.lines()).toEqual(['~/workspace $ echo hello world!', 'hello world!', '~/workspace $'])
})

it('kills and yanks words, lines and their ends', async () => {
  const screen = await openScreen()
  await screen.type('echo one two\x17three\x15echo four \x19\x01\x0b')
  expect(screen.lines()).toEqual(['~/workspace $'])
  await screen.type('\x19\r')
  expect(screen.lines().slice(0, 2)).toEqual([
    '~/workspace $ echo four echo one three',
    'four echo one three',
  ])
})

it('walks through the history by prefix and searches it', async () => {
  const screen = await openScreen()
  await screen.type('echo alpha\rls /nope\recho beta\r')
  await screen.type(`echo${up}${up}`)
  expect(screen.lines().at(-1)).toBe('~/workspace $ echo alpha')
  await screen.type('\x03')
  await screen.type('\x12nope')
  expect(screen.lines().at(-1)).toBe("(reverse-i-search)`nope': ls /nope")
  await screen.type('\x07')
  expect(screen.lines().at(-1)).toBe('~/workspace $')
})

it('asks for more lines until a quote, loop or here-document is complete', async () => {
  const screen = await openScreen()
  await screen.type('for i in 1 2; do\recho "a\r$i"; done\r')
  await screen.type('cat <<E\rx\rE\r')
  expect(screen.lines()).toEqual([
    '~/workspace $ for i in 1 2; do',
    '> echo "a',
    '> $i"; done',
    'a',
    '1',
    'a',
    '2',
    '~/workspace $ cat <<E',
    '> x',
    '> E',
    'x',
    '~/workspace $',
  ])
})

it('wraps long lines and keeps wide characters whole, also after a resize', async () => {
  const screen = await openScreen({ columns: 20, rows: 10 })
  await screen.type('echo 123456日本語')
  expect(screen.lines()).toEqual(['~/workspace $ echo 1', '23456日本語'])
  await screen.type(`${left.repeat(3)}7`)
  expect(screen.lines()).toEqual(['~/workspace $ echo 1', '234567日本語'])
  expect(screen.cursor()).toEqual({ row: 1, column: 6 })
  await screen.resize(40, 10)
  expect(screen.lines()).toEqual(['~/workspace $ echo 1234567日本語'])
  await screen.type('8\r')
  expect(screen.lines().slice(0, 2)).toEqual(['~/workspace $ echo 12345678日本語', '12345678日本語'])
})

it('leaves the cursor on a new row where a line ends at the edge', async () => {
  const screen = await openScreen({ columns: 20, rows: 10 })
  await screen.type('echo 1')
  expect(screen.cursor()).toEqual({ row: 1, column: 0 })
  await screen.type('\x7f')
  expect({ cursor: screen.cursor(), lines: screen.lines() }).toEqual({
    cursor: { row: 0, column: 19 },
    lines: ['~/workspace $ echo'],
  })
})

it('completes commands, files and lists what is left at a second tab', async () => {
  const screen = await openScreen()
  screen.machine.files.write('/root/workspace/service.yaml', '')
  screen.machine.files.write('/root/workspace/service two.yaml', '')
  await screen.type('unam\t\x15cat se\t')
  expect(screen.lines()).toEqual(['~/workspace $ cat service'])
  await screen.type('\t')
  expect(screen.lines()).toEqual([
    '~/workspace $ cat service',
    'service two.yaml  service.yaml',
    '~/workspace $ cat service',
  ])
  await screen.type('\\ \t')
  expect(screen.lines().at(-1)).toBe('~/workspace $ cat service\\ two.yaml')
})

it('hints at a near name', async () => {
  const screen = await openScreen()
  await screen.type('grpe x\r')
  expect(screen.lines().slice(1, 3)).toEqual(['bash: grpe: command not found', "Did you mean 'grep'?"])
})

it('ends the foreground at Ctrl-C, be it asleep, busy or reading', async () => {
  const screen = await openScreen()
  for (const command of [
    'sleep 100',
    'while :; do :; done',
    'cat',
    'yes >/dev/null',
    'read x',
    'yes | grep -v y',
  ]) {
    await screen.type('clear\r')
    screen.session.input(`${command}\r`)
    await new Promise((resolve) => setImmediate(resolve))
    await screen.type('\x03')
    await screen.type('echo $?\r')
    expect(screen.lines()).toEqual([
      `~/workspace $ ${command}`,
      '^C',
      '~/workspace $ echo $?',
      '130',
      '~/workspace $',
    ])
  }
})

it('gives what was typed ahead to the next command', async () => {
  const screen = await openScreen()
  screen.session.input('sleep 1\recho next\r')
  await screen.rest()
  await screen.machine.clock.advance(1000)
  await screen.rest()
  expect(screen.lines()).toEqual([
    '~/workspace $ sleep 1',
    '~/workspace $ echo next',
    'next',
    '~/workspace $',
  ])
})

it('edits lines for a program that reads them, until Ctrl-D', async () => {
  const screen = await openScreen()
  await screen.type('cat >f\r')
  await screen.type('helo\x7flo\rgone\x15kept\r\x04')
  expect(screen.machine.files.readText('/root/workspace/f')).toBe('hello\nkept\n')
  expect(screen.lines()).toEqual(['~/workspace $ cat >f', 'hello', 'kept', '~/workspace $'])
})

it('takes a paste of 200 kB into a file, and one as a line', async () => {
  const screen = await openScreen()
  const text = Array.from({ length: 4000 }, (_, line) => `line ${line} ${'x'.repeat(40)}\n`).join('')
  await screen.type('cat >f\r')
  screen.session.input(`${text}\x04`)
  await screen.until(() => screen.output().includes('\x1b]133;D;0'))
  expect(screen.machine.files.readText('/root/workspace/f') === text).toBe(true)
  await screen.type(`\x1b[200~echo '${'y'.repeat(200_000)}\tz' | wc -c\x1b[201~\r`)
  expect(screen.lines().at(-2)).toBe('200003')
})

it('runs a bracketed paste line by line, with its tabs', async () => {
  const screen = await openScreen()
  await screen.type("\x1b[200~echo a\recho 'b\tc'\recho d\x1b[201~")
  expect(screen.lines()).toEqual([
    '~/workspace $ echo a',
    'a',
    "~/workspace $ echo 'b   c'",
    'b       c',
    '~/workspace $ echo d',
  ])
})

it('types the command of a Run button at a fresh prompt and brings the unfinished line back', async () => {
  const screen = await openScreen()
  await screen.type('half')
  const first = screen.session.run('echo run; false')
  const second = screen.session.run('echo again')
  expect(await Promise.all([first, second])).toEqual([1, 0])
  await screen.rest()
  expect(screen.lines()).toEqual([
    '~/workspace $ half',
    '~/workspace $ echo run; false',
    'run',
    '~/workspace $ echo again',
    'again',
    '~/workspace $ half',
  ])
})

it('marks prompts, commands and exit codes for the page', async () => {
  const screen = await openScreen()
  const before = screen.output().length
  await screen.type('false\r')
  expect(screen.output().slice(before)).toBe(
    'false\r\n\x1b[?2004l\x1b]2;false\x07\x1b]133;C\x07\x1b]133;D;1\x07\x1b[?2004h' +
      '\x1b]2;terminal: /root/workspace\x07\x1b]133;A\x07\x1b[1;36m~/workspace\x1b[0m $ \x1b]133;B\x07',
  )
})

it('keeps history, directory and exported variables over a restart', async () => {
  const first = await openScreen()
  await first.type('export GREETING=hi; cd /tmp\r')
  const state = first.session.state()
  first.session.dispose()
  expect(state).toEqual({
    history: ['export GREETING=hi; cd /tmp'],
    cwd: '/tmp',
    variables: { GREETING: 'hi' },
  })
  const second = await openScreen({ state })
  await second.type(`${up}\x03`)
  await second.type('pwd; echo $GREETING\r')
  expect(second.lines()).toEqual([
    '/tmp $ export GREETING=hi; cd /tmp^C',
    '/tmp $ pwd; echo $GREETING',
    '/tmp',
    'hi',
    '/tmp $',
  ])
})

it('starts a fresh shell after exit', async () => {
  const screen = await openScreen()
  await screen.type('x=1; exit\r')
  await screen.type('echo "[$x]"\r')
  expect(screen.lines()).toEqual([
    '~/workspace $ x=1; exit',
    'exit',
    '~/workspace $ echo "[$x]"',
    '[]',
    '~/workspace $',
  ])
})

it('enters another machine by ssh and docker, and comes back', async () => {
  const node = testMachine({}, 'fairlead-worker')
  const open = (name: string) => (name === 'fairlead-worker' ? node : undefined)
  const screen = await openScreen({ neighbours: { names: ['fairlead-worker'], open } })
  await screen.type('ssh fairlead-wo\t\r')
  await screen.type('hostname; sleep 9\r')
  await screen.type('\x03')
  await screen.type('exit\rhostname; docker exec fairlead-worker hostname\r')
  expect(screen.lines()).toEqual([
    '~/workspace $ ssh fairlead-worker',
    'root@fairlead-worker:~# hostname; sleep 9',
    'fairlead-worker',
    '^C',
    'root@fairlead-worker:~# exit',
    'exit',
    '~/workspace $ hostname; docker exec fairlead-worker hostname',
    'terminal',
    'fairlead-worker',
    '~/workspace $',
  ])
})

it('slows a program to the pace of the screen', async () => {
  const screen = await openScreen()
  let delivered = 0
  let release: (() => void) | undefined
  screen.session.onOutput((data) => {
    delivered += data.length
    return new Promise((resolve) => {
      release = resolve
    })
  })
  screen.session.input('yes\r')
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(delivered).toBeLessThan(200_000)
  const stop = setInterval(() => release?.(), 0)
  screen.session.input('\x03')
  await screen.until(() => screen.output().includes('\x1b]133;D;130'))
  clearInterval(stop)
  expect(screen.lines().at(-1)).toBe('~/workspace $')
})

it('expands !! and !$ and says what event there is not', async () => {
  const screen = await openScreen()
  await screen.type("echo a b\r!!\recho !$ '!!' !e\recho !nope\r")
  expect(screen.lines()).toEqual([
    '~/workspace $ echo a b',
    'a b',
    '~/workspace $ !!',
    'echo a b',
    'a b',
    "~/workspace $ echo !$ '!!' !e",
    "echo b '!!' echo a b",
    'b !! echo a b',
    '~/workspace $ echo !nope',
    'bash: !nope: event not found',
    '~/workspace $',
  ])
})
