// Installs what a cluster specification asks for beside kind's own, and waits until all of it works.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAllDocuments } from 'yaml'
import { AppError } from '../../../contract/errors.ts'
import type { ClusterSpec } from '../../../contract/lesson.ts'
import { applyManifest } from '../../manifest/apply-manifest.ts'
import type { Kubernetes } from '../reset/resource-types.ts'
import { type WaitOptions, waitUntilReady } from '../wait-for.ts'
import type { AddOn, AddOnSite } from './add-on.ts'
import { addOnsOf, networkPluginOf } from './add-ons-of.ts'
import { manifestOf } from './manifest-of.ts'

/** Throws AppError PROVIDER_FAILED with what was refused or is not ready, and the signal's reason at an abort. */
export async function installAddOns(
  kubernetes: Kubernetes,
  spec: ClusterSpec,
  site: Omit<AddOnSite, 'spec'>,
  signal: AbortSignal,
): Promise<void> {
  const plugin = networkPluginOf(spec)
  if (plugin) {
    await install(kubernetes, plugin, { ...site, spec }, signal)
    const nodes = site.nodes.map(({ name }) => `node/${name}`)
    await waitUntilReady(kubernetes, [...plugin.waitFor, ...nodes], 'default', signal)
  }
  const others = addOnsOf(spec).filter((addOn) => addOn !== plugin)
  await Promise.all(others.map((addOn) => install(kubernetes, addOn, { ...site, spec }, signal)))
  const waitFor = others.flatMap((addOn) => addOn.waitFor)
  await waitUntilReady(kubernetes, waitFor, 'default', signal)
}

async function install(
  kubernetes: Kubernetes,
  addOn: AddOn,
  site: AddOnSite,
  signal: AbortSignal,
): Promise<void> {
  const manifest = manifestOf(addOn, site.manifests)
  if (manifest === undefined) {
    throw new AppError('PROVIDER_FAILED', `The manifest of ${addOn.name} ${addOn.version} is not here.`, {
      hint: 'fairlead images pull fetches it, or names the command that makes it.',
    })
  }
  const configuration = addOn.configure?.(site) ?? ''
  await applyUntilAccepted(kubernetes, `${manifest}\n---\n${configuration}`, `${addOn.name}`, signal)
}

/**
 * Definitions and namespaces come first, because the rest needs them. What is refused is tried again until the deadline: a new
 * kind is served a moment after its definition was accepted, a webhook once its pod runs.
 */
export async function applyUntilAccepted(
  kubernetes: Kubernetes,
  manifest: string,
  name: string,
  signal: AbortSignal,
  { deadlineMs = 60_000, intervalMs = 250 }: WaitOptions = {},
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  const documents = splitDocuments(manifest)
  const isFirst = ({ kind }: ManifestPart) => kind === 'Namespace' || kind === 'CustomResourceDefinition'
  let pending = [...documents.filter(isFirst), ...documents.filter((document) => !isFirst(document))]
  for (;;) {
    const refused: ManifestPart[] = []
    let cause = ''
    for (const part of pending) {
      signal.throwIfAborted()
      const failed = await tryApply(kubernetes, part.text)
      if (failed === undefined) continue
      refused.push(part)
      cause ||= failed
    }
    if (refused.length === 0) return
    pending = refused
    if (performance.now() >= deadline) {
      throw new AppError('PROVIDER_FAILED', `${name} could not be installed: ${cause}`, {
        hint: 'The log of the start shows what else happened.',
      })
    }
    await sleep(intervalMs, undefined, { signal })
  }
}

interface ManifestPart {
  readonly kind: string
  readonly text: string
}

function splitDocuments(manifest: string): ManifestPart[] {
  const documents = parseAllDocuments(manifest)
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const isEmpty = document.errors.length === 0 && document.toJS() === null
    return isEmpty ? [] : [{ kind: String(document.get('kind')), text: String(document) }]
  })
}

/** Why it was not accepted; undefined where it was. */
async function tryApply(kubernetes: Kubernetes, text: string): Promise<string | undefined> {
  try {
    const outcomes = await applyManifest(text, { kubernetes, namespace: 'default' })
    const failed = outcomes.find(({ outcome }) => outcome === 'failed')
    return failed && `${failed.object}: ${failed.message}`
  } catch (error) {
    // The API server was not there for a moment; the next round tells whether it is again.
    return error instanceof Error ? error.message : String(error)
  }
}
