import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { readConfig } from '../../../sandbox-server/platform/config.ts'

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
