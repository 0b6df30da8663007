// Everything of one kind that an engine has, as its `inspect` tells.
import type { z } from 'zod'
import type { ContainerEngine } from './engine.ts'
import { isMissing } from './engine-trouble.ts'

export type ThingKind = 'container' | 'network' | 'volume'

/** Between the list and the look at each, one may go away; then both are done again. */
const attempts = 10

const listCommand: Readonly<Record<ThingKind, readonly string[]>> = {
  container: ['ps', '--all', '--quiet', '--no-trunc'],
  network: ['network', 'ls', '--quiet'],
  volume: ['volume', 'ls', '--quiet'],
}
const inspectCommand: Readonly<Record<ThingKind, readonly string[]>> = {
  container: ['container', 'inspect'],
  network: ['network', 'inspect'],
  volume: ['volume', 'inspect'],
}

/** Names or numbers of all that match every filter, such as `label=a=b`. */
export async function listAll(
  engine: ContainerEngine,
  kind: ThingKind,
  filters: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const args = [...listCommand[kind], ...filters.flatMap((filter) => ['--filter', filter])]
  const text = await engine.run(args, { ...(signal && { signal }) })
  return [...new Set(text.split('\n').filter((line) => line !== ''))]
}

export async function inspectAll<T>(
  engine: ContainerEngine,
  kind: ThingKind,
  filters: readonly string[],
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T[]> {
  for (let attempt = 1; ; attempt++) {
    const ids = await listAll(engine, kind, filters, signal)
    if (ids.length === 0) return []
    try {
      const text = await engine.run([...inspectCommand[kind], ...ids], { ...(signal && { signal }) })
      return schema.array().parse(JSON.parse(text))
    } catch (error) {
      if (!isMissing(error) || attempt === attempts) throw error
    }
  }
}
