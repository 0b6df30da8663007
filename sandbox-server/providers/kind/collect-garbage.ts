// Finds what servers left behind in the container engine and on disk, and removes what nobody owns.
import { basename, dirname, join, resolve } from 'node:path'
import { DataDirectoryError, dataDirectoryOwner, openDataDirectory } from '../../platform/data-directory.ts'
import { listFolders, readText } from '../../platform/files.ts'
import type { ClusterRecord } from './cluster-record.ts'
import { openClusterRecords } from './cluster-records.ts'
import type { ContainerEngine } from './engine/engine.ts'
import { listOwned, type OwnedThing, removeCluster } from './engine/inventory.ts'
import { requireEngine } from './engine/open-engine.ts'
import { temporaryPrefix } from './labels.ts'
import { readKindSettings } from './settings.ts'

export interface GarbageOptions {
  readonly engine: ContainerEngine
  /** The data directory. */
  readonly data: string
  /** Only tells what would be done. */
  readonly isDry: boolean
  /** Other servers' clusters too, where no record is there and no server runs that owns them. */
  readonly allServers: boolean
}

export interface LeftCluster {
  readonly name: string
  readonly server: string
  readonly containers: number
  readonly running: number
  readonly networks: number
  readonly volumes: number
  /** Of its record; `none` where it has none that can be read. */
  readonly phase: ClusterRecord['phase'] | 'none'
  /** The sandbox that it belongs to. */
  readonly owner: string | undefined
  readonly outcome: 'kept' | 'to be removed' | 'removed' | 'failed'
  /** Why it is kept, or goes, or could not be removed. */
  readonly why: string
}

/** With the engine that the settings name. */
export async function collectGarbageHere({
  environment,
  ...options
}: Omit<GarbageOptions, 'engine'> & {
  readonly environment: Readonly<Record<string, string | undefined>>
}): Promise<readonly LeftCluster[]> {
  const { engine } = readKindSettings(environment)
  return await collectGarbage({
    ...options,
    engine: await requireEngine(engine === 'auto' ? undefined : engine),
  })
}

interface Found {
  readonly name: string
  readonly things: readonly OwnedThing[]
  readonly isOurs: boolean
  /** Where its server keeps what it knows of clusters; undefined where nothing tells. */
  readonly folder: string | undefined
}

/** Every cluster that was found, sorted by name. Throws AppError PROVIDER_FAILED where the engine does not answer. */
export async function collectGarbage(options: GarbageOptions): Promise<readonly LeftCluster[]> {
  const { engine, isDry, allServers } = options
  const data = resolve(options.data)
  const release = isDry ? () => {} : lock(data)
  try {
    const found = findClusters(data, await listOwned(engine))
    return await Promise.all(
      found.map(async (cluster) => {
        const record = recordOf(cluster)
        const { isKept, why } = judge(cluster, record, { allServers, keepsLock: !isDry })
        const row = {
          ...countsOf(cluster),
          phase: record?.phase ?? ('none' as const),
          owner: record?.owner,
          why,
        }
        if (isKept) return { ...row, outcome: 'kept' as const }
        if (isDry) return { ...row, outcome: 'to be removed' as const }
        try {
          await removeCluster(engine, cluster.name)
          if (cluster.folder !== undefined) openClusterRecords(cluster.folder).remove(cluster.name)
          return { ...row, outcome: 'removed' as const }
        } catch (error) {
          return {
            ...row,
            outcome: 'failed' as const,
            why: error instanceof Error ? error.message : String(error),
          }
        }
      }),
    )
  } finally {
    release()
  }
}

const kindFolder = (data: string) => join(data, 'kind')

/** Keeps a server from starting on the directory meanwhile. One that runs on it already keeps its clusters. */
function lock(data: string): () => void {
  if (listFolders(data).length === 0) return () => {}
  try {
    return openDataDirectory(data).release
  } catch (error) {
    if (error instanceof DataDirectoryError) return () => {}
    throw error
  }
}

/** By labels, and by folders of ours whose containers may all be gone. */
function findClusters(data: string, things: readonly OwnedThing[]): Found[] {
  const records = openClusterRecords(kindFolder(data))
  const server = readText(join(kindFolder(data), 'server'))?.trim()
  const ours = [...records.list(), ...records.leftOver()].map(({ name }) => name)
  const names = new Set([...ours, ...things.map(({ cluster }) => cluster)].filter((name) => name !== ''))
  return [...names].sort().map((name) => {
    const its = things.filter(({ cluster }) => cluster === name)
    const isOurs = ours.includes(name) || its.some((thing) => thing.server === server)
    const folder = its.find((thing) => thing.folder !== undefined)?.folder
    return {
      name,
      things: its,
      isOurs,
      folder: isOurs ? kindFolder(data) : folder && dirname(dirname(folder)),
    }
  })
}

const recordOf = ({ name, folder }: Found): ClusterRecord | undefined =>
  folder === undefined ? undefined : openClusterRecords(folder).read(name)

/** Of a command such as `lesson prove`, whose clusters end with it. */
const isTemporary = (folder: string) => basename(folder).startsWith(temporaryPrefix)

function serverOn(folder: string): number | undefined {
  return dataDirectoryOwner(isTemporary(folder) ? folder : dirname(folder))
}

function judge(
  { isOurs, folder }: Found,
  record: ClusterRecord | undefined,
  { allServers, keepsLock }: { readonly allServers: boolean; readonly keepsLock: boolean },
): { readonly isKept: boolean; readonly why: string } {
  const server = folder === undefined ? undefined : serverOn(folder)
  const isRunning = server !== undefined && !(keepsLock && isOurs && server === process.pid)
  if (isRunning) return { isKept: true, why: `its server runs (process ${server})` }
  if (!isOurs && !allServers) return { isKept: true, why: "another server's" }
  if (!record) return { isKept: false, why: 'it has no record' }
  if (record.phase === 'starting') return { isKept: false, why: 'it was never finished' }
  if (record.owner === undefined) return { isKept: false, why: 'nobody owns it' }
  if (folder !== undefined && isTemporary(folder))
    return { isKept: false, why: 'the command that made it is over' }
  return { isKept: true, why: 'a learner owns it' }
}

function countsOf({ name, things }: Found) {
  const containers = things.filter(({ kind }) => kind === 'container')
  return {
    name,
    server: things[0]?.server ?? '',
    containers: containers.length,
    running: containers.filter(({ state }) => state === 'running').length,
    networks: things.filter(({ kind }) => kind === 'network').length,
    volumes: things.filter(({ kind }) => kind === 'volume').length,
  }
}
