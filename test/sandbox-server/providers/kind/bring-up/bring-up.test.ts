import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../../../sandbox-server/contract/errors.ts'
import { accessSchema, clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import type { Step } from '../../../../../sandbox-server/contract/sandbox.ts'
import { replaceFile } from '../../../../../sandbox-server/platform/files.ts'
import {
  type BringUpOptions,
  bringUp,
} from '../../../../../sandbox-server/providers/kind/bring-up/bring-up.ts'
import type { ClusterRecord } from '../../../../../sandbox-server/providers/kind/cluster-record.ts'
import { type FakeEngine, fakeEngine } from './fake-engine.ts'

const name = 'fairlead-s-abc'

describe('bringUp', () => {
  let folder = ''
  let saved: ClusterRecord[] = []
  let steps: readonly Step[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bring-up-'))
    saved = []
    steps = []
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** A kind that runs this script. */
  function options(engine: FakeEngine, script: string, more: Partial<BringUpOptions> = {}): BringUpOptions {
    const kind = join(folder, 'kind')
    writeFileSync(kind, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
    return {
      engine,
      kind,
      server: 's',
      nodeImage: 'node:1',
      limits: { pids: 4096 },
      subnets: '10.201.0.0/16',
      cluster: { name, spec: clusterSpecSchema.parse({ nodes: 2 }), access: accessSchema.parse({}) },
      records: {
        folder: (one) => join(folder, one),
        save: (record) => {
          saved.push(record)
          replaceFile(join(folder, record.name, 'record.json'), JSON.stringify(record))
        },
        remove: (one) => rmSync(join(folder, one), { recursive: true }),
      },
      hooks: { addOns: async () => {}, toolbox: async () => {}, access: async (record) => record },
      progress: (reported) => {
        steps = reported
      },
      signal: new AbortController().signal,
      ...more,
    }
  }

  const stepStates = () => steps.map((step) => `${step.name}: ${step.state}`)

  it('writes the record before anything is made, then network and volumes, then runs kind by its shim', async () => {
    let before: ClusterRecord | undefined
    const engine = fakeEngine((args) => {
      if (args.startsWith('network create')) before = saved.at(-1)
      return ''
    })
    const script = `env > ${folder}/env; echo "$@" > ${folder}/args; command -v docker > ${folder}/docker; exit 1`
    await expect(bringUp(options(engine, script))).rejects.toBeInstanceOf(AppError)
    expect(before).toMatchObject({ name, phase: 'starting' })
    expect(engine.calls.filter((call) => /^(network|volume) create/.test(call))).toHaveLength(3)
    const read = (file: string) => readFileSync(join(folder, file), 'utf8').trim()
    expect(read('docker')).toBe(join(folder, name, 'bin/docker'))
    expect(read('env')).toContain(`KIND_EXPERIMENTAL_DOCKER_NETWORK=${name}`)
    expect(read('args')).toBe(
      `create cluster --name ${name} --config ${folder}/${name}/config.yaml --retain --kubeconfig ${folder}/${name}/kind.kubeconfig`,
    )
  })

  it('removes everything where kind fails, and says why with the end of its log', async () => {
    const engine = fakeEngine(() => '')
    const script =
      'echo " • Preparing nodes 📦  ..." >&2; echo "ERROR: failed to create cluster: no space left on device" >&2; exit 1'
    await expect(bringUp(options(engine, script))).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: 'The disk of this machine is full.',
      log: expect.stringContaining('Preparing nodes'),
    })
    expect(existsSync(join(folder, name))).toBe(false)
    expect(engine.calls).toContain(`ps --all --quiet --no-trunc --filter label=dev.fairlead.cluster=${name}`)
    expect(stepStates()).toContain('Node containers: failed')
  })

  it('tries once more where a port was taken in between', async () => {
    const script = `echo x >> ${folder}/tries; echo "port is already allocated" >&2; exit 1`
    await expect(
      bringUp(
        options(
          fakeEngine(() => ''),
          script,
        ),
      ),
    ).rejects.toThrow('taken by another program')
    expect(readFileSync(join(folder, 'tries'), 'utf8')).toBe('x\nx\n')
  })

  it('names a node image that is not there, and does not let kind pull it', async () => {
    const engine = fakeEngine((args) => {
      if (!args.startsWith('image inspect')) return ''
      throw new AppError('PROVIDER_FAILED', 'x', { log: 'Error response from daemon: No such image: node:1' })
    })
    await expect(bringUp(options(engine, `touch ${folder}/ran`))).rejects.toMatchObject({
      message: 'The node image node:1 is not on this machine.',
      hint: 'Run fairlead images pull, or fairlead images load with a bundle.',
    })
    expect(existsSync(join(folder, 'ran'))).toBe(false)
    expect(stepStates()).toContain('Node image: failed')
  })

  it('ends kind when called off, waits for the others, removes everything and gives the reason', async () => {
    const caller = new AbortController()
    const events: string[] = []
    const engine = fakeEngine((args) => {
      if (args.startsWith('ps ')) events.push('removal')
      return ''
    })
    const toolbox = (_: ClusterRecord, signal: AbortSignal) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => {
          setTimeout(() => {
            events.push('toolbox ended')
            reject(signal.reason)
          }, 50)
        })
      })
    const hooks = { ...options(engine, '').hooks, toolbox }
    const script = 'echo " • Preparing nodes  ..."; exec sleep 60'
    const onPreparing = (reported: readonly Step[]) => {
      if (reported.some((step) => step.name === 'Node containers' && step.state === 'running'))
        caller.abort(new Error('called off'))
    }
    const all = options(engine, script, { hooks, signal: caller.signal, progress: onPreparing })
    await expect(bringUp(all)).rejects.toThrow('called off')
    expect(events.slice(0, 2)).toEqual(['toolbox ended', 'removal'])
    expect(existsSync(join(folder, name))).toBe(false)
  })

  it('ends kind where something beside it fails, and tells that', async () => {
    const hooks = {
      ...options(
        fakeEngine(() => ''),
        '',
      ).hooks,
    }
    hooks.toolbox = async () => {
      throw new AppError('PROVIDER_FAILED', 'The toolbox image is not there.')
    }
    const all = options(
      fakeEngine(() => ''),
      'exec sleep 60',
      { hooks },
    )
    await expect(bringUp(all)).rejects.toThrow('The toolbox image is not there.')
    expect(stepStates()).toContain('Your terminal: failed')
  })

  it('keeps the record where something could not be removed, so that it is found later', async () => {
    const engine = fakeEngine((args) => {
      if (args.startsWith('ps ')) throw new AppError('PROVIDER_FAILED', 'the engine is gone')
      return ''
    })
    await expect(bringUp(options(engine, 'echo "no space left on device"; exit 1'))).rejects.toMatchObject({
      message: 'The disk of this machine is full.',
      hint: expect.stringMatching(/could not be removed .*the engine is gone.*Run fairlead sandbox gc\.$/),
    })
    expect(existsSync(join(folder, name, 'record.json'))).toBe(true)
  })
})
