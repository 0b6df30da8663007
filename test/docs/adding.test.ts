import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Check } from '../../sandbox-server/contract/check.ts'
import { root } from '../architecture/source-files.ts'
import { clock, fakeCluster } from '../sandbox-server/checks/fake-cluster.ts'
import { carryOut, readExamples } from './worked-examples.ts'

const folder = join(root, 'test/docs/.worked-examples')
const examples = readExamples('docs/developers/adding.md')
const load = (path: string) => import(/* @vite-ignore */ join(folder, 'sandbox-server', path))

describe('the worked examples of docs/developers/adding.md', () => {
  beforeAll(() => carryOut(examples, folder))

  it('need one new file and at most two edits each', () => {
    const sizes = examples.map(({ title, created, edited }) => [
      title,
      Object.keys(created).length,
      Object.keys(edited).length,
    ])
    expect(sizes).toEqual([
      ['A check kind', 1, 2],
      ['A shell command', 1, 1],
      ['A controller', 1, 1],
    ])
  })

  it('add a check kind that authors can write and learners read', async () => {
    const { checkSchema } = await load('contract/check.ts')
    const { runChecks } = await load('checks/run-checks.ts')
    const check: Check = checkSchema.parse({
      id: 'ready',
      kind: 'ready-pods',
      title: 'Two pods of web are ready',
      weight: 100,
      selector: 'app=web',
      expect: 2,
    })
    const pod = (status: string) => ({
      metadata: { name: `web-${status}`, namespace: 'demo', labels: { app: 'web' } },
      status: { conditions: [{ type: 'Ready', status }] },
    })
    const client = fakeCluster({ objects: { '/api/v1/namespaces/demo/pods': [pod('True'), pod('False')] } })
    const exercise = { namespace: 'demo', checks: [check] }
    const [result] = await runChecks({
      exercise,
      client,
      quiz: {},
      clock,
      signal: new AbortController().signal,
    })
    expect(result.message).toBe(
      'Looked for 2 ready pods with app=web: 1 of 2 pods are ready. See kubectl get pods -l app=web.',
    )
  })

  it('add a shell command that runs in a pipe and appears in help', async () => {
    const { commands } = await load('simulator/shell/commands/index.ts')
    const { createPipe, toText } = await load('simulator/node/streams.ts')
    const [input, output] = [createPipe(), createPipe()]
    await input.writer.write('Hello\nNode 1')
    input.writer.end()
    const signal = new AbortController().signal
    const exitCode = await commands.rot13.program({
      argv: ['rot13'],
      stdin: input.reader,
      stdout: output.writer,
      signal,
    })
    output.writer.end()
    let text = ''
    for (let data = await output.reader.read(); data; data = await output.reader.read()) text += toText(data)
    expect({ exitCode, text, summary: commands.rot13.summary }).toEqual({
      exitCode: 0,
      text: 'Uryyb\nAbqr 1\n',
      summary: 'turn every letter of standard input by half the alphabet',
    })
  })

  it('add a controller that is started with the others', async () => {
    const { controllers } = await load('simulator/controllers/index.ts')
    const { createObjectStore } = await load('simulator/api/object-store.ts')
    const { SimulatedClock } = await load('simulator/clock.ts')
    const { seededRandom } = await load('simulator/random.ts')
    const { namespaces, pods, serviceAccounts } = await load('simulator/api/resources.ts')
    const time = new SimulatedClock(0)
    const random = seededRandom(1)
    const objects = createObjectStore({ clock: time, random })
    objects.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { team: 'blue' } },
    })
    objects.create(serviceAccounts, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'shop' },
    })
    const controller = controllers.find((one: { name: string }) => one.name === 'team-label')
    controller.start({ objects, clock: time, random })
    objects.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    })
    await time.advance(100)
    expect(objects.get(pods, { namespace: 'shop', name: 'web' }).metadata.labels).toEqual({ team: 'blue' })
  })
})
