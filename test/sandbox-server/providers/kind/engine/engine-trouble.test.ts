import { describe, expect, it } from 'vitest'
import {
  engineFailure,
  knownTrouble,
} from '../../../../../sandbox-server/providers/kind/engine/engine-trouble.ts'
import { markExec } from '../../../../../sandbox-server/providers/kind/engine/exec-mark.ts'

describe('what an engine says', () => {
  it.each([
    [
      'docker',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      'sudo usermod -aG docker "$USER", then log in again',
    ],
    [
      'docker',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
      'sudo systemctl start docker',
    ],
    [
      'podman',
      'Error: no subuid ranges found for user "me" in /etc/subuid',
      expect.stringContaining('--add-subuids'),
    ],
    [
      'nerdctl',
      'rootless containerd not running?',
      expect.stringContaining('containerd-rootless-setuptool.sh'),
    ],
    [
      'nerdctl',
      'cannot access containerd socket "/run/containerd/containerd.sock"',
      'sudo systemctl start containerd',
    ],
  ] as const)('is known of %s: %s', (engine, says, mend) => {
    expect(knownTrouble(engine, says)?.mend).toEqual(mend)
  })

  it('becomes a message of one line, the rest a log', () => {
    const stderr = `Unable to find image 'nope:latest' locally
docker: Error response from daemon: pull access denied for nope.

Run 'docker run --help' for more information
`
    expect(engineFailure('docker', ['run', '--rm', 'nope'], { stderr, exitCode: 125 })).toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'docker run nope: pull access denied for nope.',
      log: stderr,
    })
    const podman = 'time="2026-01-01T00:00:00Z" level=warning msg="old"\nError: no such network\n'
    expect(engineFailure('podman', ['network', 'rm', 'x'], { stderr: podman }).message).toBe(
      'podman network rm: no such network',
    )
    expect(engineFailure('docker', ['pull'], { stderr: '', exitCode: 1 }).message).toBe(
      'docker pull: it ended with exit code 1 and said nothing',
    )
  })
})

describe('the mark of an exec', () => {
  it('goes before its options, and finds container and user behind them', () => {
    const marked = markExec([
      'exec',
      '-it',
      '--user',
      '1000',
      '-e',
      'A=b',
      '--workdir=/x',
      'box',
      'sh',
      '-c',
      'ls',
    ])
    expect(marked).toMatchObject({ container: 'box', user: '1000' })
    expect(marked?.args).toEqual([
      ...['exec', '--env', marked?.mark, '-it', '--user', '1000', '-e', 'A=b', '--workdir=/x'],
      ...['box', 'sh', '-c', 'ls'],
    ])
  })

  it('is left out where a command shall outlive its client, or is no exec', () => {
    expect([markExec(['exec', '--detach', 'box', 'ls']), markExec(['run', 'image'])]).toEqual([
      undefined,
      undefined,
    ])
  })
})
