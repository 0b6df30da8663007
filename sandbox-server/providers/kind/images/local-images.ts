// Which images a container engine has on this machine.
import type { ContainerEngine, RunOptions } from '../engine/engine.ts'
import { isMissing } from '../engine/engine-trouble.ts'
import { portableImageName } from './image-name.ts'

export interface LocalImage {
  /** The name by which the engine knows it here: the one asked for, or its portable one. */
  readonly name: string
  readonly id: string
  readonly bytes: number
}

/** Undefined where the engine does not have it. */
export async function findImage(
  engine: ContainerEngine,
  name: string,
  options: RunOptions = {},
): Promise<LocalImage | undefined> {
  return (
    (await inspectImage(engine, name, options)) ??
    (portableImageName(name) === name
      ? undefined
      : await inspectImage(engine, portableImageName(name), options))
  )
}

/** Those that are there, by the name asked for. */
export async function findImages(
  engine: ContainerEngine,
  names: readonly string[],
  options: RunOptions = {},
): Promise<Map<string, LocalImage>> {
  const found = await Promise.all(names.map((name) => findImage(engine, name, options)))
  return new Map(names.flatMap((name, index) => (found[index] ? [[name, found[index]] as const] : [])))
}

async function inspectImage(
  engine: ContainerEngine,
  name: string,
  options: RunOptions,
): Promise<LocalImage | undefined> {
  try {
    const text = await engine.run(['image', 'inspect', '--format', '{{.Id}} {{.Size}}', name], options)
    const [id = '', size = '0'] = text.trim().split(' ')
    return { name, id, bytes: Number(size) }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
