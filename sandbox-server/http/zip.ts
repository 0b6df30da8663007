// A zip archive of a few text files, stored without compression (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16).
import { crc32 } from 'node:zlib'

export interface ZipEntry {
  readonly path: string
  readonly content: string
}

/** Bit 11 of the general purpose flag: names are UTF-8. */
const utf8Names = 0x0800
const version = 20

export function createZip(entries: readonly ZipEntry[], modifiedAt: Date): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.path)
    const data = Buffer.from(entry.content)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(version, 0)
    common.writeUInt16LE(utf8Names, 2)
    common.writeUInt16LE(0, 4) // stored
    common.writeUInt32LE(dosTime(modifiedAt), 6)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(name.length, 22)
    parts.push(signature(0x04034b50), common, name, data)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    const madeBy = Buffer.alloc(2)
    madeBy.writeUInt16LE(version, 0)
    directory.push(signature(0x02014b50), madeBy, common, rest, name)
    offset += 4 + common.length + name.length + data.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** MS-DOS date and time, in UTC: seconds halved, years from 1980. */
function dosTime(date: Date): number {
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate()
  return ((day << 16) | time) >>> 0
}
