import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findProgram, openPty, runCommand, startCommand } from '../../../sandbox-server/platform/commands.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** Whether the process still runs; a zombie does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('it did not come about within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('runCommand', () => {
  it('gives what a program printed and its exit code, whatever it is', async () => {
    const { stdout, stderr, exitCode } = await runCommand('sh', ['-c', 'echo out; echo err >&2; exit 3'])
    expect([text(stdout), stderr, exitCode]).toEqual(['out\n', 'err\n', 3])
  })

  it('gives 128 + n for a program that a signal ended', async () => {
    expect((await runCommand('sh', ['-c', 'kill -9 $$'])).exitCode).toBe(137)
  })

  it('feeds input, binary data included, and adds to the environment', async () => {
    const input = new Uint8Array([0, 255, 10, 13])
    expect([...(await runCommand('cat', [], { input })).stdout]).toEqual([...input])
    const { stdout } = await runCommand('sh', ['-c', 'echo $COLOUR $HOME'], {
      env: { COLOUR: 'red', HOME: undefined },
    })
    expect(text(stdout)).toBe('red\n')
  })

  it('gives every line of both streams as it comes', async () => {
    const lines: string[] = []
    await runCommand('sh', ['-c', 'printf "a\\nb"; printf "c\\r\\n" >&2'], {
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    })
    expect(lines.sort()).toEqual(['stderr c', 'stdout a', 'stdout b'])
  })

  it('keeps the last 64 KiB of stderr', async () => {
    const { stderr } = await runCommand('sh', [
      '-c',
      'head -c 200000 /dev/zero | tr "\\0" x >&2; echo end >&2',
    ])
    expect([stderr.length, stderr.slice(-5)]).toEqual([65_536, 'xend\n'])
  })

  it('says that a program is missing', async () => {
    await expect(runCommand('no-such-program', [])).rejects.toMatchObject({
      reason: 'missing',
      message: 'The program no-such-program is not installed or not on PATH.',
    })
  })

  it('ends a program with all its children when it is aborted', async () => {
    const stop = new AbortController()
    let child = 0
    const command = runCommand('sh', ['-c', 'sleep 600 & echo $!; wait'], {
      signal: stop.signal,
      onLine: (line) => {
        child = Number(line)
        stop.abort(new Error('the learner left'))
      },
    })
    await expect(command).rejects.toThrow('the learner left')
    await until(() => !isAlive(child))
  })

  it('ends a program that takes too long and ignores the request to end', async () => {
    const command = runCommand('sh', ['-c', 'trap "" TERM; echo waiting >&2; while :; do sleep 0.1; done'], {
      timeoutMs: 200,
    })
    await expect(command).rejects.toMatchObject({
      reason: 'timeout',
      message: expect.stringMatching(/^sh -c .* did not end within 0\.2 s\.$/),
      stderr: 'waiting\n',
    })
  })

  it.skipIf(process.platform !== 'linux' || findProgram('setpriv') === undefined)(
    'can end a program when this process is killed',
    async () => {
      const commands = new URL('../../../sandbox-server/platform/commands.ts', import.meta.url).href
      const script = `
        import { runCommand } from '${commands}'
        await runCommand('sh', ['-c', 'echo $$; exec sleep 600'], { endsWithUs: true, onLine: (line) => console.log(line) })`
      const parent = startCommand(process.execPath, ['--input-type=module', '--eval', script])
      const child = await new Promise<number>((resolve) =>
        parent.stdout.once('data', (data) => resolve(Number(String(data)))),
      )
      expect(isAlive(child)).toBe(true)
      await runCommand('sh', ['-c', `kill -9 $(ps -o ppid= -p ${child})`])
      await until(() => !isAlive(child))
    },
  )

  it('does not start anything for a signal that is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(runCommand('no-such-program', [], { signal })).rejects.toThrow('too late')
  })
})

describe('startCommand', () => {
  it('leaves the streams open for the caller', async () => {
    const { stdin, stdout, exited } = startCommand('sh', ['-c', 'read line; echo "got $line"; exit 4'])
    stdin.write('hello\n')
    let output = ''
    for await (const data of stdout) output += data
    expect([output, await exited]).toEqual(['got hello\n', 4])
  })

  it('ends the whole process group', async () => {
    const command = startCommand('sh', ['-c', 'sleep 600 & echo $!; wait'])
    const child = await new Promise<number>((resolve) =>
      command.stdout.once('data', (data) => resolve(Number(String(data)))),
    )
    command.kill()
    expect(await command.exited).toBe(143)
    await until(() => !isAlive(child))
  })

  it('gives 127 for a program that is missing', async () => {
    expect(await startCommand('no-such-program', []).exited).toBe(127)
  })

  it('survives writes to a program that has ended', async () => {
    const command = startCommand('true', [])
    await command.exited
    for (let i = 0; i < 10; i++) command.stdin.write('too late')
    await new Promise((resolve) => setTimeout(resolve, 50))
  })
})

describe('openPty', () => {
  const open = (script: string) => {
    const pty = openPty('sh', ['-c', script], { columns: 91, rows: 17, env: { MARK: 'yes' } })
    let output = Buffer.alloc(0)
    pty.onData((data) => {
      output = Buffer.concat([output, data])
    })
    return { pty, output: () => output.toString('latin1') }
  }

  it('is a terminal of the size asked for and gives the exit code', async () => {
    const { pty, output } = open('tty >/dev/null && stty size && echo $TERM $MARK; exit 7')
    expect(await pty.exited).toBe(7)
    expect(output()).toBe('17 91\r\nxterm-256color yes\r\n')
  })

  it('gives bytes, not text, so that a character may arrive in two pieces', async () => {
    const { pty, output } = open('printf "\\303"; sleep 0.1; printf "\\251\\377"')
    await pty.exited
    expect(Buffer.from(output(), 'latin1').toString('hex')).toBe('c3a9ff')
  })

  it('tells the program its new size', async () => {
    const { pty, output } = open('read line; stty size')
    pty.resize(40, 10)
    pty.write('go\n')
    await pty.exited
    expect(output()).toBe('go\r\n10 40\r\n')
  })

  it('blocks the program while it is paused', async () => {
    const pty = openPty('head', ['-c', '20000000', '/dev/zero'], { columns: 80, rows: 24 })
    let seen = 0
    pty.onData((data) => {
      seen += data.length
    })
    await until(() => seen > 0)
    pty.pause()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const before = seen
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(seen).toBe(before)
    expect(seen).toBeLessThan(20_000_000)
    pty.resume()
    await pty.exited
    expect(seen).toBe(20_000_000)
  })

  it('takes a large paste', async () => {
    const { pty, output } = open('stty raw -echo; echo ready; head -c 300000 | wc -c')
    await until(() => output().includes('ready'))
    pty.write('x'.repeat(300_000))
    await pty.exited
    expect(output().replaceAll('\r', '')).toBe('ready\n300000\n')
  })

  it('ends a shell that ignores the hang-up, and its children', async () => {
    const { pty, output } = open('trap "" HUP; sleep 600 & echo $!; wait')
    await until(() => output().includes('\n'))
    pty.kill()
    expect(await pty.exited).toBe(137)
    await until(() => !isAlive(Number(output())))
  })

  it('says that a program is missing', () => {
    expect(() => openPty('no-such-program', [], { columns: 80, rows: 24 })).toThrow(
      'The program no-such-program is not installed or not on PATH.',
    )
  })
})

describe('findProgram', () => {
  it('finds what is on PATH, and takes a path as it is', () => {
    expect(findProgram('sh')).toMatch(/^\/.*\/sh$/)
    expect(findProgram('/bin/sh')).toBe('/bin/sh')
    expect([findProgram('no-such-program'), findProgram('/etc/passwd'), findProgram('/usr')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
