// SPDY/3.1 header compression with Node's zlib: one stream a direction, with the protocol's dictionary, flushed after each block.
import { constants, createDeflate, createInflate } from 'node:zlib'
import type { HeaderCodec } from '../../simulator/api/streams/spdy.ts'
import { spdyDictionary } from '../../simulator/api/streams/spdy-dictionary.ts'

export function nodeHeaderCodec(): HeaderCodec {
  const dictionary = Buffer.from(spdyDictionary())
  const inflate = createInflate({ dictionary, finishFlush: constants.Z_SYNC_FLUSH })
  const deflate = createDeflate({ dictionary, finishFlush: constants.Z_SYNC_FLUSH })
  return {
    decompress: (data) => through(inflate, data),
    compress: (data) => through(deflate, data),
    close() {
      inflate.close()
      deflate.close()
    },
  }
}

/** What comes out of a compressor for one block that goes in. */
function through(
  stream: ReturnType<typeof createDeflate> | ReturnType<typeof createInflate>,
  data: Uint8Array,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const collect = (part: Buffer) => parts.push(part)
    stream.on('data', collect)
    stream.once('error', reject)
    stream.write(data, () => {
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        stream.removeListener('data', collect)
        stream.removeListener('error', reject)
        resolve(new Uint8Array(Buffer.concat(parts)))
      })
    })
  })
}
