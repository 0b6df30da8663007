// Takes the worked examples out of a page of docs/ and carries them out on a copy of the sources.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../architecture/source-files.ts'

export interface Example {
  readonly title: string
  readonly created: Readonly<Record<string, string>>
  readonly edited: Readonly<Record<string, string>>
}

/** One example for each heading; `new=` and `edit=` in a fence's info name the file. */
export function readExamples(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8')
  return text.split(/^## /m).flatMap((section) => {
    const blocks = [...section.matchAll(/^```(?:ts|diff) (new|edit)=(\S+)\n([\s\S]*?)^```$/gm)]
    if (blocks.length === 0) return []
    const of = (kind: string) =>
      Object.fromEntries(
        blocks.flatMap(([, one, path = '', body = '']) => (one === kind ? [[path, body]] : [])),
      )
    return [{ title: section.split('\n')[0] ?? '', created: of('new'), edited: of('edit') }]
  })
}

/** Copies sandbox-server/ with its TypeScript settings to `folder` and carries the examples out there. */
export function carryOut(examples: readonly Example[], folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  cpSync(join(root, 'sandbox-server'), join(folder, 'sandbox-server'), { recursive: true })
  cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
  for (const example of examples) {
    for (const [path, content] of Object.entries(example.created)) {
      const target = join(folder, path)
      if (existsSync(target)) throw new Error(`${path} exists already`)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, content)
    }
    for (const [path, diff] of Object.entries(example.edited)) {
      const target = join(folder, path)
      writeFileSync(target, insert(readFileSync(target, 'utf8'), diff, path))
    }
  }
}

/** Puts each `+` line after the context line above it, which must be in the file exactly once. */
function insert(text: string, diff: string, path: string): string {
  const lines = text.split('\n')
  let after = -1
  for (const line of diff.trimEnd().split('\n')) {
    const body = line.slice(1)
    if (line.startsWith('+')) {
      after += 1
      lines.splice(after, 0, body)
      continue
    }
    const places = lines.flatMap((one, index) => (one === body ? [index] : []))
    if (places.length !== 1) throw new Error(`${path}: the line "${body}" is there ${places.length} times`)
    after = places[0] ?? -1
  }
  return lines.join('\n')
}
