// Waiting for objects to change, by watches with a deadline. Source: kubectl/pkg/cmd/wait.
import { pathOf } from './discovery.ts'
import { CliError, isStatus } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { textAt, type Unstructured } from './object.ts'
import type { Found, Target } from './targets.ts'

export class WaitTimeout extends CliError {
  constructor(message = 'timed out waiting for the condition') {
    super(message)
  }
}

/** Runs `work` with a signal that aborts at the deadline (clock time); gives undefined where the deadline came first. */
export async function untilDeadline<T>(
  invocation: Invocation,
  deadline: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const { clock } = invocation.process
  const controller = new AbortController()
  const timer = clock.after(Math.max(0, deadline - clock.now()), () => controller.abort(new WaitTimeout()))
  try {
    return await work(controller.signal)
  } catch (error) {
    if (error instanceof WaitTimeout && !invocation.process.signal.aborted) return undefined
    throw error
  } finally {
    timer.cancel()
  }
}

/** The object as it is now, then every later state; undefined once it is deleted. Watches again when a watch ends. */
export async function* states(
  invocation: Invocation,
  target: Target & { readonly name: string },
  signal: AbortSignal,
): AsyncGenerator<Unstructured | undefined> {
  const { client } = invocation
  const path = pathOf(target.mapping, target.namespace)
  const fieldSelector = `metadata.name=${target.name}`
  for (;;) {
    const list = await client.json(path, { query: { fieldSelector }, signal })
    const items = Array.isArray(list.items) ? (list.items as Unstructured[]) : []
    yield items[0]
    try {
      const query = { fieldSelector, resourceVersion: textAt(list, 'metadata', 'resourceVersion') }
      for await (const event of client.watch(path, { query, signal }))
        if (event.type === 'DELETED') yield undefined
        else if (event.type !== 'BOOKMARK') yield event.object
    } catch (error) {
      if (!isStatus(error, 'Expired') && !isStatus(error, 'Gone')) throw error
    }
  }
}

/** Returns once the object with this uid is gone. Throws WaitTimeout naming it. */
export async function waitUntilDeleted(
  invocation: Invocation,
  found: Pick<Found, 'mapping' | 'namespace' | 'name'>,
  uid: string | undefined,
  deadline: number,
): Promise<void> {
  const target = { mapping: found.mapping, namespace: found.namespace, name: found.name }
  const done = await untilDeadline(invocation, deadline, async (signal) => {
    for await (const object of states(invocation, target, signal))
      if (!object || (uid !== undefined && object.metadata?.uid !== uid)) return true
    return true
  })
  if (!done)
    throw new WaitTimeout(`timed out waiting for the condition on ${found.mapping.plural}/${found.name}`)
}
