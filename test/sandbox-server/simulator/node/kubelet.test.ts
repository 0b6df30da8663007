import { expect, test } from 'vitest'
import { agnhostImage, startOneNode } from './one-node.ts'

const pauseContainer = { name: 'main', image: agnhostImage, args: ['pause'] }

test('a pod becomes Ready, with an address of the plugin and the events of a kubelet', async () => {
  const node = await startOneNode()
  node.run('client', { containers: [pauseContainer] })
  await node.until(() => node.condition('client', 'Ready') === 'True')
  expect(node.events('client')).toEqual([
    `Normal Pulled 1: Container image "${agnhostImage}" already present on machine and can be accessed by the pod`,
    'Normal Created 1: Container created',
    'Normal Started 1: Container started',
  ])
  const status = node.pod('client')?.status
  expect(status?.phase).toBe('Running')
  expect(status?.podIP).toBe('10.244.1.2')
  expect(status?.hostIP).toBe('172.18.0.3')
  expect(await node.logs('client')).toBe('Paused\nSignals registered\n')
})
