// What a learner loses, and what the machine keeps, when servers, containers, disks and images fail under real clusters.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SocketPage } from '../drivers/socket-page.ts'
import { docker, images, KindSite, shell, stateOf } from './support/kind-site.ts'

const file = 'my-service.yaml'
const service = `apiVersion: v1
kind: Service
metadata:
  name: my-service
spec:
  selector:
    app: myapp
  ports:
    - port: 80
      targetPort: 8080
`
const bringUpMs = 240_000

let site: KindSite
beforeEach(() => {
  site = new KindSite()
})
afterEach(async () => {
  const left = site.orphans()
  await site.remove()
  expect(left).toEqual([])
  expect(site.things()).toEqual([])
}, 120_000)

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`
const tell = (what: string) => process.stdout.write(`    ${what}\n`)

async function untilTrue(look: () => boolean, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!look()) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const revision = (page: SocketPage) =>
  Math.max(
    ...page.messages
      .flatMap((message) => {
        if (message.type === 'files') return message.files.filter(({ path }) => path === file)
        return message.type === 'file-changed' && message.file.path === file ? [message.file] : []
      })
      .map((one) => one.revision),
  )

async function save(page: SocketPage, content: string): Promise<void> {
  await page.ask({ type: 'file-write', path: file, content, baseRevision: revision(page) }, 'done')
}

const textOf = (page: SocketPage, path = file) =>
  page
    .of('files')
    .at(-1)
    ?.files.find((one) => one.path === path)?.content

/** The learner saves and applies a Service, and leaves a file and a line in the terminal. */
async function work(page: SocketPage): Promise<void> {
  await save(page, service)
  await page.ask({ type: 'apply', path: file }, 'applied')
  expect((await shell(page, 'echo left > note.txt; export MARK=1; echo work-was-done')).code).toBe(0)
}

async function expectWork(page: SocketPage): Promise<void> {
  const { code, text } = await shell(page, 'kubectl get service my-service -o name && cat note.txt')
  expect(text).toContain('service/my-service')
  expect(code).toBe(0)
  expect(textOf(page)).toBe(service)
}

describe.skipIf(!images)('a server that is killed', () => {
  it('during a bring-up leaves nothing of it to the next, which makes a new cluster', async () => {
    await site.start()
    const page = await site.page()
    await untilTrue(() => site.things().some((thing) => /control-plane$/.test(thing)), bringUpMs)
    const [before] = site.records()
    const { cookie } = page
    await site.kill()
    await site.start()
    const again = await site.page({ cookie, tab: 'tab-2' })
    const startedAt = performance.now()
    await again.ready(bringUpMs)
    tell(`a new cluster ${seconds(startedAt)} after the restart`)
    const records = site.records()
    expect(records.map(({ phase }) => phase)).toEqual(['ready'])
    expect(records[0]?.name).not.toBe(before?.name)
    expect(site.things().filter((thing) => thing.includes(before?.name ?? '?'))).toEqual([])
    expect((await shell(again, 'kubectl get pods')).code).toBe(0)
  })

  it('amid a check and an apply gives every learner objects, files and terminal back', async () => {
    await site.start()
    const pages = [await site.page(), await site.page()]
    const [one, two] = pages
    if (!one || !two) throw new Error('no pages')
    await Promise.all(pages.map((page) => page.ready(bringUpMs)))
    await Promise.all(pages.map(work))
    const clusters = site.records().map(({ name }) => name)
    one.send({ type: 'check', requestId: 'c1', quiz: {} })
    await one.until(() => one.of('check-result')[0], 60_000)
    two.send({ type: 'apply', requestId: 'a1', path: file })
    await site.kill()
    const killedAt = performance.now()
    await site.start()
    tell(`the server listens again ${seconds(killedAt)} after the kill`)
    const again = await Promise.all(
      pages.map(({ cookie, offset }) => site.page({ cookie, tab: 'tab-2', terminalOffset: offset })),
    )
    await Promise.all(again.map((page) => page.ready(bringUpMs)))
    tell(`both sandboxes are ready ${seconds(killedAt)} after the kill`)
    await Promise.all(again.map(expectWork))
    tell(`both terminals answered ${seconds(killedAt)} after the kill`)
    expect(again.map((page) => page.of('attempt'))).toEqual([[], []])
    expect(
      site
        .records()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(clusters.sort())
    const [first] = again
    const { attempt } = (await first?.ask({ type: 'check', quiz: {} }, 'attempt')) ?? {}
    expect(attempt).toBeDefined()
  })
})

describe.skipIf(!images)('containers that end under a ready sandbox', () => {
  async function untilRepaired(page: SocketPage, from: number): Promise<string[]> {
    const told = () =>
      page.messages.slice(from).flatMap((message) => (message.type === 'sandbox' ? [message.sandbox] : []))
    const startedAt = performance.now()
    await page.until(() => told().find(({ state }) => state === 'starting'), 60_000)
    tell(`the page hears of it after ${seconds(startedAt)}`)
    await page.until(() => told().find(({ state }) => state === 'ready' || state === 'failed'), bringUpMs)
    tell(`the sandbox is ready again after ${seconds(startedAt)}: ${stateOf(page)?.reason}`)
    return [...new Set(told().map(({ state, reason }) => `${state}: ${reason}`))]
  }

  it('are told to the learner and come back by themselves with all that was there', async () => {
    await site.start()
    const page = await site.page()
    await page.ready(bringUpMs)
    await work(page)
    const [record] = site.records()
    const all = [...(record?.nodes ?? []), ...(record ? [record.toolbox] : [])].map(
      ({ container }) => container,
    )

    let from = page.messages.length
    docker('kill', all[0] ?? '')
    expect(await untilRepaired(page, from)).toEqual([
      'starting: A part of your cluster ended (fairlead-control-plane); it is brought back.',
      'ready: Your cluster is ready.',
    ])
    await expectWork(page)

    // As an engine that is restarted does it.
    from = page.messages.length
    docker('kill', ...all)
    docker('start', ...all)
    expect((await untilRepaired(page, from))[0]).toBe(
      'starting: A part of your cluster ended (fairlead-control-plane, terminal); it is brought back.',
    )
    await expectWork(page)
    expect(site.records().map(({ name }) => name)).toEqual([record?.name])
  })
})

describe.skipIf(!images)('a full disk', () => {
  it('is told to whoever saves, keeps their text, and ends with the room that somebody makes', async () => {
    mkdirSync(site.data)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', site.data])
    try {
      await site.start()
      const page = await site.page()
      await page.ready(bringUpMs)
      await save(page, service)
      const filler = join(site.data, 'filler')
      expect(() => writeFileSync(filler, Buffer.alloc(32 * 1024 * 1024))).toThrow(/ENOSPC/)
      const long = `${service}# ${'more '.repeat(40_000)}\n`
      await expect(save(page, long)).rejects.toThrow(/^NOT_SAVED: my-service.yaml was NOT saved/)
      await expect(shell(page, 'true')).rejects.toThrow(/^NOT_SAVED: The command was NOT run/)
      page.type(`wc -c ${file}\r`)
      await page.until(() => page.terminal.includes(`${long.length} ${file}`))
      rmSync(filler)
      await save(page, `${long}# again\n`)
      await page.close()
      await site.kill()
      await site.start()
      const again = await site.page({ cookie: page.cookie })
      await again.ready(bringUpMs)
      expect(textOf(again)).toBe(`${long}# again\n`)
    } finally {
      await site.remove().catch(() => {})
      execFileSync('umount', [site.data])
      rmSync(site.folder, { recursive: true, force: true })
    }
  })
})

describe.skipIf(!images)('a start that cannot succeed', () => {
  it('with an image that is no node says so, with a log, and leaves nothing', async () => {
    const image = process.env['FAIRLEAD_KIND_TOOLBOX_IMAGE'] ?? ''
    await site.start('--kind-node-image', image)
    const page = await site.page()
    const failed = await page.until(() => {
      const state = stateOf(page)
      return state?.state === 'failed' ? state : undefined
    }, bringUpMs)
    tell(`${failed.reason} / ${failed.hint} / log of ${failed.log?.length ?? 0} characters`)
    expect(failed.reason).toMatch(/^The cluster could not be made: /)
    expect(failed.log ?? '').not.toBe('')
    expect(site.records()).toEqual([])
    expect(site.things()).toEqual([])
  })

  it('of a second server on the same data directory is refused in a sentence', async () => {
    const first = await site.start()
    await expect(site.start()).rejects.toThrow(/data/)
    site.server = first
    await site.start().catch((error: Error) => tell(error.message.trim()))
    site.server = first
  })
})
