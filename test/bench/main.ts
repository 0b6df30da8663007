// `npm run bench`: the figures of the README, measured on this machine. Needs a built site; the browser's need chromium too.
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { measureBrowser } from './browser-figures.ts'
import { figureTable } from './figures.ts'
import { measureServer } from './server-figures.ts'

const site = fileURLToPath(new URL('../../dist', import.meta.url))

const figures = [...(await measureServer(site)), ...(await measureBrowser(site))]
const [cpu] = cpus()
process.stdout.write(
  `${cpus().length} x ${cpu?.model ?? 'unknown'}, Node ${process.version}\n\n${figureTable(figures)}\n`,
)
