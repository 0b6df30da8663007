// `npm run bench`: the figures of the README, measured on this machine. Needs a built site; the browser's need chromium too.
// `npm run bench -- kind [--pairs 2]`: those of real clusters, which need a container engine with Docker's commands, and kind.
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureBrowser } from './browser-figures.ts'
import { type Figure, figureTable } from './figures.ts'
import { measureKind } from './kind-figures.ts'
import { measureServer } from './server-figures.ts'

const site = fileURLToPath(new URL('../../dist', import.meta.url))

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'string', default: '2' } },
})

const measures: Readonly<Record<string, () => Promise<Figure[]>>> = {
  server: () => measureServer(site),
  browser: () => measureBrowser(site),
  kind: () => measureKind({ site, pairs: Number(values.pairs) }),
}

const figures: Figure[] = []
for (const name of positionals.length > 0 ? positionals : ['server', 'browser']) {
  const measure = measures[name]
  if (!measure)
    throw new Error(`there are no figures of ${name}; there are ${Object.keys(measures).join(', ')}`)
  figures.push(...(await measure()))
}
const [cpu] = cpus()
process.stdout.write(
  `${cpus().length} x ${cpu?.model ?? 'unknown'}, Node ${process.version}\n\n${figureTable(figures)}\n`,
)
