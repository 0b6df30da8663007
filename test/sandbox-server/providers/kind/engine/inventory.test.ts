import { describe, expect, it } from 'vitest'
import { listOwned, removeCluster } from '../../../../../sandbox-server/providers/kind/engine/inventory.ts'
import { createFakeEngine, refusal } from './fake-engine.ts'

const labels = {
  'dev.fairlead.server': 'a',
  'dev.fairlead.cluster': 'fairlead-a-1',
  'dev.fairlead.role': 'node',
}

describe('what carries our labels', () => {
  it('is listed in whichever form an engine tells it', async () => {
    const engine = createFakeEngine((command) => {
      if (command.startsWith('ps')) return 'c1\n'
      if (command.startsWith('network ls')) return 'n1\n'
      if (command.startsWith('volume ls')) return ''
      if (command === 'container inspect c1')
        return JSON.stringify([
          { Name: '/fairlead-a-1-node', Config: { Labels: labels }, State: { Status: 'running' } },
        ])
      return JSON.stringify([{ name: 'fairlead-a-1', labels: { ...labels, 'dev.fairlead.role': 'network' } }])
    }, 'podman')
    const common = { cluster: 'fairlead-a-1', server: 'a' }
    expect(await listOwned(engine, 'a')).toEqual([
      { kind: 'container', name: 'fairlead-a-1-node', role: 'node', state: 'running', ...common },
      { kind: 'network', name: 'fairlead-a-1', role: 'network', ...common },
    ])
    expect(engine.calls).toContain('ps --all --quiet --no-trunc --filter label=dev.fairlead.server=a')
  })

  it('is listed again when one of it went away meanwhile', async () => {
    let looks = 0
    const engine = createFakeEngine((command) => {
      if (command.startsWith('ps')) return looks === 0 ? 'c1\nc2\n' : ''
      if (command.startsWith('container inspect')) {
        looks++
        throw refusal('Error response from daemon: No such container: c2')
      }
      return ''
    })
    expect(await listOwned(engine)).toEqual([])
  })
})

describe('removing a cluster', () => {
  /** An engine with things that removal commands take away. */
  const engineWith = (
    things: { containers: string[]; volumes: string[]; networks: string[] },
    fails = () => false,
  ) =>
    createFakeEngine((command) => {
      const [verb = '', second] = command.split(' ')
      const names = command.split(' ').filter((word) => !word.startsWith('-'))
      if (verb === 'ps')
        return command.includes('label=dev.fairlead.cluster') ? things.containers.join('\n') : ''
      if (second === 'ls') return (verb === 'network' ? things.networks : things.volumes).join('\n')
      if (fails()) throw refusal('Error response from daemon: device or resource busy')
      if (verb === 'rm') things.containers = things.containers.filter((name) => !names.includes(name))
      if (verb === 'volume') things.volumes = []
      if (verb === 'network') things.networks = []
      return ''
    })

  it('takes containers before the volumes and the network that they hold', async () => {
    const engine = engineWith({ containers: ['c1', 'c2'], volumes: ['v1'], networks: ['n1'] })
    await removeCluster(engine, 'fairlead-a-1')
    expect(engine.calls.filter((call) => / rm |^rm /.test(call))).toEqual([
      'rm --force --volumes c1 c2',
      'volume rm --force v1',
      'network rm n1',
    ])
  })

  it('does nothing where nothing is left', async () => {
    const engine = engineWith({ containers: [], volumes: [], networks: [] })
    await removeCluster(engine, 'fairlead-a-1')
    expect(engine.calls.filter((call) => / rm |^rm /.test(call))).toEqual([])
  })

  it('tries again, and names what stays and why', async () => {
    const engine = engineWith({ containers: ['c1'], volumes: [], networks: ['n1'] }, () => true)
    await expect(removeCluster(engine, 'fairlead-a-1')).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message:
        'Cluster fairlead-a-1 is not all gone (container c1, network n1): Error response from daemon: device or resource busy',
      hint: 'Run fairlead sandbox gc once docker works again.',
    })
  })
})
