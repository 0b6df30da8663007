// The image agnhost of Kubernetes' own tests (test/images/agnhost), on the Debian base with tools that Fairlead's cluster gives it.

import { readResolvConf } from '../../../network/dns/resolv-conf.ts'
import type { Image } from '../../image.ts'
import type { Process, Program } from '../../process.ts'
import { FlagError, goProgram, klog, parseDuration, parseFlags } from '../go-program.ts'
import { connect } from './connect.ts'
import { netexec } from './netexec.ts'
import { liveness, pause, porter, serveHostname } from './servers.ts'

const version = '2.66.1'

const logsGenerator = (args: readonly string[]) => {
  const short = args.map((arg) =>
    arg.replace(/^-t(?==|$)/, '--log-lines-total').replace(/^-d(?==|$)/, '--run-duration'),
  )
  const { flags } = parseFlags(short, { 'log-lines-total': '0', 'run-duration': '0' })
  const total = Number(flags['log-lines-total'])
  const duration = parseDuration(flags['run-duration'] ?? '') ?? 0
  return goProgram(
    async ({ process, log }) => {
      if (total <= 0) {
        log(`Invalid total number of lines: ${total}`)
        return 255
      }
      if (duration <= 0) {
        log(`Invalid duration: ${flags['run-duration']}`)
        return 255
      }
      const { random } = process
      for (let id = 0; id < total; id++) {
        const method = ['GET', 'POST', 'PUT'][random.integer(3)]
        const namespace = ['kube-system', 'default', 'ns'][random.integer(3)]
        const pod = random.suffix(3 + random.integer(2))
        log(`${id} ${method} /api/v1/namespaces/${namespace}/pods/${pod} ${200 + random.integer(400)}`)
        await process.clock.sleep(duration / total, process.signal)
      }
      return 0
    },
    { format: (text, process) => klog(text, process, 'logs_generator.go:75') },
  )
}

const print =
  (text: (process: Process) => string): Program =>
  async (process) => {
    await process.stdout.write(`${text(process)}\n`)
    return 0
  }

const subcommands: Readonly<Record<string, (args: readonly string[]) => Program>> = {
  connect,
  'dns-server-list': () => print(({ files }) => readResolvConf(files).nameservers.join(',')),
  'dns-suffix': () => print(({ files }) => readResolvConf(files).search.join(',')),
  'etc-hosts': () => print(({ files }) => files.readText('/etc/hosts')),
  liveness,
  'logs-generator': logsGenerator,
  netexec,
  pause,
  porter,
  'serve-hostname': serveHostname,
}

const notSimulated = [
  'audit-proxy',
  'crd-conversion-webhook',
  'entrypoint-tester',
  'fake-gitserver',
  'grpc-health-checking',
  'guestbook',
  'inclusterclient',
  'mounttest',
  'net',
  'nettest',
  'no-snat-test',
  'resource-consumer-controller',
  'tcp-reset',
  'test-webserver',
  'webhook',
]

const agnhostProgram: Program = async (process) => {
  const [, name, ...args] = process.argv
  if (name === undefined || name === '--help' || name === 'help') {
    const list = Object.keys(subcommands).map((one) => `  ${one}`)
    await process.stdout.write(`Usage:\n  app [command]\n\nAvailable Commands:\n${list.join('\n')}\n`)
    return 0
  }
  if (name === '--version') {
    await process.stdout.write(`app version ${version}\n`)
    return 0
  }
  const subcommand = subcommands[name]
  if (!subcommand) {
    const why = notSimulated.includes(name)
      ? `Error: "agnhost ${name}" is not simulated; there are: ${Object.keys(subcommands).join(', ')}`
      : `Error: unknown command ${JSON.stringify(name)} for "app"\nRun 'app --help' for usage.`
    await process.stderr.write(`${why}\n`)
    return 1
  }
  try {
    return await subcommand(args)(process)
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    await process.stderr.write(`Error: ${error.message}\n`)
    return 1
  }
}

export const agnhost: Image = {
  repositories: ['registry.k8s.io/e2e-test-images/agnhost', 'fairlead/agnhost'],
  tags: [version, '*'],
  entrypoint: ['/agnhost'],
  command: ['pause'],
  env: {},
  workingDirectory: '/',
  files: { '/uploads/': '' },
  programs: { '/agnhost': agnhostProgram, agnhost: agnhostProgram },
  base: 'debian',
  sizeBytes: 53_412_888,
}
