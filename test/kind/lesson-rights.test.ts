// A learner may do on a real cluster all that a lesson asks of them: its files, its wrong answers and the commands of its text.
// Needs a container engine, kind and kubectl on the PATH, and FAIRLEAD_KIND_NODE_IMAGE.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLessonCatalog } from '../../sandbox-server/lessons-catalog/lesson-catalog.ts'
import { runCommand } from '../../sandbox-server/platform/commands.ts'
import { applyManifest } from '../../sandbox-server/providers/manifest/apply-manifest.ts'
import { nodeImage, startCluster, type TestCluster } from './support/start-cluster.ts'

const lessons = fileURLToPath(new URL('../../lessons', import.meta.url))
const catalog = openLessonCatalog(lessons)
/** An administrator may do everything. */
const slugs = catalog.slugs().filter((slug) => !catalog.get(slug).exercise.access.clusterAdmin)

describe.skipIf(!nodeImage).each(slugs)('%s', (slug) => {
  const { exercise, folder, start, solution, wrong } = catalog.get(slug)
  const { namespace } = exercise
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster(namespace)
  })
  afterAll(() => cluster?.remove())

  async function apply(who: 'admin' | 'learner', files: readonly { path: string; content: string }[]) {
    const manifests = files.filter(({ path }) => /\.ya?ml$/.test(path))
    const applied = []
    for (const { content } of manifests) {
      applied.push(...(await applyManifest(content, { kubernetes: cluster[who].kubernetes, namespace })))
      // A namespace's own account comes a moment after it.
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    return applied.filter(({ message }) => message !== undefined)
  }
  async function run(command: string) {
    const env = { KUBECONFIG: cluster.kubeconfigs.learner }
    const { stderr } = await runCommand('bash', ['-c', command], { env, timeoutMs: 60_000 })
    return stderr
  }

  it('starts within the learner’s Pod Security level', async () => {
    expect(
      await apply(
        'admin',
        start.filter(({ path }) => exercise.applied.includes(path)),
      ),
    ).toEqual([])
    const ready = (what: string) => {
      const parts = what.split('/')
      const [space, object] = parts.length === 3 ? [parts[0], parts.slice(1).join('/')] : [namespace, what]
      const condition = what.includes('deployment') ? 'Available' : 'Ready'
      return `kubectl -n ${space} wait ${object} --for=condition=${condition} --timeout=50s`
    }
    for (const what of exercise.waitFor) expect(await run(ready(what))).toBe('')
  })

  it('lets them apply the solution and every wrong answer', async () => {
    for (const files of [solution, ...wrong.map((one) => one.files)])
      expect(
        (await apply('learner', files)).filter(({ message }) => /forbidden/.test(message ?? '')),
      ).toEqual([])
    for (const command of wrong.flatMap(({ answer }) => answer.commands))
      expect(await run(command)).not.toMatch(/forbidden/i)
  })

  it('lets them run every command of the text that is no node’s', async () => {
    const text = readFileSync(join(lessons, folder, 'lesson.mdx'), 'utf8')
    const commands = [...text.matchAll(/command="([^"]+)"/g)].map(([, command]) => command ?? '')
    expect(commands.length).toBeGreaterThan(0)
    for (const command of commands.filter((one) => !/docker exec/.test(one)))
      expect(await run(command)).not.toMatch(/forbidden/i)
  })
})
