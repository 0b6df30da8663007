import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../../sandbox-server/contract/errors.ts'
import { complaints, readNodeLog } from '../../../../../sandbox-server/providers/kind/bring-up/node-log.ts'
import { fakeEngine } from './fake-engine.ts'

const node = { name: 'fairlead-worker', container: 'c-worker', address: '10.201.7.3' }

describe('complaints', () => {
  it('keeps warnings and errors, each once, and drops what is only told', () => {
    const journal = [
      'I1128 09:42:41.564200    1813 server.go:545] "Kubelet version" error="no"',
      '\tfailSwapOn: false',
      'E1128 09:42:41.1    250 kubelet.go:3596] "Unable to register mirror pod" node="a"',
      'E1128 09:42:42.2    250 kubelet.go:3596] "Unable to register mirror pod" node="a"  ',
      'panic: failed to merge KubeletConfiguration: unrecognized feature gate: Nonsense',
      'time="2026-11-28T10:03:48Z" level=info msg="no error"',
      'Started kubelet.service.',
    ]
    expect(complaints(journal.join('\n'))).toEqual([
      'E1128 09:42:42.2    250 kubelet.go:3596] "Unable to register mirror pod" node="a"',
      'panic: failed to merge KubeletConfiguration: unrecognized feature gate: Nonsense',
    ])
  })
})

describe('readNodeLog', () => {
  it('asks every node, counts what the kernel ended, and takes a refusal for an answer', async () => {
    const engine = fakeEngine((args) => {
      if (args.startsWith('inspect')) return 'running, exit code 0\n'
      if (args.startsWith('logs')) return 'INFO: starting init\nERROR: this script needs more\n'
      if (args.includes('memory.events')) return 'low 0\noom_kill 2\n'
      throw new AppError('PROVIDER_FAILED', 'exec failed', { log: 'fork: resource temporarily unavailable' })
    })
    expect(await readNodeLog(engine, [node])).toBe(
      [
        'fairlead-worker (running, exit code 0)',
        'ERROR: this script needs more',
        'The kernel ended 2 of its processes: out of memory.',
        'fork: resource temporarily unavailable',
      ].join('\n'),
    )
  })

  it('is empty where no node is there', async () => {
    const engine = fakeEngine(() => {
      throw new AppError('PROVIDER_FAILED', 'No such object')
    })
    expect(await readNodeLog(engine, [node])).toBe('')
  })
})
