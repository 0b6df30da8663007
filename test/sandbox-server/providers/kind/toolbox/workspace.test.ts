import { describe, expect, it } from 'vitest'
import { openToolboxWorkspace } from '../../../../../sandbox-server/providers/kind/toolbox/workspace.ts'
import { createFakeEngine, createFakeTimers, type FakeProcess, settle } from './fake-engine.ts'

/** Plays the watcher: reads commands, and answers each with `done` unless told otherwise. */
class Watcher {
  readonly commands: string[] = []
  readonly #process: FakeProcess
  /** By the command's first letter and path: what to answer in place of `done`; undefined for nothing. */
  readonly answers: Record<string, ((id: string) => string | undefined) | undefined> = {}

  constructor(process: FakeProcess, hello: string) {
    this.#process = process
    let input = ''
    process.input.on('data', (data: Buffer) => {
      input += data.toString('latin1')
      for (;;) {
        const head = /^(\w) (\d+)(?: (\d+))?(?: (\d+))?\n/.exec(input)
        if (!head) return
        const [line, name = '', id = '', path = '0', content = '0'] = head
        const end = line.length + Number(path) + Number(content)
        if (input.length < end) return
        const what = input.slice(line.length, line.length + Number(path))
        const command = `${name} ${what}`.trim()
        this.commands.push(command + (name === 'W' ? `=${input.slice(line.length + Number(path), end)}` : ''))
        input = input.slice(end)
        const answer = this.answers[command]
        const said = answer ? answer(id) : `A ${id}\n`
        if (said !== undefined) process.print(said)
      }
    })
    process.print(hello)
  }

  changed(path: string, content: string) {
    this.#process.print(`C ${path.length} ${Buffer.byteLength(content)}\n${path}${content}`)
  }

  gone(path: string) {
    this.#process.print(`X ${path.length}\n${path}`)
  }

  exit() {
    this.#process.exit(137)
  }
}

async function open({
  files = [{ path: 'a.txt', content: 'a' }],
  hello = 'H 1 0\n',
  before = (_: Watcher) => {},
} = {}) {
  const fake = createFakeEngine()
  const time = createFakeTimers()
  const options = { files, kubeconfig: 'config', timers: time.timers, lastRevision: 100 }
  const opening = openToolboxWorkspace(fake.engine, 'box', options)
  const watch = (index: number, line: string) => {
    const process = fake.processes[index]
    if (!process) throw new Error(`no watcher ${index}`)
    return new Watcher(process, line)
  }
  const first = watch(0, hello)
  before(first)
  const workspace = await opening
  const changes: string[] = []
  workspace.onChange((change) =>
    changes.push(
      change.type === 'written'
        ? `${change.origin}: ${change.file.path}=${change.file.content}`
        : `${change.origin}: ${change.path} gone`,
    ),
  )
  const shown = () => workspace.list().map(({ path, content }) => `${path}=${content}`)
  return { ...fake, ...time, workspace, first, watch, changes, shown }
}

describe('toolbox workspace', () => {
  it('puts its files and the kubeconfig into an empty toolbox', async () => {
    const { first, runs, workspace } = await open()
    expect(first.commands).toEqual(['W a.txt=a', 'M', 'F'])
    expect(runs).toEqual([
      { args: ['exec', '-i', 'box', '/usr/local/lib/fairlead/put-kubeconfig'], input: 'config' },
    ])
    expect(workspace.read('a.txt')).toEqual({ path: 'a.txt', content: 'a', revision: 101 })
  })

  it('takes what a toolbox holds that the learner has worked in', async () => {
    const { first, shown } = await open({
      hello: 'H 1 1\n',
      before: (watcher) => watcher.changed('b.txt', 'theirs'),
    })
    expect(first.commands).toEqual(['F'])
    expect(shown()).toEqual(['b.txt=theirs'])
  })

  it('is read and written at once, told by who did it, and in the toolbox once flushed', async () => {
    const { workspace, first, changes } = await open()
    const file = workspace.write('b/c.txt', 'ä', 'tab')
    expect(file).toEqual({ path: 'b/c.txt', content: 'ä', revision: 102 })
    expect(workspace.write('b/c.txt', 'ä', 'tab')).toBe(file)
    await workspace.flushed()
    first.changed('a.txt', 'changed')
    first.gone('b/c.txt')
    await settle()
    workspace.delete('a.txt', 'tab')
    await workspace.flushed()
    expect(first.commands.slice(-2)).toEqual(['W b/c.txt=\xc3\xa4', 'D a.txt'])
    expect(changes).toEqual([
      'tab: b/c.txt=ä',
      'terminal: a.txt=changed',
      'terminal: b/c.txt gone',
      'tab: a.txt gone',
    ])
  })

  it('refuses what cannot be', async () => {
    const { workspace } = await open()
    expect(() => workspace.write('../x', '', 'tab')).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
    expect(() => workspace.write('.kube/config', '', 'tab')).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    )
    expect(() => workspace.write('a.txt/b', '', 'tab')).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    )
    expect(() => workspace.write('x', 'x'.repeat(2 ** 20 + 1), 'tab')).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    )
  })

  it('leaves alone what the watcher tells that is older than what an editor wrote', async () => {
    const { workspace, first, changes } = await open()
    let answer = ''
    first.answers['W a.txt'] = (id) => {
      answer = id
      return undefined
    }
    workspace.write('a.txt', 'editor', 'tab')
    first.changed('a.txt', 'terminal')
    await settle()
    expect(changes).toEqual(['tab: a.txt=editor'])
    expect(answer).not.toBe('')
  })

  it('shows nothing that is no text, no path, or beyond the limits, whatever it is told', async () => {
    const { first, shown, processes } = await open()
    processes[0]?.print(Buffer.from('C 1 1\nx\xff', 'latin1'))
    first.changed('../b', 'x')
    first.changed('.hidden/b', 'x')
    for (let count = 0; count < 300; count++) first.changed(`f${count + 1000}`, 'x')
    await settle()
    expect(shown()).toHaveLength(200)
    expect(shown().filter((line) => /^[.x]/.test(line))).toEqual([])
  })

  it('keeps the text while the disk is full, says so, and tries again', async () => {
    const { workspace, first, pass, shown } = await open()
    first.answers['W a.txt'] = (id) => `E ${id} ENOSPC 7\nno room`
    workspace.write('a.txt', 'new', 'tab')
    await expect(workspace.flushed()).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: 'The workspace is full: a.txt is not saved in the terminal yet.',
    })
    expect(shown()).toEqual(['a.txt=new'])
    first.answers['W a.txt'] = undefined
    await pass(2000)
    await workspace.flushed()
    expect(first.commands.at(-1)).toBe('W a.txt=new')
  })

  it('says what could not be written, once', async () => {
    const { workspace, first, shown } = await open()
    first.answers['W b.txt'] = (id) => `E ${id} EISDIR 14\nIs a directory`
    workspace.write('b.txt', 'b', 'tab')
    await expect(workspace.flushed()).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: 'b.txt cannot be written: Is a directory.',
    })
    await workspace.flushed()
    expect(shown()).toEqual(['a.txt=a'])
  })

  it('finds out what happened while the watcher was away', async () => {
    const { workspace, first, watch, pass, shown, changes } = await open({
      files: ['a', 'b'].map((path) => ({ path, content: path })),
    })
    first.exit()
    await settle()
    workspace.write('c', 'c', 'tab')
    await pass(100)
    const second = watch(1, 'H 1 1\n')
    second.changed('b', 'b2')
    await workspace.refresh()
    expect(second.commands).toEqual(['W c=c', 'F', 'F'])
    expect(shown()).toEqual(['b=b2', 'c=c'])
    expect(changes).toEqual(['tab: c=c', 'terminal: b=b2', 'terminal: a gone'])
  })

  it('fills the container again that was restarted', async () => {
    const { workspace, first, watch, pass, changes, runs } = await open()
    workspace.write('b', 'b', 'tab')
    first.exit()
    await pass(100)
    const second = watch(1, 'H 2 0\n')
    await workspace.refresh()
    expect(second.commands).toEqual(['W b=b', 'W a.txt=a', 'M', 'F', 'F'])
    expect(changes).toEqual(['tab: b=b'])
    expect(runs).toHaveLength(2)
  })

  it('starts over with other files', async () => {
    const { workspace, first, changes, shown } = await open()
    first.changed('mine', 'x')
    await settle()
    changes.length = 0
    first.answers.Z = (id) => {
      first.changed('mine', 'late')
      return `A ${id}\n`
    }
    await workspace.replaceAll([{ path: 'b', content: 'b' }])
    expect(first.commands.slice(-3)).toEqual(['Z', 'W b=b', 'M'])
    expect(changes).toEqual(['reset: a.txt gone', 'reset: mine gone', 'reset: b=b'])
    expect(shown()).toEqual(['b=b'])
  })

  it('replaces a watcher that talks nonsense or does not answer', async () => {
    const { workspace, first, processes, watch, pass } = await open()
    first.answers.F = () => undefined
    const refreshed = workspace.refresh()
    const expected = expect(refreshed).rejects.toMatchObject({ code: 'SANDBOX_NOT_READY' })
    await pass(15_000)
    await expected
    await pass(5000)
    watch(1, 'H 1 1\n').changed('a.txt', 'a')
    await workspace.refresh()
    processes[1]?.print('rubbish\n')
    await pass(10_000)
    expect(processes).toHaveLength(3)
    workspace.dispose()
    await pass(60_000)
    expect(processes).toHaveLength(3)
  })
})
