import { expect, it } from 'vitest'
import { listNodes } from '../../../../../sandbox-server/providers/kind/node-shell/list-nodes.ts'
import { createFakeEngine } from '../toolbox/fake-engine.ts'

it('docker ps shows the cluster’s own nodes alone, by Kubernetes’ names', async () => {
  const { engine } = createFakeEngine(() =>
    [
      '0123456789abcdef\tkindest/node:v1\tUp 2 minutes\tc-worker2',
      '123456789abc\tkindest/node:v1\tUp 2 minutes\tc-worker',
      'ffffffffffff\tpostgres\tUp 9 days\tanother-c-worker',
    ].join('\n'),
  )
  const nodes = [
    { name: 'fairlead-worker', container: 'c-worker', address: '10.201.0.3' },
    { name: 'fairlead-worker2', container: 'c-worker2', address: '10.201.0.4' },
  ]
  expect(await listNodes(engine, { nodes })).toBe(
    `CONTAINER ID   IMAGE             STATUS         NAMES
0123456789ab   kindest/node:v1   Up 2 minutes   fairlead-worker2
123456789abc   kindest/node:v1   Up 2 minutes   fairlead-worker
`,
  )
})
