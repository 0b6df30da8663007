// Watches: a stream of events, a JSON document each, until the client leaves or its time is over.
// Source: apiserver/pkg/endpoints/handlers/watch.go, KEP-3157 (sendInitialEvents), KEP-956 (bookmarks).
import type { KubernetesObject } from '../../../contract/kubernetes.ts'
import { ApiError } from '../api-error.ts'
import { storageType } from '../conversion.ts'
import type { Call } from '../handler.ts'
import type { WatchEvent } from '../objects.ts'
import { listOptions } from './read.ts'
import { formOf, renderObject } from './render.ts'
import { isTrue } from './request-info.ts'

/** Upstream ends a watch after 30 to 60 minutes where the client names no time. */
const defaultSeconds = 1800
const bookmarkMs = 60_000

export function watchObjects(call: Call): Response {
  const { store, target, request } = call
  const { query } = target
  const type = storageType(target.type)
  const options = listOptions(call)
  const version = query.get('resourceVersion') ?? ''
  const withInitial = query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined
  const bookmarks = isTrue(query.get('allowWatchBookmarks'))
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || defaultSeconds
  const form = formOf(call)
  const encoder = new TextEncoder()
  let stop: () => void = () => undefined

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let open = true
      const timers: { cancel(): void }[] = []
      const close = () => {
        if (!open) return
        open = false
        stop()
        try {
          controller.close()
        } catch {
          // The reader has cancelled the stream already; there is nobody to tell.
        }
      }
      const send = (event: unknown) => {
        if (open) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`))
      }
      const bookmark = (annotations?: Record<string, string>) => {
        const object = {
          apiVersion:
            target.type.group === '' ? target.type.version : `${target.type.group}/${target.type.version}`,
          kind: target.type.kind,
          metadata: { resourceVersion: store.resourceVersion(), ...(annotations ? { annotations } : {}) },
        }
        const rendered =
          form === 'Table' ? { ...(renderObject(call, object, form) as object), rows: [] } : object
        send({
          type: 'BOOKMARK',
          object: form === 'Table' ? { ...rendered, metadata: object.metadata } : object,
        })
      }
      const tell = (event: WatchEvent<KubernetesObject>) =>
        send({ type: event.type, object: renderObject(call, event.object, form) })

      const since = Number(version)
      const fromNow = withInitial ?? (version === '' || version === '0')
      if (fromNow) {
        for (const object of store.list(type, options)) tell({ type: 'ADDED', object })
        if (withInitial && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' })
      }
      let unwatch: () => void
      try {
        const start = fromNow || withInitial === false ? Number(store.resourceVersion()) : since
        unwatch = store.watchSince(type, start, tell, options)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        send({ type: 'ERROR', object: error.status })
        return close()
      }
      timers.push(store.clock.after(seconds * 1000, close))
      const repeat = () => {
        bookmark()
        timers[1] = store.clock.after(bookmarkMs, repeat)
      }
      if (bookmarks) timers[1] = store.clock.after(bookmarkMs, repeat)
      request.signal.addEventListener('abort', close, { once: true })
      stop = () => {
        unwatch()
        for (const timer of timers) timer.cancel()
        request.signal.removeEventListener('abort', close)
      }
    },
    cancel() {
      stop()
    },
  })
  return new Response(body, {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
  })
}
