// The only place where rooms are wired together: configuration in, a running server out.
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { createLearnerCookies } from './auth/learner-cookie.ts'
import { createOriginPolicy } from './auth/origin.ts'
import { AppError } from './contract/errors.ts'
import type { ClusterSpec, Exercise } from './contract/lesson.ts'
import type { Step } from './contract/sandbox.ts'
import { listen, PortInUse } from './http/listen.ts'
import { createHttpServer } from './http/server.ts'
import { createLessonFolder } from './lessons-catalog/create-lesson.ts'
import { type LessonCatalog, openLessonCatalog } from './lessons-catalog/lesson-catalog.ts'
import { type Config, kindVariables, readConfig } from './platform/config.ts'
import { openDataDirectory } from './platform/data-directory.ts'
import { fastTimers } from './platform/fast-timers.ts'
import { hostTimers, type Timers } from './platform/host-timers.ts'
import { createLog, type Log } from './platform/log.ts'
import { environment } from './platform/process.ts'
import { repositoryRoot, version } from './platform/repository.ts'
import { inlineScriptHashes } from './platform/site-files.ts'
import { type LessonsProof, proveLessons } from './proofs/prove-lessons.ts'
import { reuseClusters } from './proofs/reuse-clusters.ts'
import { openApiGateway } from './providers/api-gateway/open-api-gateway.ts'
import { readLessonImages } from './providers/kind/images/lesson-images.ts'
import type { Images } from './providers/kind/images/open-images.ts'
import { type CheckedProvider, checkAll, openAlone } from './providers/open-alone.ts'
import { openProviders } from './providers/open-providers.ts'
import type { ProviderName } from './providers/provider.ts'
import type { ProviderOptions } from './providers/provider-options.ts'
import { openProvider } from './providers/registry.ts'
import { within } from './sandboxes/deadline.ts'
import { offerLines } from './sandboxes/offer-lines.ts'
import { Sandboxes } from './sandboxes/sandboxes.ts'
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts'
import { createGateway } from './ws/gateway.ts'

export interface RunningServer {
  /** What to open: the public URL where there is one. */
  readonly url: string
  readonly port: number
  /** Keeps every sandbox, then ends. */
  close(): Promise<void>
}

export { PortInUse }

/** A container engine that hangs does not keep the server from its end. */
const endMs = 60_000

const lessonsIn = (folder: string | undefined) =>
  folder === undefined ? join(repositoryRoot, 'lessons') : resolve(folder)

/** Makes the folder of a new lesson and gives the paths in it. */
export function createLesson(lessons: string | undefined, slug: string): string[] {
  return createLessonFolder(lessonsIn(lessons), slug)
}

export interface ProveOptions extends Pick<LessonsProof, 'slug' | 'jobs' | 'onProof' | 'signal'> {
  readonly lessons: string | undefined
  readonly provider: ProviderName
  /** How many times faster than the clock simulated clusters live. */
  readonly speed: number
}

/** Throws AppError PROVIDER_FAILED where there can be no such clusters here. */
export async function proveLessonsOf(options: ProveOptions): Promise<void> {
  const timers = options.provider === 'simulated' ? fastTimers(options.speed) : hostTimers
  const catalog = openLessonCatalog(lessonsIn(options.lessons))
  const config = readConfig({ lessons: options.lessons, warm: 0 }, environment)
  const { provider, close } = await openAlone(
    options.provider,
    commandOptions(config, createLog('warn'), timers),
  )
  const { slug, jobs, onProof, signal } = options
  const clusters = options.provider === 'simulated' ? provider : reuseClusters(provider)
  try {
    await proveLessons({ catalog, provider: clusters, timers, slug, jobs, onProof, signal })
  } finally {
    await clusters.dispose()
    await close()
  }
}

export interface AloneOptions {
  readonly provider: ProviderName
  readonly spec: ClusterSpec
  readonly api: { readonly host: string; readonly port: number }
  readonly log: Log
  readonly progress: (steps: readonly Step[]) => void
  /** Gives up. */
  readonly signal: AbortSignal
}

/** A cluster alone, without exercise, learner or store; its user may do everything. It is removed at the end. */
export async function startCluster({ provider: name, spec, api, log, progress, signal }: AloneOptions) {
  const config = readConfig({ warm: 0 }, environment)
  const options = commandOptions(config, log, hostTimers)
  const { provider, close: closeProvider } = await openAlone(name, options, { ...api, atRoot: true })
  const access = { clusterAdmin: true, podSecurity: 'privileged', nodeShell: true } as const
  const exercise = { cluster: spec, access, namespace: 'default', waitFor: [] }
  const setup = { id: 'fairlead', exercise, applied: [], files: [] }
  try {
    const lacks = provider.unsupported(spec)
    if (lacks !== undefined)
      throw new AppError('PROVIDER_FAILED', `There is no such ${name} cluster. ${lacks}`)
    const cluster = await provider.create(setup, progress, signal)
    const close = async () => {
      await cluster.dispose()
      await closeProvider()
    }
    return { cluster, close }
  } catch (error) {
    await closeProvider()
    throw error
  }
}

/** Kind clusters that servers left behind. Throws AppError PROVIDER_FAILED where no container engine answers. */
export async function collectKindGarbage(
  config: Config,
  options: { readonly isDry: boolean; readonly allServers: boolean },
) {
  const { collectGarbageHere } = await import('./providers/kind/collect-garbage.ts')
  return await collectGarbageHere({
    ...options,
    data: config.data,
    environment: kindVariables(config, environment),
  })
}

/** What each provider would need here. */
export function checkProviders(config: Config, log: Log): Promise<CheckedProvider[]> {
  return checkAll({ timers: hostTimers, log, environment: kindVariables(config, environment) })
}

/** Of a provider that serves one command. */
const commandOptions = (config: Config, log: Log, timers: Timers) => ({
  timers,
  log,
  images: lessonImagesOf(config, log),
  environment: kindVariables(config, environment),
})

/** A broken list costs a wait for images, not the server. */
function lessonImagesOf({ lessons }: Config, log: Log): string[] {
  try {
    return readLessonImages(lessons).map(({ name }) => name)
  } catch (error) {
    log.warn({ err: error }, 'the list of images that lessons use cannot be read')
    return []
  }
}

export interface StartOptions {
  /** Told what whoever started the server should know. */
  readonly say?: (line: string) => void
  /** Opens a provider; a test brings its own. */
  readonly open?: typeof openProvider
}

/** The images of kind clusters and lessons on this machine. Throws AppError PROVIDER_FAILED where no container engine answers. */
export async function openImages(config: Config, { isAll }: { readonly isAll: boolean }): Promise<Images> {
  const { openImages: open } = await import('./providers/kind/images/open-images.ts')
  const catalog = openLessonCatalog(config.lessons)
  return await open({
    lessons: config.lessons,
    specs: exercisesOf(catalog).map(({ cluster }) => cluster),
    isAll,
    data: config.data,
    environment: kindVariables(config, environment),
    signal: new AbortController().signal,
  })
}

/** Of all lessons that have one. Throws AppError LESSON_BROKEN. */
function exercisesOf(catalog: LessonCatalog): Exercise[] {
  return catalog.slugs().flatMap((slug) => {
    try {
      return [catalog.get(slug).exercise]
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return []
      throw error
    }
  })
}

/** Throws DataDirectoryError, PortInUse, AppError. What was opened by then is closed again. */
export async function startServer(
  config: Config,
  log: Log,
  { say = () => {}, open = openProvider }: StartOptions = {},
): Promise<RunningServer> {
  const data = openDataDirectory(config.data)
  const closers: (() => Promise<void> | void)[] = [() => data.release()]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const store = await openSqliteStore(data.file('fairlead.sqlite'))
    closers.push(() => store.close())
    const timers = hostTimers
    const { host: listenHost, publicUrl, apiUrl } = config
    const apis = { host: listenHost, ...apiPortOf(config), publicUrl, apiUrl, secrets: data }
    const apiGateway = await openApiGateway(apis)
    closers.push(() => apiGateway.close())
    const providerOptions: ProviderOptions = {
      timers,
      log,
      gateway: apiGateway,
      data: data.path,
      images: lessonImagesOf(config, log),
      environment: kindVariables(config, environment),
    }
    const opened = await openProviders(config, providerOptions, open)
    closers.push(() =>
      within(endMs, timers, 'Closing the clusters', opened.dispose()).catch((error) => {
        log.error({ err: error }, 'a provider did not end; the next start finds what it left')
      }),
    )
    const catalog = openLessonCatalog(config.lessons)
    const tellOffer = offerLines(config, say)
    if (opened.problem !== undefined) tellOffer.problem(opened.problem)
    const sandboxes = new Sandboxes({
      providers: opened.providers,
      store,
      timers,
      log,
      limits: {
        live: config.maxSandboxes,
        liveOf: { kind: config.maxKindClusters },
        livePerLearner: config.maxSandboxesPerLearner,
        queued: 1000,
        idleMs: config.idleMinutes * 60_000,
        keepDays: config.keepDays,
      },
      lesson: (slug) => catalog.get(slug),
      onOffer: tellOffer.offer,
    })
    closers.push(() => sandboxes.close())
    const cookies = createLearnerCookies(data.secret('cookie-secret'))
    const origins = createOriginPolicy({ publicUrl: config.publicUrl, host: config.host })
    const secureCookies = config.publicUrl?.startsWith('https:') ?? false
    const http = await createHttpServer({
      services: { catalog, sandboxes, store, timers, log, version },
      site: config.site,
      scriptHashes: inlineScriptHashes(config.site),
      trustProxy: config.trustProxy,
      cookies,
      origins,
      secureCookies,
      log,
    })
    closers.push(() => http.close())
    const gateway = createGateway({
      server: http.server,
      cookies,
      origins,
      catalog,
      sandboxes,
      store,
      timers,
      log,
      secureCookies,
    })
    closers.push(() => gateway.close())
    await listen(() => http.listen({ host: config.host, port: config.port }), config)
    const { port } = http.server.address() as AddressInfo
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    return { url: config.publicUrl ?? `http://${host}:${port}`, port, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A kubeconfig should work after a restart, so the port stays the same where it can. */
function apiPortOf({ port, apiPort }: Config): { port: number; orAnyPort: boolean } {
  if (apiPort !== undefined) return { port: apiPort, orAnyPort: false }
  return { port: port === 0 || port === 65_535 ? 0 : port + 1, orAnyPort: true }
}
