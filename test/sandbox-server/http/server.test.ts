import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLearnerCookies } from '../../../sandbox-server/auth/learner-cookie.ts'
import { createOriginPolicy } from '../../../sandbox-server/auth/origin.ts'
import { AppError } from '../../../sandbox-server/contract/errors.ts'
import { createHttpServer } from '../../../sandbox-server/http/server.ts'
import { inlineScriptHashes } from '../../../sandbox-server/platform/site-files.ts'
import { Sandboxes } from '../../../sandbox-server/sandboxes/sandboxes.ts'
import { openSqliteStore } from '../../../sandbox-server/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../../sandbox-server/store/store.ts'
import { FakeProvider } from '../../fakes/fake-provider.ts'
import { testLesson } from '../../fakes/lesson.ts'
import { manualTimers, settle } from '../../fakes/manual-timers.ts'
import { silentLog } from '../../fakes/silent-log.ts'

const secret = new Uint8Array(32).fill(7)
const cookies = createLearnerCookies(secret)
const lesson = '/api/v1/lessons/pod-to-service/selectors'

let store: Store
let provider: FakeProvider
let log: ReturnType<typeof silentLog>
let app: Awaited<ReturnType<typeof createHttpServer>>

const serve = async (site: string, requestsPerMinute = 1000) => {
  const timers = manualTimers()
  const limits = { live: 10, livePerLearner: 3, queued: 10, idleMs: 60_000, keepDays: 7 }
  const sandboxes = new Sandboxes({
    providers: [provider],
    store,
    timers,
    log,
    limits,
    lesson: testLesson,
  })
  const catalog = {
    slugs: () => ['pod-to-service/selectors', 'broken/lesson'],
    get(slug: string) {
      if (slug === 'pod-to-service/selectors') return testLesson()
      if (slug === 'broken/lesson')
        throw new AppError('LESSON_BROKEN', 'lessons/01-broken/01-lesson/exercise.yaml:3:5: checks: no')
      throw new AppError('NOT_FOUND', `There is no lesson ${slug}.`)
    },
  }
  return await createHttpServer({
    services: { catalog, sandboxes, store, timers, log, version: '1.2.3' },
    site,
    scriptHashes: inlineScriptHashes(site),
    trustProxy: false,
    cookies,
    origins: createOriginPolicy({ host: '127.0.0.1' }),
    secureCookies: false,
    log,
    requestsPerMinute,
  })
}

beforeEach(async () => {
  const site = await mkdtemp(join(tmpdir(), 'fairlead-site-'))
  await writeFile(join(site, 'index.html'), '<script>start()</script><script src="/a.js"></script>')
  await writeFile(join(site, '404.html'), 'no such page')
  store = await openSqliteStore(':memory:')
  provider = new FakeProvider()
  log = silentLog()
  app = await serve(site)
  return async () => {
    await app.close()
    await store.close()
    await rm(site, { recursive: true })
  }
})

/** A browser of one learner: keeps its cookie. */
function browser() {
  let cookie = cookies.issue().value
  return {
    get cookie() {
      return cookie
    },
    async ask(
      method: 'GET' | 'POST' | 'PUT',
      url: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const response = await app.inject({
        method,
        url,
        headers: { cookie: `fairlead-learner=${cookie}`, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      const set = response.cookies.find(({ name }) => name === 'fairlead-learner')
      if (set) cookie = set.value
      await settle()
      return response
    },
    forge(value: string) {
      cookie = value
    },
  }
}

describe('identity', () => {
  it('gives a newcomer a signed cookie that scripts cannot read', async () => {
    const response = await app.inject({ url: '/', headers: { accept: 'text/html' } })
    const [cookie] = response.cookies
    expect(cookie).toMatchObject({ name: 'fairlead-learner', httpOnly: true, sameSite: 'Lax', path: '/' })
    expect(cookies.verify(cookie?.value ?? '')).toBeDefined()
  })

  it.each(['ada.AAAA', 'nonsense', '', '.', `${'x'.repeat(5000)}`])(
    'replaces the forged cookie %j, and its learner sees nothing of another one',
    async (forged) => {
      const one = browser()
      one.forge(forged)
      const response = await one.ask('GET', '/api/v1/progress')
      expect([response.statusCode, response.json()]).toEqual([200, { lessons: {} }])
      expect(cookies.verify(one.cookie)).toBeDefined()
    },
  )

  it('refuses what another site asks to change', async () => {
    const response = await browser().ask('POST', `${lesson}/sandbox`, {}, { origin: 'https://evil.example' })
    expect([response.statusCode, response.json().error.code]).toEqual([403, 'FORBIDDEN_ORIGIN'])
    const own = { origin: 'http://localhost:80', host: 'localhost:80' }
    expect((await browser().ask('POST', `${lesson}/sandbox`, {}, own)).statusCode).toBe(403)
    const port = { origin: 'http://localhost:4780', host: 'localhost:4780' }
    expect((await browser().ask('POST', `${lesson}/sandbox`, {}, port)).statusCode).toBe(200)
    // A foreign name that was pointed at 127.0.0.1.
    const rebound = { origin: 'http://evil.example:4780', host: 'evil.example:4780' }
    expect((await browser().ask('POST', `${lesson}/sandbox`, {}, rebound)).statusCode).toBe(403)
  })
})

describe('answers', () => {
  it('are kept and come back with the progress', async () => {
    const one = browser()
    const answered = await one.ask('PUT', `${lesson}/answers/recall`, { option: 'b' })
    expect(answered.statusCode).toBe(204)
    const progress = (await one.ask('GET', '/api/v1/progress')).json()
    expect(progress.lessons['pod-to-service/selectors']).toMatchObject({
      answers: { recall: 'b' },
      attempts: 0,
    })
    expect((await browser().ask('GET', '/api/v1/progress')).json()).toEqual({ lessons: {} })
  })

  it.each([
    [{ option: '' }, 'body.option'],
    [{}, 'body.option'],
    [{ option: 'a', more: 1 }, 'body'],
  ])('%j is refused with the place: %s', async (body, path) => {
    const response = await browser().ask('PUT', `${lesson}/answers/recall`, body)
    expect([response.statusCode, response.json().error]).toEqual([
      400,
      { code: 'BAD_REQUEST', message: expect.stringContaining(path), path },
    ])
  })
})

describe('a sandbox', () => {
  it('is opened, gives its kubeconfig and its files as a zip, and takes files', async () => {
    const one = browser()
    const opened = await one.ask('POST', `${lesson}/sandbox`)
    expect(opened.json().sandbox).toMatchObject({ state: 'starting', lesson: 'pod-to-service/selectors' })
    const kubeconfig = await one.ask('GET', `${lesson}/kubeconfig`)
    expect([kubeconfig.statusCode, kubeconfig.headers['content-type'], kubeconfig.body]).toEqual([
      200,
      'application/yaml',
      'apiVersion: v1\nkind: Config\n',
    ])
    const uploaded = await one.ask('POST', `${lesson}/files`, {
      files: [{ path: 'b/c.yaml', content: 'c\n' }],
    })
    expect(uploaded.json()).toEqual({ files: [{ path: 'b/c.yaml', content: 'c\n', revision: 2 }] })
    const zip = await one.ask('GET', `${lesson}/files.zip`)
    expect(zip.headers['content-type']).toBe('application/zip')
    expect(zip.rawPayload.subarray(0, 4)).toEqual(Buffer.from('PK\x03\x04'))
    expect(zip.rawPayload.includes('b/c.yaml')).toBe(true)
  })

  it.each([
    ['POST', 'files', { files: [{ path: '../x', content: '' }] }, 400],
    ['POST', 'files', { files: [] }, 400],
    ['GET', 'kubeconfig', undefined, 409],
    ['GET', 'files.zip', undefined, 409],
    ['GET', 'solution', undefined, 403],
  ] as const)(
    '%s %s without an open sandbox or attempt is a clear error',
    async (method, path, body, status) => {
      const response = await browser().ask(method, `${lesson}/${path}`, body)
      expect([response.statusCode, Object.keys(response.json())]).toEqual([status, ['error']])
    },
  )

  it('is of the kind that was asked for, among those that the lesson can be done on', async () => {
    const one = browser()
    const choices = await one.ask('GET', `${lesson}/clusters`)
    expect(choices.json()).toEqual({ choices: [{ provider: 'simulated', default: true, expectedMs: 10 }] })
    const refused = await one.ask('POST', `${lesson}/sandbox`, { provider: 'kind' })
    expect([refused.statusCode, refused.json().error]).toEqual([
      400,
      {
        code: 'BAD_REQUEST',
        message: 'You cannot have a kind cluster for this exercise. This server does not offer it.',
        hint: 'Choose another kind of cluster: simulated.',
      },
    ])
    const opened = await one.ask('POST', `${lesson}/sandbox`, { provider: 'simulated' })
    expect(opened.json().sandbox.provider).toBe('simulated')
  })

  it('shows the solution after the first attempt', async () => {
    const one = browser()
    const learner = cookies.verify(one.cookie)
    if (!learner) throw new Error('no learner')
    const attempt = {
      id: 'a',
      lesson: 'x/y',
      startedAt: 1,
      durationMs: 1,
      points: 0,
      outOf: 100,
      results: [],
    }
    await store.attempts.add({ learner, lesson: testLesson().slug }, attempt)
    expect((await one.ask('GET', `${lesson}/solution`)).json()).toEqual({ files: testLesson().solution })
    expect((await one.ask('GET', `${lesson}/attempts`)).json()).toEqual({ attempts: [attempt] })
  })
})

describe('errors', () => {
  it('a broken exercise.yaml is told with its place, and the server goes on', async () => {
    const response = await browser().ask('POST', '/api/v1/lessons/broken/lesson/sandbox')
    expect([response.statusCode, response.json()]).toEqual([
      500,
      {
        error: {
          code: 'LESSON_BROKEN',
          message: 'lessons/01-broken/01-lesson/exercise.yaml:3:5: checks: no',
        },
      },
    ])
    expect((await app.inject('/healthz')).json()).toEqual({
      status: 'ok',
      version: '1.2.3',
      sandboxes: 0,
      clusters: [{ provider: 'simulated', state: 'available', live: 0, queued: 0, suspended: 0, limit: 10 }],
    })
  })

  it.each([
    ['no JSON', '{', 'application/json', 400, 'BAD_REQUEST'],
    ['XML', '<a/>', 'application/xml', 400, 'BAD_REQUEST'],
    ['a large body', `{"option":"${'x'.repeat(300_000)}"}`, 'application/json', 413, 'TOO_LARGE'],
  ])('%s is refused', async (_, payload, type, status, code) => {
    const response = await app.inject({
      method: 'PUT',
      url: `${lesson}/answers/recall`,
      headers: { 'content-type': type },
      payload,
    })
    expect([response.statusCode, response.json().error.code]).toEqual([status, code])
  })

  it('an unknown address is the site’s own page for a person and JSON for a program', async () => {
    const page = await app.inject({ url: '/nowhere', headers: { accept: 'text/html' } })
    expect([page.statusCode, page.body]).toEqual([404, 'no such page'])
    const api = await app.inject({ url: '/api/v1/nowhere', headers: { accept: 'text/html' } })
    expect([api.statusCode, api.json().error.code]).toEqual([404, 'NOT_FOUND'])
  })

  it('what breaks inside is one INTERNAL, with its cause in the log alone', async () => {
    await store.close()
    const response = await browser().ask('GET', '/api/v1/progress')
    expect([response.statusCode, response.json().error]).toEqual([
      500,
      { code: 'INTERNAL', message: 'Something broke on the server.', hint: 'Its log says what.' },
    ])
    expect(log.lines).toHaveLength(1)
    store = await openSqliteStore(':memory:')
  })
})

describe('headers', () => {
  it('allow the scripts of the site, inline ones by hash alone, and workers from blobs', async () => {
    const policy = String((await app.inject('/')).headers['content-security-policy'])
    expect(policy.split(';').filter((part) => /^(default|script|worker|frame)/.test(part))).toEqual([
      "default-src 'none'",
      "script-src 'self' 'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='",
      "worker-src 'self' blob:",
      "frame-ancestors 'none'",
    ])
  })
})

it('more requests than allowed are refused until the minute is over', async () => {
  const limited = await serve(tmpdir(), 2)
  const codes = []
  for (let request = 0; request < 3; request++) {
    const response = await limited.inject('/api/v1/progress')
    codes.push([response.statusCode, response.json().error?.code])
  }
  await limited.close()
  expect(codes).toEqual([
    [200, undefined],
    [200, undefined],
    [429, 'RATE_LIMITED'],
  ])
})

it('OpenAPI describes every route of the API', async () => {
  const openapi = (await app.inject('/api/openapi.json')).json()
  expect(Object.keys(openapi.paths).sort()).toEqual([
    '/api/v1/lessons/{chapter}/{lesson}/answers/{id}',
    '/api/v1/lessons/{chapter}/{lesson}/attempts',
    '/api/v1/lessons/{chapter}/{lesson}/clusters',
    '/api/v1/lessons/{chapter}/{lesson}/files',
    '/api/v1/lessons/{chapter}/{lesson}/files.zip',
    '/api/v1/lessons/{chapter}/{lesson}/kubeconfig',
    '/api/v1/lessons/{chapter}/{lesson}/sandbox',
    '/api/v1/lessons/{chapter}/{lesson}/solution',
    '/api/v1/progress',
    '/healthz',
    '/readyz',
  ])
})
