import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { operatingSystem, rooms } from './rooms.ts'
import { root, type SourceFile, sourceFiles } from './source-files.ts'

const server = sourceFiles('sandbox-server')
const site = sourceFiles('src')

function isIn(path: string, place: string): boolean {
  return place.endsWith('.ts') ? path === place : path.startsWith(`${place}/`)
}

function roomOf(path: string) {
  return rooms.find((room) => isIn(path, room.folder))
}

describe('walls between rooms', () => {
  it('every file of the server lies in a room of the table, or is main.ts', () => {
    const strays = server
      .map((file) => file.path)
      .filter((path) => !roomOf(path) && path !== 'sandbox-server/main.ts')
    expect(strays).toEqual([])
  })

  it('no room imports what the table does not allow', () => {
    const breaches = [...server, ...site].flatMap((file) => {
      const room = roomOf(file.path)
      if (!room) return []
      return file.imports.flatMap(({ target }) => {
        if (!target || target.endsWith('.json')) return []
        const allowed = isIn(target, room.folder) || room.mayImport.some((place) => isIn(target, place))
        return allowed ? [] : [`${file.path} imports ${target}`]
      })
    })
    expect(breaches).toEqual([])
  })

  it('only the platform room reaches files, processes and the environment', () => {
    const breaches = server
      .filter((file) => !isIn(file.path, 'sandbox-server/platform'))
      // In the simulator `process` is a simulated process, handed in; the browser bundle proves it.
      .filter((file) => !isIn(file.path, 'sandbox-server/simulator'))
      .flatMap((file) => [
        ...file.imports
          .filter((one) => operatingSystem.includes(one.specifier))
          .map((one) => `${file.path} imports ${one.specifier}`),
        ...(/\bprocess\.env\b/.test(file.text) ? [`${file.path} reads process.env`] : []),
      ])
    expect(breaches).toEqual([])
  })

  it('rooms that run in a browser import nothing of Node', () => {
    const breaches = server
      .filter((file) => roomOf(file.path)?.isomorphic)
      .flatMap((file) =>
        file.imports
          .filter((one) => one.specifier.startsWith('node:'))
          .map((one) => `${file.path}: ${one.specifier}`),
      )
    expect(breaches).toEqual([])
  })

  it('nothing under sandbox-server imports the site', () => {
    const breaches = server.flatMap((file) =>
      file.imports.filter((one) => one.target?.startsWith('src/')).map(() => file.path),
    )
    expect(breaches).toEqual([])
  })

  it('no import goes round in a circle', () => {
    expect(cycles([...server, ...site])).toEqual([])
  })

  it.each([
    ['simulator', 'sandbox-server/simulator/cluster-assembly/create-cluster.ts'],
    ['checks', 'sandbox-server/checks/run-checks.ts'],
  ])('%s can be bundled for a browser', async (_, entry) => {
    const result = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      alias: { 'node:zlib': './sandbox-server/simulator/shell/no-zlib.ts' },
      logLevel: 'silent',
      metafile: true,
    })
    const builtins = Object.keys(result.metafile.inputs).filter((input) => input.startsWith('node:'))
    expect({ errors: result.errors, builtins }).toEqual({ errors: [], builtins: [] })
  })
})

/** Circles of value imports, each as the files on it. Type imports are erased and do no harm at run time. */
function cycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(' -> '))
      return
    }
    if (done.has(path)) return
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (target && !typeOnly && byPath.has(target)) visit(target, [...trail, path])
    }
    done.add(path)
  }
  for (const file of files) visit(file.path, [])
  return found
}
