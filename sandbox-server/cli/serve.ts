// `fairlead serve`: builds the site where it has to, starts the server, prints the address, ends in order at Ctrl-C.
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { startServer } from '../main.ts'
import { BuildError, buildSite, isSiteStale } from '../platform/build-site.ts'
import { type ConfigInput, readConfig } from '../platform/config.ts'
import { readText } from '../platform/files.ts'
import { createLog } from '../platform/log.ts'
import { environment, keepServing, untilSignal } from '../platform/process.ts'

const text = (description: string, valueHint: string) => ({ type: 'string', description, valueHint }) as const

export const serve = defineCommand({
  meta: {
    name: 'serve',
    description: 'Serve the lessons and their sandboxes. Open the address that it prints in a browser.',
  },
  args: {
    port: text('Port of the site (default 4780, 0 for any free one)', 'PORT'),
    host: text('Address to listen on (default 127.0.0.1: this machine only)', 'ADDRESS'),
    'api-port': text(
      "HTTPS port of the clusters' API servers, for your own kubectl (default: the one after --port)",
      'PORT',
    ),
    data: text('Where progress and sandboxes are kept (default ./.fairlead)', 'FOLDER'),
    site: text('The built site (default dist; built when missing or old)', 'FOLDER'),
    lessons: text('The lessons (default lessons)', 'FOLDER'),
    clusters: text(
      'What clusters are made of: simulated, kind, or auto for both where kind works (default auto)',
      'KIND',
    ),
    'default-clusters': text('Where both will do: simulated or kind (default simulated)', 'KIND'),
    'kind-node-image': text("Image of kind clusters' nodes (default: the one of this kind release)", 'IMAGE'),
    'toolbox-image': text("Image of learners' terminals beside kind clusters", 'IMAGE'),
    'kind-subnets': text('Networks of kind clusters, a /24 each (default 10.201.0.0/16)', 'CIDR'),
    'max-kind-clusters': text('Kind clusters at the same time (default: what memory allows)', 'N'),
    warm: text('Kind clusters kept ready of each configuration in use (default 1, 0 none)', 'N'),
    'keep-days': text('Days until a suspended cluster is removed; files stay (default 7)', 'N'),
    'public-url': text('Where learners reach the server when a proxy stands before it', 'URL'),
    'api-url': text(
      "Where learners' kubectl reaches the API port, as https://HOST:PORT (default: the host of --public-url or --host)",
      'URL',
    ),
    'trust-proxy': { type: 'boolean', description: "Believe a proxy's X-Forwarded-For" },
    'max-sandboxes': text('Clusters at the same time (default 200)', 'N'),
    'max-sandboxes-per-learner': text('Clusters of one learner at the same time (default 5)', 'N'),
    'idle-minutes': text('Minutes after which an idle sandbox stops; everything is kept (default 60)', 'N'),
    'log-level': text('fatal, error, warn, info, debug or silent (default warn)', 'LEVEL'),
    build: {
      type: 'boolean',
      default: true,
      description: 'Build the site first',
      negativeDescription: 'Serve the site as it is',
    },
  },
  async run({ args }) {
    const config = readConfig(flagsOf(args), environment)
    if (args.build && isSiteStale(config.site)) {
      process.stdout.write('Building the site (once, some ten seconds) ...\n')
      await buildSite(config.site)
    }
    if (readText(join(config.site, 'index.html')) === undefined) {
      throw new BuildError(
        `There is no built site in ${config.site}. Leave out --no-build, or run npm run build.`,
      )
    }
    const log = createLog(config.logLevel)
    const server = await startServer(config, log, {
      say: (line) => void process.stdout.write(`${line}\n`),
    })
    keepServing(log)
    process.stdout.write(`Fairlead is ready: ${server.url}\n`)
    await untilSignal()
    process.stdout.write('Keeping all sandboxes ... (Ctrl-C again ends at once)\n')
    await server.close()
    return 0
  },
})

function flagsOf(args: Record<string, unknown>): ConfigInput {
  return {
    host: args.host,
    port: args.port,
    apiPort: args['api-port'],
    publicUrl: args['public-url'],
    apiUrl: args['api-url'],
    trustProxy: args['trust-proxy'],
    data: args.data,
    site: args.site,
    lessons: args.lessons,
    clusters: args.clusters,
    defaultClusters: args['default-clusters'],
    kindNodeImage: args['kind-node-image'],
    toolboxImage: args['toolbox-image'],
    kindSubnets: args['kind-subnets'],
    maxKindClusters: args['max-kind-clusters'],
    warm: args.warm,
    keepDays: args['keep-days'],
    maxSandboxes: args['max-sandboxes'],
    maxSandboxesPerLearner: args['max-sandboxes-per-learner'],
    idleMinutes: args['idle-minutes'],
    logLevel: args['log-level'],
  }
}
