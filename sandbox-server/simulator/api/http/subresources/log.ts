// pods/log: what a container wrote, as text. Source: pkg/registry/core/pod/{strategy,rest/log}.go (LogLocation).
import type { Pod } from '../../../../contract/kubernetes.ts'
import { ApiError, badRequest, methodUnknown, notFound } from '../../api-error.ts'
import type { Call } from '../../handler.ts'
import { pods } from '../../resources.ts'
import { isTrue } from '../request-info.ts'

export async function podLog(call: Call): Promise<Response> {
  const { store, streams, target, request } = call
  const { namespace, name = '', query } = target
  if (request.method !== 'GET') throw methodUnknown()
  const pod = store.get(pods, { namespace, name })
  if (!pod || !namespace) throw notFound(pods, name)
  const container = chooseContainer(pod, query.get('container') ?? '')
  if (!pod.spec?.nodeName) {
    throw badRequest(`pod ${name} does not have a host assigned`)
  }
  if (!streams?.logs) throw new ApiError(503, 'ServiceUnavailable', 'no kubelet serves logs in this cluster')
  const abort = new AbortController()
  request.signal.addEventListener('abort', () => abort.abort(), { once: true })
  const number = (key: string) => (query.has(key) ? Number(query.get(key)) : undefined)
  const chunks = streams
    .logs({
      namespace,
      pod: name,
      container,
      follow: isTrue(query.get('follow')),
      previous: isTrue(query.get('previous')),
      timestamps: isTrue(query.get('timestamps')),
      sinceSeconds: number('sinceSeconds'),
      sinceTime: query.get('sinceTime') ?? undefined,
      tailLines: number('tailLines'),
      limitBytes: number('limitBytes'),
      signal: abort.signal,
    })
    [Symbol.asyncIterator]()
  // The first chunk tells whether there is a log at all; a refusal becomes the response's status. A quiet log that is followed
  // sends nothing yet, so that its headers must not wait for long.
  const first = chunks.next()
  const early = await Promise.race([first, settled()])
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      try {
        for (let next = early ?? (await first); !next.done; next = await chunks.next())
          controller.enqueue(next.value)
        controller.close()
      } catch (error) {
        if (abort.signal.aborted) return
        controller.error(error)
      }
    },
    cancel() {
      abort.abort()
      void chunks.return?.(undefined)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/plain' } })
}

/** Resolves after the promises that can settle now have done so. */
async function settled(): Promise<undefined> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  return undefined
}

function chooseContainer(pod: Pod, asked: string): string {
  const { spec } = pod
  const regular = (spec?.containers ?? []).map((one) => one.name)
  const init = (spec?.initContainers ?? []).map((one) => one.name)
  const ephemeral = (spec?.ephemeralContainers ?? []).map((one) => one.name)
  const name = pod.metadata?.name ?? ''
  if (asked !== '') {
    if ([...regular, ...init, ...ephemeral].includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${name}`)
  }
  const [only, ...others] = regular
  if (only !== undefined && others.length === 0 && init.length === 0) return only
  if (only !== undefined && others.length === 0 && init.length > 0) {
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${regular.join(' ')}] or one of the init containers: [${init.join(' ')}]`,
    )
  }
  const initText = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${regular.join(' ')}]${initText}`,
  )
}
