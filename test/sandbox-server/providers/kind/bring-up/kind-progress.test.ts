import { describe, expect, it } from 'vitest'
import { readKindLine } from '../../../../../sandbox-server/providers/kind/bring-up/kind-progress.ts'

/** What kind v0.33 printed for two nodes, without a terminal. */
const printed = `Creating cluster "fairlead-a-b" ...
 • Ensuring node image (kindest/node:v1.37.0) 🖼️  ...
WARNING: Overriding docker network due to KIND_EXPERIMENTAL_DOCKER_NETWORK
 ✓ Ensuring node image (kindest/node:v1.37.0) 🖼️
 • Preparing nodes 📦 📦   ...
 ✓ Preparing nodes 📦 📦 
 • Writing configuration 📜  ...
 ✓ Writing configuration 📜
 • Starting control-plane 🕹️  ...
 ✓ Starting control-plane 🕹️
 • Installing CNI 🔌  ...
 ✓ Installing CNI 🔌
 • Installing StorageClass 💾  ...
 ✓ Installing StorageClass 💾
 • Joining worker nodes 🚜  ...
 ✗ Joining worker nodes 🚜
ERROR: failed to create cluster: failed to join node with kubeadm
`

describe('readKindLine', () => {
  it('tells what began, ended and failed, and passes over the rest', () => {
    const events = printed.split('\n').flatMap((line) => readKindLine(line) ?? [])
    expect(events.map(({ part, state }) => `${part} ${state}`)).toEqual([
      ...['image running', 'image done', 'nodes running', 'nodes done'],
      ...['configuration running', 'configuration done', 'controlPlane running', 'controlPlane done'],
      ...['cni running', 'cni done', 'storage running', 'storage done', 'workers running', 'workers failed'],
    ])
  })
})
