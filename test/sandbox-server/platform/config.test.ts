import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { kindVariables, readConfig } from '../../../sandbox-server/platform/config.ts'

it('flags win over variables, variables over defaults', () => {
  const config = readConfig(
    { port: '5000' },
    { FAIRLEAD_PORT: '6000', FAIRLEAD_MAX_SANDBOXES_PER_LEARNER: '2' },
  )
  expect(config).toMatchObject({
    port: 5000,
    maxSandboxesPerLearner: 2,
    host: '127.0.0.1',
    data: resolve('.fairlead'),
    trustProxy: false,
  })
})

it('names flag, variable and value of everything that is wrong', () => {
  const read = () =>
    readConfig({ port: '99999' }, { FAIRLEAD_PUBLIC_URL: 'learn.example', FAIRLEAD_IDLE_MINUTES: 'x' })
  expect(read).toThrow(
    [
      '--port (FAIRLEAD_PORT): Too big: expected number to be <=65535; got "99999"',
      '--public-url (FAIRLEAD_PUBLIC_URL): Invalid URL; got "learn.example"',
      '--idle-minutes (FAIRLEAD_IDLE_MINUTES): Invalid input: expected number, received NaN; got "x"',
    ].join('\n'),
  )
})

it('gives the settings of kind by the variables that its provider reads, flags over variables', () => {
  const environment = {
    FAIRLEAD_KIND_WARM: '3',
    FAIRLEAD_KIND_MAX_CLUSTERS: '4',
    FAIRLEAD_KIND_NODE_CPUS: '2',
  }
  const config = readConfig({ warm: '0', toolboxImage: 'toolbox:1' }, environment)
  expect(config).toMatchObject({
    clusters: 'auto',
    defaultClusters: 'simulated',
    warm: 0,
    maxKindClusters: 4,
  })
  expect(kindVariables(config, environment)).toEqual({
    FAIRLEAD_KIND_WARM: '0',
    FAIRLEAD_KIND_MAX_CLUSTERS: '4',
    FAIRLEAD_KIND_NODE_CPUS: '2',
    FAIRLEAD_KIND_TOOLBOX_IMAGE: 'toolbox:1',
  })
  const read = () => readConfig({ warm: 'many' }, { FAIRLEAD_CLUSTERS: 'docker' })
  expect(read).toThrow(
    '--warm (FAIRLEAD_KIND_WARM): Invalid input: expected number, received NaN; got "many"',
  )
  expect(read).toThrow('--clusters (FAIRLEAD_CLUSTERS): Invalid option')
})
