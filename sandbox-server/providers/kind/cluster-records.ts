// Records of clusters on disk, a folder each: what a later process finds them by.
import { join } from 'node:path'
import { replaceFileSafely } from '../../platform/atomic-file.ts'
import { listFolders, readText, removeFile, removeFolder } from '../../platform/files.ts'
import { type ClusterRecord, clusterRecordSchema } from './cluster-record.ts'

export interface ClusterRecords {
  /** Those that can be read. */
  list(): readonly ClusterRecord[]
  /** Folders without a record that can be read: their cluster is nobody's, and they go with it. */
  leftOver(): readonly LeftOverFolder[]
  read(name: string): ClusterRecord | undefined
  /** All or nothing. Throws AppError PROVIDER_FAILED where the disk is full. */
  write(record: ClusterRecord): void
  /** With its folder. */
  remove(name: string): void
  folderOf(name: string): string
}

export interface LeftOverFolder {
  /** kind's name of the cluster that it was for. */
  readonly name: string
  readonly why: string
}

const fileName = 'record.json'
/** Container names have it in them; it is a folder's name and a part of commands. */
const clusterName = /^[a-z0-9][a-z0-9-]{0,62}$/

export function openClusterRecords(folder: string, replaceFile = replaceFileSafely): ClusterRecords {
  const all = join(folder, 'clusters')
  const folderOf = (name: string) => {
    if (!clusterName.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a cluster`)
    return join(all, name)
  }
  const names = () => listFolders(all).filter((name) => clusterName.test(name))
  const look = (name: string): ClusterRecord | LeftOverFolder => {
    const text = readText(join(folderOf(name), fileName))
    if (text === undefined) return { name, why: `it has no ${fileName}` }
    try {
      const record = clusterRecordSchema.parse(JSON.parse(text))
      return record.name === name ? record : { name, why: `its ${fileName} is of ${record.name}` }
    } catch (error) {
      return { name, why: `its ${fileName} cannot be read: ${String(error)}` }
    }
  }
  const isRecord = (one: ClusterRecord | LeftOverFolder): one is ClusterRecord => 'phase' in one
  return {
    list: () => names().map(look).filter(isRecord),
    leftOver: () =>
      names().flatMap((name) => {
        const one = look(name)
        return isRecord(one) ? [] : [one]
      }),
    read: (name) => {
      const one = look(name)
      return isRecord(one) ? one : undefined
    },
    write: (record) => replaceFile(join(folderOf(record.name), fileName), JSON.stringify(record)),
    remove: (name) => {
      // The record first: a process that dies between the two leaves a folder that is known as left over.
      removeFile(join(folderOf(name), fileName))
      removeFolder(folderOf(name))
    },
    folderOf,
  }
}
