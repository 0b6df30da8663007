import { describe, expect, it } from 'vitest'
import { execArguments } from '../../../../../sandbox-server/providers/kind/node-shell/node-command.ts'
import {
  createFrameReader,
  encodeFrame,
  parseRequest,
  parseSize,
} from '../../../../../sandbox-server/providers/kind/node-shell/node-shell-protocol.ts'

const request = (...pieces: string[]) =>
  parseRequest(Buffer.from(pieces.map((piece) => `${piece}\0`).join('')))
const frame = (letter: string, data: string) => {
  const head = Buffer.from(`${letter}0000`)
  head.writeUInt32BE(Buffer.byteLength(data), 1)
  return Buffer.concat([head, Buffer.from(data)])
}

describe('requests of a node shell', () => {
  it('are read over every border of pieces', () => {
    const bytes = Buffer.concat([frame('R', 'a=ä\0'), frame('I', ''), frame('W', '80 24'), frame('E', '')])
    for (let size = 1; size <= bytes.length; size++) {
      const read = createFrameReader()
      const frames = []
      for (let at = 0; at < bytes.length; at += size) frames.push(...read(bytes.subarray(at, at + size)))
      expect(frames.map(({ type, data }) => `${type} ${Buffer.from(data)}`)).toEqual([
        'request a=ä\0',
        'input ',
        'size 80 24',
        'inputEnd ',
      ])
    }
    expect(Buffer.from(encodeFrame('exit', '7')).toString('latin1')).toBe('X\0\0\0\x017')
    expect(() => createFrameReader()(Buffer.from('Q\0\0\0\0'))).toThrow('no frame')
    expect(() => createFrameReader()(Buffer.from('I\x7f\0\0\0'))).toThrow('no frame')
  })

  it('become an exec whose options are ours, and whose command is theirs', () => {
    const exec = request(
      'command=exec',
      'interactive=1',
      'tty=1',
      'size=90 30',
      'user=0',
      'workdir=/tmp',
      'env=A=b c',
      'node=w',
      'argument=--privileged',
      'argument=',
    )
    if (exec.command !== 'exec') throw new Error('no exec')
    expect(exec.size).toEqual({ columns: 90, rows: 30 })
    expect(execArguments({ name: 'docker' }, 'box', exec, 'ID')).toEqual([
      ...[
        'exec',
        '--interactive',
        '--tty',
        '--detach-keys=ctrl-@,q,ctrl-@,z,ctrl-@',
        '--user=0',
        '--workdir=/tmp',
      ],
      ...['--env=A=b c', '--env=FAIRLEAD_NODE_SHELL=ID', 'box', '--privileged', ''],
    ])
    expect(
      execArguments({ name: 'nerdctl' }, 'box', { ...exec, tty: false, interactive: false }, 'ID'),
    ).not.toContain('--interactive')
  })

  it.each([
    [['command=exec', 'node=w']],
    [['command=run', 'node=w', 'argument=x']],
    [['command=exec', 'node=w', 'argument=x', 'user=0 --privileged']],
    [['command=exec', 'node=w', 'argument=x', 'user=--privileged']],
    [['command=exec', 'node=w', 'argument=x', 'workdir=tmp']],
    [['command=exec', 'node=w', 'argument=x', 'env=--x']],
    [['command=exec', 'node=w', 'argument=x', 'privileged=1']],
    [['command=exec', 'node=w', 'argument=x', 'size=80']],
  ])('are refused: %j', (pieces) => {
    expect(() => request(...pieces)).toThrow()
  })

  it('give a size only where it is one', () => {
    expect(parseSize(Buffer.from('80 24'))).toEqual({ columns: 80, rows: 24 })
    expect(parseSize(Buffer.from('0 0'))).toEqual({ columns: 2, rows: 1 })
    expect(parseSize(Buffer.from('x'))).toBeUndefined()
  })
})
