// Reads kind's own lines (pkg/internal/cli/status.go) and tells which part of the bring-up began or ended.

/** The parts that kind does, in its order. `workers` only where there are any, `cni` only with kind's own plugin. */
export type KindPart = 'image' | 'nodes' | 'configuration' | 'controlPlane' | 'cni' | 'storage' | 'workers'

export interface KindEvent {
  readonly part: KindPart
  readonly state: 'running' | 'done' | 'failed'
}

/** Beginnings of kind's texts: what follows are numbers of nodes, names of images and pictures. */
const parts: readonly (readonly [string, KindPart])[] = [
  ['Ensuring node image', 'image'],
  ['Preparing nodes', 'nodes'],
  ['Writing configuration', 'configuration'],
  ['Starting control-plane', 'controlPlane'],
  ['Installing CNI', 'cni'],
  ['Installing StorageClass', 'storage'],
  ['Joining worker nodes', 'workers'],
]

const states = { '•': 'running', '✓': 'done', '✗': 'failed' } as const

/** Undefined for a line that says nothing about a part. */
export function readKindLine(line: string): KindEvent | undefined {
  const [, mark, text] = /^\s*([•✓✗]) (.*)$/u.exec(line) ?? []
  const part = parts.find(([beginning]) => text?.startsWith(beginning))?.[1]
  if (part === undefined || !isMark(mark)) return undefined
  return { part, state: states[mark] }
}

function isMark(mark: string | undefined): mark is keyof typeof states {
  return mark !== undefined && Object.hasOwn(states, mark)
}
