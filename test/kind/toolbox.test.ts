// The learner's terminal and workspace in a real container. Needs a container engine and FAIRLEAD_KIND_TOOLBOX_IMAGE.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { WorkspaceChange } from '../../sandbox-server/contract/workspace.ts'
import { hostTimers } from '../../sandbox-server/platform/host-timers.ts'
import { openToolboxTerminal } from '../../sandbox-server/providers/kind/toolbox/terminal.ts'
import { openToolboxWorkspace } from '../../sandbox-server/providers/kind/toolbox/workspace.ts'
import { startTestToolbox, type TestToolbox, toolboxImage } from './start-test-toolbox.ts'

const size = { columns: 80, rows: 24 }
const kubeconfig = 'apiVersion: v1\nkind: Config\n'

describe.skipIf(!toolboxImage)('toolbox', { timeout: 60_000 }, () => {
  let toolbox: TestToolbox
  beforeAll(async () => {
    toolbox = await startTestToolbox()
  }, 60_000)
  afterAll(() => toolbox?.remove(), 60_000)

  async function open(files: { path: string; content: string }[] = []) {
    const { engine, container } = toolbox
    const workspace = await openToolboxWorkspace(engine, container, { kubeconfig, timers: hostTimers })
    await workspace.replaceAll(files)
    const changes: string[] = []
    workspace.onChange((change) => changes.push(describeChange(change)))
    onTestFinished(() => workspace.dispose())
    const openTerminal = () => {
      const terminal = openToolboxTerminal(engine, container, size, {
        timers: hostTimers,
        beforeCommand: () => workspace.flushed(),
        afterCommand: () => workspace.refresh(),
      })
      let text = ''
      const decoder = new TextDecoder()
      terminal.onOutput((data) => {
        text += decoder.decode(data, { stream: true })
      })
      onTestFinished(() => {
        terminal.dispose()
        return terminal.ended
      })
      return { ...terminal, output: () => text }
    }
    return { workspace, changes, openTerminal }
  }

  const shell = (script: string) => toolbox.exec(script)
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  describe('terminal', () => {
    it('runs commands one after the other and gives their exit codes', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      const commands = [
        'true',
        'false',
        '(exit 42)',
        'if true; then\necho two lines\nfi',
        '# nothing',
        'cat <<E\n\ttab\nE',
      ]
      expect(await Promise.all(commands.map((command) => terminal.run(command)))).toEqual([0, 1, 42, 0, 0, 0])
      expect(terminal.output()).toContain('two lines')
      expect(terminal.output()).toContain('\x07\ttab\r\n')
    })

    it('gives up a half typed line for a command, and waits for what runs', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      await terminal.run('true')
      terminal.write('echo half')
      expect(await terminal.run('false')).toBe(1)
      terminal.write('sleep 0.5; touch late.txt\r')
      expect(await terminal.run('test -e late.txt')).toBe(0)
    })

    it('keeps UTF-8 whole, and passes its size on', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      expect(await terminal.run('echo "€😀$(seq -s ä 20000 | tail -c 13)"')).toBe(0)
      expect(terminal.output()).toContain('€😀19999ä20000')
      terminal.resize({ columns: 123, rows: 45 })
      expect(await terminal.run('until [ "$(stty size)" = "45 123" ]; do sleep 0.01; done')).toBe(0)
    })

    it('opens a new shell after exit, which is the end of the command', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      expect(await terminal.run('exit 3')).toBe(3)
      expect(await terminal.run('echo again')).toBe(0)
      expect(terminal.output()).toContain('The shell has ended; this is a new one.')
    })

    it('stays usable where ~/.bashrc ends the shell', async () => {
      const { workspace, openTerminal } = await open()
      await shell('echo exit 9 >~/.bashrc')
      expect(await openTerminal().run('rm ~/.bashrc')).toBe(0)
      await workspace.replaceAll([])
    })

    it('has nothing running once it is disposed, whatever was left behind', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      await terminal.run('nohup sleep 5001 & (trap "" HUP; exec sleep 5002) & setsid sleep 5003 &')
      await terminal.run('tcpdump -i lo -w /dev/null & setsid tcpdump -i lo -w /dev/null &')
      terminal.write('sleep 5004\r')
      await shell('until pgrep -f "^sleep 5004"; do sleep 0.05; done')
      expect(await shell('pgrep -c "sleep|tcpdump"')).toBe('6\n')
      terminal.dispose()
      await terminal.ended
      expect(await shell('pgrep -a "sleep|tcpdump|bash" | grep -v pgrep; true')).toBe('')
    })

    it('ends a fork bomb with its terminal, and another terminal opens then', async () => {
      const { workspace, openTerminal } = await open([{ path: 'kept.txt', content: 'kept\n' }])
      const terminal = openTerminal()
      await terminal.run('true')
      terminal.write('bomb() { bomb | bomb & }; bomb\r')
      await pause(2000)
      terminal.dispose()
      await terminal.ended
      expect(await openTerminal().run('grep -q kept kept.txt')).toBe(0)
      await workspace.refresh()
      expect(workspace.read('kept.txt')?.content).toBe('kept\n')
    })

    it('holds a program up while its output is not taken', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      await terminal.run('true')
      let bytes = 0
      let release = () => {}
      terminal.onOutput((data) => {
        bytes += data.length
        return bytes > 100_000
          ? new Promise((resolve) => {
              release = resolve
            })
          : undefined
      })
      terminal.write('yes\r')
      await pause(1500)
      const held = bytes
      expect(held).toBeGreaterThan(100_000)
      await pause(500)
      expect(bytes).toBe(held)
      release()
      await pause(200)
      expect(bytes).toBeGreaterThan(held)
      release()
    })
  })

  describe('workspace', () => {
    it('tells what the terminal does with files, and takes what editors do to the terminal', async () => {
      const { workspace, changes, openTerminal } = await open([
        { path: 'a.yaml', content: 'one\n' },
        { path: 'sub/b.yaml', content: 'b\n' },
      ])
      changes.length = 0
      const terminal = openTerminal()
      workspace.write('new/c.txt', 'c\n', 'tab')
      expect(await terminal.run('grep -q c new/c.txt')).toBe(0)
      expect(await terminal.run('sed -i s/one/two/ a.yaml')).toBe(0)
      expect(await terminal.run('mv sub other')).toBe(0)
      expect(await terminal.run('chmod 755 a.yaml; rm -r new')).toBe(0)
      workspace.write('a.yaml', 'three\n', 'tab')
      expect(await terminal.run('[ -x a.yaml ] && grep -q three a.yaml')).toBe(0)
      expect(await terminal.run(`vim -e -s -c '%s/three/four/' -c wq a.yaml`)).toBe(0)
      workspace.delete('a.yaml', 'tab')
      expect(await terminal.run('[ ! -e a.yaml ]')).toBe(0)
      expect(changes).toEqual([
        'tab wrote new/c.txt',
        'terminal wrote a.yaml',
        'terminal wrote other/b.yaml',
        'terminal deleted sub/b.yaml',
        'terminal deleted new/c.txt',
        'tab wrote a.yaml',
        'terminal wrote a.yaml',
        'tab deleted a.yaml',
      ])
    })

    it('shows text within the limits, and nothing else', async () => {
      const { workspace } = await open()
      await shell(`
        head -c 1000 /dev/urandom >binary; printf 'a\\xff' >latin1; printf 'ä' >utf8.txt; printf '\\xef\\xbb\\xbfx' >bom.txt
        head -c 1048576 /dev/zero | tr '\\0' a >full; cp full over; echo a >>over
        echo a >'größe.txt'; echo a >$'new\\nline'; echo a >.hidden; mkdir .d; echo a >.d/x; ln -s /etc/passwd link; ln -s /etc dir
        mkfifo pipe; mkdir empty; echo a >"with space.txt"`)
      await workspace.refresh()
      expect(workspace.list().map(({ path, content }) => `${path} ${content.length}`)).toEqual([
        'bom.txt 2',
        'full 1048576',
        'utf8.txt 1',
        'with space.txt 2',
      ])
    })

    it('has room for 200 files, and for more as soon as some are removed', async () => {
      const { workspace } = await open()
      await shell('for i in $(seq 1000 1249); do echo $i >f$i; done')
      await workspace.refresh()
      expect(workspace.list()).toHaveLength(200)
      await shell('rm f10*')
      await workspace.refresh()
      await workspace.refresh()
      expect(workspace.list()).toHaveLength(150)
      expect(workspace.list().at(-1)?.content).toBe('1249\n')
    })

    it('cannot be led out of the workspace', async () => {
      const { workspace } = await open()
      await shell('ln -s /tmp out; ln -s /tmp/target.txt file.txt; echo old >/tmp/target.txt')
      workspace.write('out/x.txt', 'x', 'tab')
      await expect(workspace.flushed()).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      workspace.write('file.txt', 'new', 'tab')
      await workspace.flushed()
      expect(await shell('ls /tmp/x.txt; cat /tmp/target.txt file.txt; true')).toBe('old\nnew')
      await shell('rm -r out; mkdir out')
      workspace.write('out/x.txt', 'x', 'tab')
      await workspace.flushed()
      expect(await shell('cat out/x.txt')).toBe('x')
    })

    it('keeps what editors write while folders are removed under it', async () => {
      const { workspace } = await open()
      const removing = shell('for i in $(seq 300); do rm -rf d; done')
      for (let count = 0; count < 100; count++) {
        workspace.write(`d/e/file${count % 7}.txt`, String(count), 'tab')
        if (count % 5 === 0) await pause(5)
      }
      await removing
      workspace.write('d/e/last.txt', 'last', 'tab')
      await workspace.flushed()
      await workspace.refresh()
      const inContainer = await shell('find d -type f | sort | while read f; do echo "$f $(cat $f)"; done')
      expect(
        workspace
          .list()
          .map(({ path, content }) => `${path} ${content}\n`)
          .join(''),
      ).toBe(inContainer)
      expect(inContainer).toContain('d/e/last.txt last\n')
    })

    it('says that the disk is full, keeps the text, and saves it once there is room', async () => {
      const { workspace, openTerminal } = await open([{ path: 'a.txt', content: 'old' }])
      const terminal = openTerminal()
      await terminal.run('head -c 100M /dev/zero >big')
      workspace.write('a.txt', 'new', 'tab')
      await expect(workspace.flushed()).rejects.toMatchObject({ code: 'TOO_LARGE', message: /full: a.txt/ })
      expect(workspace.read('a.txt')?.content).toBe('new')
      expect(await shell('cat a.txt')).toBe('old')
      expect(await terminal.run('rm big')).toBe(0)
      await expect
        .poll(
          () =>
            workspace.flushed().then(
              () => true,
              () => false,
            ),
          { timeout: 5000 },
        )
        .toBe(true)
      expect(await shell('cat a.txt')).toBe('new')
    })

    it('survives its watcher, and the container’s restart', async () => {
      const { workspace, openTerminal } = await open([{ path: 'a.txt', content: 'a' }])
      const terminal = openTerminal()
      await terminal.run('pkill -KILL -f watch-workspace; rm a.txt; echo b >b.txt')
      await workspace.refresh()
      expect(workspace.list().map(({ path }) => path)).toEqual(['b.txt'])
      const running = terminal.run('sleep 100')
      await shell('until pgrep sleep; do sleep 0.05; done; rm ~/.kube/config')
      await toolbox.engine.run(['restart', '--time', '1', toolbox.container])
      workspace.write('c.txt', 'c', 'tab')
      await expect(running).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(
        await terminal.run('[ "$(cat b.txt c.txt)" = "$(printf "b\\nc")" ] && grep -q Config ~/.kube/config'),
      ).toBe(0)
      expect(terminal.output()).toContain('The terminal was restarted')
    })

    it('is found again as the learner left it', async () => {
      const first = await open([{ path: 'a.txt', content: 'a' }])
      await shell('echo changed >a.txt')
      first.workspace.dispose()
      const second = await openToolboxWorkspace(toolbox.engine, toolbox.container, {
        timers: hostTimers,
        files: [{ path: 'a.txt', content: 'start' }],
      })
      expect(second.list().map(({ content }) => content)).toEqual(['changed\n'])
      second.dispose()
    })
  })
})

function describeChange(change: WorkspaceChange): string {
  return change.type === 'written'
    ? `${change.origin} wrote ${change.file.path}`
    : `${change.origin} deleted ${change.path}`
}
