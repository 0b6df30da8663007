// Records of clusters on disk, a folder each: what a later process finds them by.
import { join } from 'node:path'
import { listFolders, readText, removeFolder, replaceFile } from '../../platform/files.ts'
import { type ClusterRecord, clusterRecordSchema } from './cluster-record.ts'

export interface ClusterRecords {
  /** Those that can be read. */
  list(): readonly ClusterRecord[]
  read(name: string): ClusterRecord | undefined
  write(record: ClusterRecord): void
  /** With its folder. */
  remove(name: string): void
  folderOf(name: string): string
}

export function openClusterRecords(folder: string): ClusterRecords {
  const folderOf = (name: string) => join(folder, 'clusters', name)
  const read = (name: string): ClusterRecord | undefined => {
    const text = readText(join(folderOf(name), 'record.json'))
    if (text === undefined) return undefined
    try {
      return clusterRecordSchema.parse(JSON.parse(text))
    } catch {
      return undefined // What a record that cannot be read stood for is found by its labels.
    }
  }
  return {
    list: () => listFolders(join(folder, 'clusters')).flatMap((name) => read(name) ?? []),
    read,
    write: (record) => replaceFile(join(folderOf(record.name), 'record.json'), JSON.stringify(record)),
    remove: (name) => removeFolder(folderOf(name)),
    folderOf,
  }
}
