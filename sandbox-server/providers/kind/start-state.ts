// The state in which a learner finds a cluster: the exercise's namespace and manifests, applied and ready.
import { AppError } from '../../contract/errors.ts'
import { applyManifest } from '../manifest/apply-manifest.ts'
import { parseManifest } from '../manifest/documents.ts'
import type { ClusterSetup } from '../provider.ts'
import { grantNamespace } from './access/grant-access.ts'
import { type Kubernetes, listResourceTypes } from './reset/resource-types.ts'
import { waitUntilReady } from './wait-for.ts'

/** Namespaces that the start state has. */
export function namespacesOf({ exercise, applied }: ClusterSetup): Set<string> {
  const named = applied.flatMap(({ content }) =>
    parseManifest(content).flatMap(({ content: object }) => {
      const { kind, metadata } = (object ?? {}) as { kind?: unknown; metadata?: { name?: unknown } }
      return kind === 'Namespace' && typeof metadata?.name === 'string' ? [metadata.name] : []
    }),
  )
  return new Set([exercise.namespace, ...named])
}

/**
 * On a cluster as it is before any exercise, where the learner's rights were granted.
 * Throws AppError LESSON_BROKEN naming file and line, or what did not become ready.
 */
export async function applyStartState(
  kubernetes: Kubernetes,
  setup: ClusterSetup,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, access, waitFor } = setup.exercise
  const [resources] = await Promise.all([
    listResourceTypes(kubernetes),
    grantNamespace(kubernetes, { access, namespace }),
  ])
  const waiting = namespacesOf(setup)
  // A pod needs the account of a namespace that comes before it in the file.
  const afterEach = async () => {
    for (const name of waiting)
      if (await hasNamespace(kubernetes, name)) {
        await waitUntilReady(kubernetes, [`${name}/serviceaccount/default`], namespace, signal, { resources })
        waiting.delete(name)
      }
  }
  await afterEach()
  for (const { path, content } of setup.applied) {
    const applied = await applyManifest(content, { kubernetes, namespace, afterEach })
    signal.throwIfAborted()
    const failed = applied.find((document) => document.outcome === 'failed')
    if (failed) {
      throw new AppError('LESSON_BROKEN', `${path}:${failed.line}: ${failed.object}: ${failed.message}`, {
        hint: 'The author of the lesson must mend it; lesson prove shows the same.',
      })
    }
  }
  await waitUntilReady(kubernetes, waitFor, namespace, signal)
}

async function hasNamespace(kubernetes: Kubernetes, name: string): Promise<boolean> {
  const response = await kubernetes(
    new Request(`http://cluster/api/v1/namespaces/${encodeURIComponent(name)}`),
  )
  await response.body?.cancel()
  return response.ok
}
