// What carries our labels in an engine: listed, and removed cluster by cluster.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import { clusterLabel, folderLabel, roleLabel, serverLabel } from '../labels.ts'
import type { ContainerEngine } from './engine.ts'
import { isMissing } from './engine-trouble.ts'
import { inspectAll, listAll, type ThingKind } from './inspect-all.ts'

export interface OwnedThing {
  readonly kind: ThingKind
  readonly name: string
  /** kind's name of the cluster that it belongs to. */
  readonly cluster: string
  /** See labels.ts; empty where the label is missing. */
  readonly role: string
  readonly server: string
  /** Of a container: `running`, `exited`, `created`, `paused` ... */
  readonly state?: string
  /** Of a network: the folder of the cluster's record on the machine of its server. */
  readonly folder?: string
}

/** kind's own label on node containers: they are the cluster's even where ours are missing. */
const kindLabel = 'io.x-k8s.kind.cluster'

const labels = z.record(z.string(), z.string()).nullish()
/** Docker's and nerdctl's form, and Podman's of networks. */
const thingSchema = z.object({
  Name: z.string().optional(),
  name: z.string().optional(),
  Labels: labels,
  labels,
  Config: z.object({ Labels: labels }).nullish(),
  State: z.object({ Status: z.string() }).nullish(),
})

const kinds: readonly ThingKind[] = ['container', 'network', 'volume']

/** All of one server, or of all servers where left out. */
export async function listOwned(
  engine: ContainerEngine,
  server?: string,
  signal?: AbortSignal,
): Promise<readonly OwnedThing[]> {
  const filter = `label=${serverLabel}${server === undefined ? '' : `=${server}`}`
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const things = await inspectAll(engine, kind, [filter], thingSchema, signal)
      return things.map((thing) => ownedThing(kind, thing))
    }),
  )
  return lists.flat()
}

function ownedThing(kind: ThingKind, thing: z.infer<typeof thingSchema>): OwnedThing {
  const label = { ...thing.labels, ...thing.Labels, ...thing.Config?.Labels }
  return {
    kind,
    name: (thing.Name ?? thing.name ?? '').replace(/^\//, ''),
    cluster: label[clusterLabel] ?? '',
    role: label[roleLabel] ?? '',
    server: label[serverLabel] ?? '',
    ...(kind === 'container' && thing.State && { state: thing.State.Status }),
    ...(label[folderLabel] !== undefined && { folder: label[folderLabel] }),
  }
}

/** Rounds of removal: a program that dies late may make one more container after the first. */
const rounds = 5
const betweenRoundsMs = 300

/**
 * Removes every container, volume and network of a cluster, whether all, some or none of them are there.
 * Throws AppError PROVIDER_FAILED naming what could not be removed.
 */
export async function removeCluster(
  engine: ContainerEngine,
  name: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  let failure: unknown
  for (let round = 1; round <= rounds; round++) {
    const left = await findAll(engine, name, signal)
    if (kinds.every((kind) => left[kind].length === 0)) return
    failure = undefined
    // In this order: a container holds its volume and its network.
    for (const kind of ['container', 'volume', 'network'] as const) {
      try {
        if (left[kind].length > 0) await removeAll(engine, kind, left[kind], signal)
      } catch (error) {
        signal?.throwIfAborted()
        if (!isMissing(error)) failure ??= error
      }
    }
    if (round > 1) await pause(betweenRoundsMs, undefined, signal ? { signal } : {})
  }
  const left = await findAll(engine, name, signal)
  const names = kinds.flatMap((kind) => left[kind].map((one) => `${kind} ${one}`))
  if (names.length === 0) return
  const reason = failure instanceof Error ? `: ${failure.message}` : ''
  throw new AppError('PROVIDER_FAILED', `Cluster ${name} is not all gone (${names.join(', ')})${reason}`, {
    hint: `Run fairlead sandbox gc once ${engine.name} works again.`,
    log: failure instanceof AppError ? failure.log : undefined,
    cause: failure,
  })
}

async function findAll(
  engine: ContainerEngine,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Record<ThingKind, string[]>> {
  const ours = [`label=${clusterLabel}=${name}`]
  const [labelled, kindsOwn, network, volume] = await Promise.all([
    listAll(engine, 'container', ours, signal),
    listAll(engine, 'container', [`label=${kindLabel}=${name}`], signal),
    listAll(engine, 'network', ours, signal),
    listAll(engine, 'volume', ours, signal),
  ])
  return { container: [...new Set([...labelled, ...kindsOwn])], network, volume }
}

async function removeAll(
  engine: ContainerEngine,
  kind: ThingKind,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  // Podman waits ten seconds for a container to stop unless told otherwise; the others kill it at once.
  const now = engine.name === 'podman' ? ['--time', '0'] : []
  const limits = { timeoutMs: 120_000, ...(signal && { signal }) }
  if (kind === 'container') await engine.run(['rm', '--force', '--volumes', ...now, ...names], limits)
  else if (kind === 'volume') await engine.run(['volume', 'rm', '--force', ...names], limits)
  else for (const name of names) await removeNetwork(engine, name, limits)
}

/** What else somebody attached to the network is detached: it is not ours to remove. */
async function removeNetwork(
  engine: ContainerEngine,
  name: string,
  limits: { readonly signal?: AbortSignal },
) {
  try {
    await engine.run(['network', 'rm', name], limits)
  } catch (error) {
    if (isMissing(error)) return
    const attachedTo = await listAll(engine, 'container', [`network=${name}`], limits.signal)
    const detach = (container: string) =>
      engine.run(['network', 'disconnect', '--force', name, container], limits)
    await Promise.allSettled(attachedTo.map(detach))
    await engine.run(['network', 'rm', name], limits)
  }
}
