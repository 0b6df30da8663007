// `docker exec NODE` in a learner's terminal, on a real engine, with a plain container for a node.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeFolder, temporaryFolder } from '../../sandbox-server/platform/files.ts'
import { hostTimers } from '../../sandbox-server/platform/host-timers.ts'
import { serveNodeShell } from '../../sandbox-server/providers/kind/node-shell/serve-node-shell.ts'
import { openToolboxTerminal } from '../../sandbox-server/providers/kind/toolbox/terminal.ts'
import { startTestToolbox, type TestToolbox, toolboxImage } from './start-test-toolbox.ts'

describe.skipIf(!toolboxImage)('node shell', { timeout: 60_000 }, () => {
  const socketFolder = temporaryFolder('fairlead-')
  let toolbox: TestToolbox
  let node: string
  let entered = 0
  let serving: { close(): Promise<void> }
  beforeAll(async () => {
    toolbox = await startTestToolbox({ nodeShellFolder: socketFolder })
    node = `${toolbox.container}-node`
    await toolbox.engine.run(['run', '--detach', '--user', '0', '--name', node, toolboxImage ?? ''])
    const nodes = [{ name: 'fairlead-worker', container: node, address: '10.202.1.3' }]
    const onEntered = () => {
      entered += 1
    }
    serving = await serveNodeShell(toolbox.engine, { nodes }, { socketFolder, onEntered })
  }, 60_000)
  afterAll(async () => {
    await serving?.close()
    await toolbox?.engine.run(['rm', '--force', node])
    await toolbox?.remove()
    removeFolder(socketFolder)
  }, 60_000)

  /** Standard output, standard error and exit code of a script in the toolbox. */
  const say = async (script: string) => {
    const text = await toolbox.exec(`(${script}) 2>/tmp/error; echo "exit $?"; cat /tmp/error`)
    return text.trim().split('\n')
  }

  it('lists the nodes by Kubernetes’ names', async () => {
    const lines = await say('docker ps')
    expect(lines[0]).toMatch(/^CONTAINER ID {2,}IMAGE {2,}STATUS {2,}NAMES$/)
    expect(lines[1]).toMatch(/^[0-9a-f]{12} .* fairlead-worker$/)
    expect(lines.slice(2)).toEqual(['exit 0'])
    expect(entered).toBe(0)
  })

  it('runs a command with its streams, options and exit code', async () => {
    expect(await say('docker exec fairlead-worker sh -c "echo out; echo error >&2; exit 7"')).toEqual([
      'out',
      'exit 7',
      'error',
    ])
    expect(await say('seq 100000 | docker exec -i fairlead-worker md5sum')).toEqual(
      await say('seq 100000 | md5sum'),
    )
    expect(await say('docker exec fairlead-worker seq 300000 | tail -1')).toEqual(['300000', 'exit 0'])
    expect(
      await say(`docker exec -u 1000 -w /tmp -e A='b c' fairlead-worker sh -c 'id -u; pwd; echo $A'`),
    ).toEqual(['1000', '/tmp', 'b c', 'exit 0'])
    expect(await say('echo no | docker exec fairlead-worker cat')).toEqual(['exit 0'])
    expect(await say('docker exec fairlead-worker no-such-command')).toContain('exit 127')
    expect(entered).toBe(1)
  })

  it('gives nothing but the cluster’s own nodes, and no options of the engine', async () => {
    for (const name of [node, toolbox.container, '--privileged=true', '-it']) {
      expect((await say(`docker exec -- ${name} id`))[1]).toBe(
        `Error response from daemon: No such container: ${name}`,
      )
    }
    expect(await say('docker exec fairlead-worker --help')).toContain('exit 127')
    for (const script of [
      'docker run busybox',
      'docker',
      'docker exec --detach-keys a fairlead-worker id',
      'docker ps -q',
    ]) {
      const lines = await say(script)
      expect(lines[0]).toBe('exit 1')
      expect(lines[1]).toContain('Here docker can do two things: docker ps, and docker exec')
    }
    expect((await say("docker exec -u '0 --privileged' fairlead-worker id"))[0]).toBe('exit 1')
  })

  it('is a terminal with -it: keys, Ctrl-C, size; and ends what is left behind', async () => {
    const terminal = openToolboxTerminal(
      toolbox.engine,
      toolbox.container,
      { columns: 90, rows: 30 },
      { timers: hostTimers },
    )
    let text = ''
    terminal.onOutput((data) => {
      text += Buffer.from(data).toString()
    })
    const see = async (what: RegExp) => {
      while (!what.test(text)) await new Promise((resolve) => setTimeout(resolve, 20))
      text = ''
    }
    const ended = terminal.run('docker exec -it fairlead-worker bash --norc')
    await see(/bash-.*# $/)
    terminal.write('stty size; hostname\r')
    await see(/30 90/)
    terminal.resize({ columns: 100, rows: 40 })
    terminal.write('sleep 0.2; stty size\r')
    await see(/40 100/)
    terminal.write('sleep 1234\r')
    await see(/sleep 1234/)
    await toolbox.engine.run(['exec', node, 'sh', '-c', 'until pgrep -f "^sleep 1234"; do sleep 0.05; done'])
    terminal.write('\x03')
    await see(/# $/)
    terminal.write('exit 5\r')
    expect(await ended).toBe(5)
    expect(await terminal.run('[ "$(stty -a | grep -c " echo ")" = 1 ]')).toBe(0)
    void terminal.run('docker exec -it fairlead-worker sleep 4321').catch(() => {})
    await toolbox.engine.run(['exec', node, 'sh', '-c', 'until pgrep -f "^sleep 4321"; do sleep 0.05; done'])
    terminal.dispose()
    await terminal.ended
    await toolbox.engine.run(['exec', node, 'sh', '-c', 'while pgrep -f "^sleep 4321"; do sleep 0.05; done'])
  })

  it('ends a command without a terminal when its client is interrupted', async () => {
    await say('timeout --foreground -s INT 0.7 docker exec fairlead-worker sleep 777')
    await toolbox.engine.run(['exec', node, 'sh', '-c', 'while pgrep -f "^sleep 777"; do sleep 0.05; done'])
  })
})
