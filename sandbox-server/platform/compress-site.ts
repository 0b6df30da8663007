// Writes .br and .gz beside the site's text files once, so that serving them costs nothing.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { listFiles } from './files.ts'

const compressible = /\.(html|js|css|svg|json|txt|xml|map|wasm|ttf)$/
const leastBytes = 1024

/** Does only what is missing or older than its source. */
export async function compressSite(site: string): Promise<void> {
  for (const path of listFiles(site)) {
    if (!compressible.test(path)) continue
    const source = join(site, path)
    const { size, mtimeMs } = statSync(source)
    if (size < leastBytes) continue
    const isFresh = (target: string) => existsSync(target) && statSync(target).mtimeMs >= mtimeMs
    if (isFresh(`${source}.br`) && isFresh(`${source}.gz`)) continue
    const data = readFileSync(source)
    // Quality 9 takes a tenth of the time of 11 for three per cent more bytes: this runs before the first start.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: size }
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(data, { params }),
      promisify(gzip)(data, { level: 9 }),
    ])
    writeFileSync(`${source}.br`, br)
    writeFileSync(`${source}.gz`, gz)
  }
}
