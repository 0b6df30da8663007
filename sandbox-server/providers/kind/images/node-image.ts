// A node image that holds the images of lessons, so that no cluster loads or pulls any. Made once, the way kind builds node images
// (its pkg/build/nodeimage): containerd inside a container of the image, `ctr images import`, commit.
import { createHash } from 'node:crypto'
import { AppError } from '../../../contract/errors.ts'
import type { ContainerEngine } from '../engine/engine.ts'
import { fullImageName } from './image-name.ts'
import { findImage, findImages, type LocalImage } from './local-images.ts'
import { pipeCommands } from './pipe-commands.ts'

export interface NodeImageOptions {
  /** What nodes would run otherwise. */
  readonly nodeImage: string
  /** What must be inside, as manifests name it. */
  readonly images: readonly string[]
  readonly signal?: AbortSignal
}

export interface PreparedNodeImage {
  readonly image: string
  /** Those that are neither in the node image nor in the engine: a pod that uses one does not start. */
  readonly missing: readonly string[]
}

export const preparedRepository = 'fairlead/node-prepared'
/** In a prepared image: the wanted images that it lacks, a line each. */
const missingFile = '/kind/fairlead-missing-images'
/** A container that a dead process left behind ends, and is removed, by itself. */
const longestSeconds = 1800

const underWay = new WeakMap<ContainerEngine, Map<string, Promise<PreparedNodeImage>>>()

/** The image itself where all is in it already. Throws AppError PROVIDER_FAILED where the node image is not on this machine. */
export async function prepareNodeImage(
  engine: ContainerEngine,
  { nodeImage, images, signal }: NodeImageOptions,
): Promise<PreparedNodeImage> {
  const options = signal ? { signal } : {}
  const base = await findImage(engine, nodeImage, options)
  if (!base) {
    throw new AppError('PROVIDER_FAILED', `The node image ${nodeImage} is not on this machine.`, {
      hint: 'fairlead images pull fetches it, and all images of lessons.',
    })
  }
  const wanted = [...new Set(images)].sort()
  const local = await findImages(engine, wanted, options)
  const image = `${preparedRepository}:${keyOf(base, wanted, local)}`
  if (await findImage(engine, image, options)) {
    const text = await engine.run(readMissing(image), options)
    return { image, missing: text.split('\n').filter((line) => line !== '') }
  }
  const here = underWay.get(engine) ?? new Map<string, Promise<PreparedNodeImage>>()
  underWay.set(engine, here)
  const making =
    here.get(image) ?? make(engine, { base, image, wanted, local, signal }).finally(() => here.delete(image))
  here.set(image, making)
  return await making
}

interface Making {
  readonly base: LocalImage
  readonly image: string
  readonly wanted: readonly string[]
  readonly local: ReadonlyMap<string, LocalImage>
  readonly signal: AbortSignal | undefined
}

async function make(engine: ContainerEngine, { base, image, wanted, local, signal }: Making) {
  const options = { timeoutMs: 300_000, ...(signal && { signal }) }
  const run = ['run', '--detach', '--rm', '--entrypoint', 'sleep', '--security-opt', 'seccomp=unconfined']
  const box = (await engine.run([...run, base.name, String(longestSeconds)], options)).trim()
  const shell = (script: string, ...args: string[]) =>
    engine.run(['exec', box, 'bash', '-euc', script, 'bash', ...args], options)
  try {
    const inside = new Set((await shell(startAndList)).split('\n'))
    const absent = wanted.filter((name) => !inside.has(fullImageName(name)))
    const missing = absent.filter((name) => !local.has(name))
    if (absent.length === 0) {
      await engine.run(['tag', base.name, image], options)
      return { image, missing }
    }
    const added = absent.filter((name) => local.has(name))
    if (added.length > 0) await pipeCommands(engine, ['save', ...added], ['exec', '-i', box, ...load], signal)
    await shell(`${stop}\nprintf '%s\\n' "$@" >${missingFile}`, ...missing)
    // The command that the container ran in place of the image's own would be kept otherwise.
    const changes = [`ENTRYPOINT ${await entrypointOf(engine, base)}`, 'CMD []']
    await engine.run(['commit', ...changes.flatMap((one) => ['--change', one]), box, image], options)
    return { image, missing }
  } finally {
    // Not with the signal: what was started is removed at an abort, too. One that is gone already needs no removal.
    await engine.run(['rm', '--force', '--volumes', box]).catch(() => {})
  }
}

/** Pinned, so that the kubelet does not collect them; not unpacked, which would need privileges and is done when a pod starts. */
const load = [
  ...['ctr', '--namespace=k8s.io', 'images', 'import', '--no-unpack'],
  ...['--label=io.cri-containerd.pinned=pinned', '-'],
]

const startAndList = `
(exec nohup containerd >/tmp/containerd.log 2>&1 & echo $! >/tmp/containerd.pid)
for attempt in {1..100}; do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
ctr --namespace=k8s.io images list -q`

const stop = `
kill "$(cat /tmp/containerd.pid)"
for attempt in {1..100}; do kill -0 "$(cat /tmp/containerd.pid)" 2>/dev/null || break; sleep 0.1; done
rm -rf /tmp/containerd.* /run/containerd`

const readMissing = (image: string) => [
  ...['run', '--rm', '--entrypoint', 'sh', image],
  ...['-c', `cat ${missingFile} 2>/dev/null || true`],
]

async function entrypointOf(engine: ContainerEngine, { name }: LocalImage): Promise<string> {
  return (await engine.run(['image', 'inspect', '--format', '{{json .Config.Entrypoint}}', name])).trim()
}

/** Another node image, another list or another image under a name of the list makes another one. */
function keyOf(base: LocalImage, wanted: readonly string[], local: ReadonlyMap<string, LocalImage>): string {
  const parts = [base.id, ...wanted.map((name) => `${name} ${local.get(name)?.id ?? ''}`)]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)
}
