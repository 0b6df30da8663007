import { describe, expect, it } from 'vitest'
import { openToolboxTerminal } from '../../../../../sandbox-server/providers/kind/toolbox/terminal.ts'
import { createFakeEngine, createFakeTimers, settle } from './fake-engine.ts'

const started = (boot = '1') => `\x1b]133;P;boot=${boot}\x07`
const prompt = (code = 0) => `\x1b]133;D;${code}\x07\x1b]133;A\x07$ \x1b]133;B\x07`
const running = '\x1b]133;C\x07'
const pasted = (command: string) => `\x1b[200~${command}\x1b[201~\r`

function open(hooks: { beforeCommand?: () => Promise<void>; afterCommand?: () => Promise<void> } = {}) {
  const fake = createFakeEngine()
  const time = createFakeTimers()
  const terminal = openToolboxTerminal(
    fake.engine,
    'box',
    { columns: 80, rows: 24 },
    { timers: time.timers, ...hooks },
  )
  let text = ''
  terminal.onOutput((data) => {
    text += Buffer.from(data).toString()
  })
  const shell = (index: number) => {
    const pty = fake.ptys[index]
    if (!pty) throw new Error(`no shell ${index}`)
    return pty
  }
  return { ...fake, ...time, terminal, shell, output: () => text }
}

describe('toolbox terminal', () => {
  it('is bash in the container, as the container’s own user', () => {
    const { shell } = open()
    expect(shell(0).args.map((arg) => arg.replace(/=[0-9a-f-]{36}$/, '=ID'))).toEqual([
      ...['exec', '--interactive', '--tty', '--detach-keys=ctrl-@,q,ctrl-@,z,ctrl-@'],
      ...['--env', 'FAIRLEAD_TERMINAL=ID', '--workdir', '/home/learner', 'box', 'bash'],
    ])
  })

  it('types commands one after the other, each at its prompt, and gives their exit codes', async () => {
    const { terminal, shell } = open()
    const codes = [terminal.run('one'), terminal.run('two')]
    await settle()
    expect(shell(0).log).not.toContain(pasted('one'))
    shell(0).print(started() + prompt())
    await settle()
    expect(shell(0).log.at(-1)).toBe(pasted('one'))
    shell(0).print(running + prompt(3))
    expect(await codes[0]).toBe(3)
    await settle()
    expect(shell(0).log.at(-1)).toBe(pasted('two'))
    shell(0).print(running + prompt(0))
    expect(await codes[1]).toBe(0)
  })

  it('gives up half a line first, and waits for what was entered', async () => {
    const { terminal, shell } = open()
    shell(0).print(started() + prompt())
    terminal.write('half')
    const first = terminal.run('one')
    await settle()
    expect(shell(0).log.at(-1)).toBe('\x03')
    shell(0).print(prompt(130))
    await settle()
    expect(shell(0).log.at(-1)).toBe(pasted('one'))
    shell(0).print(running + prompt(0))
    expect(await first).toBe(0)
    terminal.write('sleep 1\r')
    void terminal.run('two')
    await settle()
    expect(shell(0).log.at(-1)).toBe('sleep 1\r')
    shell(0).print(running + prompt(0))
    await settle()
    expect(shell(0).log.at(-1)).toBe(pasted('two'))
  })

  it('has the shell draw its prompt again by another size, and gives it its own back', async () => {
    const { terminal, shell, pass } = open()
    const sizes = () => shell(0).log.filter((entry) => /x/.test(entry))
    shell(0).print(started() + prompt())
    terminal.redraw?.()
    expect(sizes()).toEqual(['<80x24>', '<80x23>'])
    await pass(250)
    expect(sizes()).toEqual(['<80x24>', '<80x23>', '<80x24>'])
  })

  it('does not let a failing hook keep a command from running', async () => {
    const fail = async () => {
      throw new Error('the disk is full')
    }
    const { terminal, shell } = open({ beforeCommand: fail, afterCommand: fail })
    const code = terminal.run('rm big')
    shell(0).print(started() + prompt())
    await settle()
    shell(0).print(running + prompt(0))
    expect(await code).toBe(0)
  })

  it('opens another shell when one ends, and says which of the two it was', async () => {
    const { terminal, shell, output, pass } = open()
    shell(0).print(started('1') + prompt())
    const exit = terminal.run('exit 7')
    await settle()
    shell(0).print(running)
    shell(0).exit(7)
    await pass(0)
    shell(1).print(started('1') + prompt(0))
    expect(await exit).toBe(7)
    expect(output()).toContain('The shell has ended; this is a new one.')
    const lost = terminal.run('sleep 9')
    await settle()
    shell(1).exit(137)
    await pass(0)
    shell(2).print('Error response from daemon: container is not running')
    shell(2).exit(1)
    await pass(100)
    shell(3).print('Error response from daemon: container is not running')
    shell(3).exit(1)
    await pass(200)
    shell(4).print(started('2') + prompt(0))
    await expect(lost).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(output()).toContain('is not running; waiting for it.')
    expect(output()).toContain('The terminal was restarted')
    expect(output()).not.toContain('daemon')
  })

  it('leaves ~/.bashrc out where shells end at their start', async () => {
    const { shell, pass } = open()
    for (let index = 0; index < 3; index++) {
      shell(index).print(started())
      shell(index).exit(0)
      await pass(0)
    }
    expect(shell(3).args.slice(-3)).toEqual(['bash', '--rcfile', '/dev/null'])
  })

  it('stops the program while a listener has not taken the last piece', async () => {
    const { terminal, shell } = open()
    let take = () => {}
    const off = terminal.onOutput(
      () =>
        new Promise<void>((resolve) => {
          take = resolve
        }),
    )
    shell(0).print(started())
    await settle()
    expect(shell(0).log.at(-1)).toBe('<pause>')
    take()
    await settle()
    expect(shell(0).log.at(-1)).toBe('<resume>')
    off()
  })

  it('ends all that it started once it is disposed', async () => {
    const { terminal, shell, runs } = open()
    const never = terminal.run('x')
    terminal.dispose()
    await expect(never).rejects.toMatchObject({ code: 'CONFLICT' })
    await terminal.ended
    const id = String(shell(0).args[5]).split('=')[1]
    expect(runs.map(({ args }) => args)).toEqual([['exec', 'box', '/usr/local/lib/fairlead/hang-up', id]])
    expect(shell(0).log).toContain('<kill>')
  })
})
