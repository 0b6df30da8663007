// What this machine has left for others: memory, disk, file watches.
import { readFileSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'

/** What can be had without swapping. On Linux that counts caches, which freemem does not. */
export function availableMemory(): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readIfThere('/proc/meminfo') ?? '')?.[1]
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024
}

/** Bytes that may still be written below `path`; undefined where this machine does not have it. */
export function freeDisk(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return undefined // It is in a virtual machine, or not for us to look at.
  }
}

export interface InotifyLimits {
  readonly watches: number
  readonly instances: number
}

/** Per user (inotify(7)); undefined where the system is not Linux. */
export function inotifyLimits(): InotifyLimits | undefined {
  const read = (name: string) => Number(readIfThere(`/proc/sys/fs/inotify/${name}`) ?? Number.NaN)
  const limits = { watches: read('max_user_watches'), instances: read('max_user_instances') }
  return Number.isNaN(limits.watches + limits.instances) ? undefined : limits
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // Another system has no /proc.
  }
}
