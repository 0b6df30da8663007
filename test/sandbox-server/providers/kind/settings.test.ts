import { describe, expect, it } from 'vitest'
import {
  kindVariable,
  readKindSettings,
  stockNodeImage,
} from '../../../../sandbox-server/providers/kind/settings.ts'

describe('settings of kind clusters', () => {
  it('are complete where nothing is set, with the node image of the kind release by its digest', () => {
    const settings = readKindSettings({})
    expect(settings).toMatchObject({
      engine: 'auto',
      nodeImage: stockNodeImage,
      subnets: '10.201.0.0/16',
      warm: 1,
    })
    expect(settings.nodeImage).toMatch(/@sha256:[0-9a-f]{64}$/)
    expect(settings.maxClusters).toBeUndefined()
  })

  it('come from variables; an empty one counts as not set', () => {
    const settings = readKindSettings({
      FAIRLEAD_KIND_NODE_IMAGE: 'example/node:v1',
      FAIRLEAD_KIND_MAX_CLUSTERS: '3',
      FAIRLEAD_KIND_NODE_MEMORY_MB: '2048',
      FAIRLEAD_KIND_TOOLBOX_IMAGE: '',
    })
    expect(settings).toMatchObject({ nodeImage: 'example/node:v1', maxClusters: 3, nodeMemoryMb: 2048 })
    expect(settings.toolboxImage).toMatch(/^fairlead\/toolbox:/)
  })

  it.each([
    ['FAIRLEAD_KIND_SUBNETS', '10.201.0.0/28', 'must hold at least one /24'],
    ['FAIRLEAD_KIND_WARM', 'many', 'expected number'],
    ['FAIRLEAD_KIND_ENGINE', 'lxc', 'docker'],
  ])('name the variable that is wrong: %s=%s', (variable, value, reason) => {
    expect(() => readKindSettings({ [variable]: value })).toThrow(new RegExp(`${variable}: .*${reason}`))
  })

  it('are named after the setting', () => {
    expect(kindVariable('nodeMemoryMb')).toBe('FAIRLEAD_KIND_NODE_MEMORY_MB')
  })
})
