// Plays transcripts from files: node test/conformance/play.ts MANIFESTS-FOLDER TRANSCRIPT...
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { differences, playTranscript } from './transcripts.ts'

const [folder = '', ...paths] = process.argv.slice(2)
const manifests = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
)
let failed = 0
for (const path of paths) {
  const started = performance.now()
  const played = await playTranscript(readFileSync(path, 'utf8'), { manifests })
  const agreed = played.filter(({ agrees }) => agrees).length
  failed += played.length - agreed
  const text = differences(played)
  if (text !== '') console.log(`${text}\n`)
  console.log(
    `${basename(path)}: ${agreed} of ${played.length} commands agree (${Math.round(performance.now() - started)} ms)`,
  )
}
process.exitCode = failed === 0 ? 0 : 1
