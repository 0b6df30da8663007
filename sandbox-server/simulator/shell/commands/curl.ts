// curl(1), as Debian 12 has it (7.88.1), over the simulated network. TLS is not simulated and says so.
import { resolvePath } from '../../node/file-system.ts'
import type { Process, Program } from '../../node/process.ts'
import type { Command } from './command.ts'
import { Connections } from './curl/connections.ts'
import { CurlError } from './curl/errors.ts'
import { CurlUsageError, optionRules } from './curl/option-rules.ts'
import type { CurlOptions } from './curl/options.ts'
import { parseCurl } from './curl/parse-options.ts'
import { progressMeter } from './curl/progress.ts'
import { type TransferOutput, transfer } from './curl/transfer.ts'
import { expandGlob } from './curl/url.ts'
import { type TransferFacts, writeOut } from './curl/write-out.ts'

const tryHelp = "curl: try 'curl --help' or 'curl --manual' for more information\n"

export const curl: Program = async (process) => {
  const words = process.argv.slice(1)
  if (words.includes('--help') || words.includes('-h')) {
    await process.stdout.write(help())
    return 0
  }
  if (words.includes('--version') || words.includes('-V')) {
    await process.stdout.write(
      'curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1\nRelease-Date: 2023-02-20\nProtocols: http \nFeatures: \n',
    )
    return 0
  }
  let options: CurlOptions
  try {
    options = parseCurl(words)
    if (options.urls.length === 0) throw new CurlUsageError('no URL specified!')
  } catch (error) {
    if (!(error instanceof CurlUsageError)) throw error
    await process.stderr.write(`curl: ${error.message}\n${tryHelp}`)
    return 2
  }
  const connections = new Connections(process, options)
  let exitCode = 0
  try {
    const urls = options.urls.flatMap((url, index) =>
      (options.globOff ? [url] : expandGlob(url)).map((expanded) => ({
        url: expanded,
        output: options.outputs[index],
      })),
    )
    for (const [index, { url, output }] of urls.entries())
      exitCode = await withRetries(process, options, connections, url, output, index)
  } finally {
    connections.closeAll()
  }
  return exitCode
}

async function withRetries(
  process: Process,
  options: CurlOptions,
  connections: Connections,
  url: string,
  outputPath: string | undefined,
  urlNumber: number,
): Promise<number> {
  const { clock, signal, stderr, stdout } = process
  const startedAt = clock.now()
  let delay = 1000
  for (let left = options.retry; ; left--) {
    const facts = emptyFacts(url, urlNumber, options.retry - left)
    const target = openOutput(process, options, url, outputPath)
    facts.fileName = target.path ?? ''
    let failure: CurlError | undefined
    const meter = progressMeter(process, options, target.path !== undefined)
    await meter.begin()
    try {
      await transfer(process, options, connections, url, facts, target.output)
      target.finish()
    } catch (error) {
      if (!(error instanceof CurlError)) throw error
      failure = error
      facts.exitCode = error.exitCode
      facts.errorMessage = error.message
      target.finish()
    }
    await meter.end(facts)
    const why = whyRetry(options, facts, failure)
    const wait = options.retryDelay !== undefined ? options.retryDelay * 1000 : delay
    const inTime =
      options.retryMaxTime === undefined || clock.now() - startedAt + wait <= options.retryMaxTime * 1000
    if (why && left > 0 && inTime) {
      if (failure && (!options.silent || options.showError))
        await stderr.write(`curl: (${failure.exitCode}) ${failure.message}\n`)
      if (!options.silent)
        await stderr.write(
          `Warning: Problem: ${why}. Will retry in ${Math.ceil(wait / 1000)} seconds. ${left} \nWarning: ${left === 1 ? 'retry' : 'retries'} left.\n`,
        )
      await clock.sleep(wait, signal)
      delay = Math.min(delay * 2, 600_000)
      continue
    }
    if (options.writeOut !== undefined) {
      const written = writeOut(await formatOf(process, options.writeOut), facts)
      if (written.stdout) await stdout.write(written.stdout)
      if (written.stderr) await stderr.write(written.stderr)
    }
    if (failure && (!options.silent || options.showError))
      await stderr.write(`curl: (${failure.exitCode}) ${failure.message}\n`)
    return failure?.exitCode ?? 0
  }
}

/** tool_operate.c, post_per_transfer: what is worth another try. */
function whyRetry(
  options: CurlOptions,
  facts: TransferFacts,
  failure: CurlError | undefined,
): string | undefined {
  const code = failure?.exitCode ?? 0
  if (code === 28) return 'timeout'
  if (code === 6 && options.retryAllErrors) return '(retrying all errors)'
  if (code === 7 && options.retryConnectionRefused) return 'connection refused'
  if ((code === 0 || code === 22) && [408, 429, 500, 502, 503, 504].includes(facts.httpCode))
    return 'HTTP error'
  return code !== 0 && options.retryAllErrors ? '(retrying all errors)' : undefined
}

async function formatOf(process: Process, format: string): Promise<string> {
  if (!format.startsWith('@')) return format
  return process.files.readText(resolvePath(process.cwd, format.slice(1)))
}

function openOutput(
  process: Process,
  options: CurlOptions,
  url: string,
  outputPath: string | undefined,
): { output: TransferOutput; path: string | undefined; finish(): void } {
  const { files, cwd, stdout, stderr } = process
  const remote = options.remoteName ? url.replace(/[?#].*/, '').slice(url.lastIndexOf('/') + 1) : undefined
  const path = outputPath === '-' ? undefined : (outputPath ?? remote)
  if (remote === '' && outputPath === undefined) throw new CurlError(23, 'Remote file name has no length!')
  const full = path === undefined || path === '/dev/null' ? undefined : resolvePath(cwd, path)
  let begun = false
  const write = async (data: Uint8Array | string): Promise<void> => {
    if (path === undefined) return stdout.write(data)
    if (full === undefined) return
    try {
      const directory = full.slice(0, full.lastIndexOf('/')) || '/'
      if (options.createDirectories && !files.stat(directory))
        files.makeDirectory(directory, { recursive: true })
      files.write(full, data, { append: begun })
      begun = true
    } catch {
      throw new CurlError(23, 'Failure writing output to destination')
    }
  }
  const dump = options.dumpHeader
  let dumped = false
  return {
    path,
    finish: () => undefined,
    output: {
      write,
      tellsData: path !== undefined || stdout.isTerminal !== true,
      header: async (text) => {
        if (options.include || options.head) await write(text)
        if (dump === '-') await stdout.write(text)
        else if (dump !== undefined) {
          files.write(resolvePath(cwd, dump), text, { append: dumped })
          dumped = true
        }
      },
      say: async (text) => {
        if (options.verbose) await stderr.write(text)
      },
    },
  }
}

function emptyFacts(url: string, urlNumber: number, retries: number): TransferFacts {
  return {
    url,
    urlEffective: url,
    method: 'GET',
    httpCode: 0,
    httpVersion: '0',
    contentType: undefined,
    scheme: '',
    remoteIp: '',
    remotePort: 0,
    localIp: '',
    localPort: 0,
    connects: 0,
    redirects: 0,
    redirectUrl: '',
    sizeDownload: 0,
    sizeUpload: 0,
    sizeHeader: 0,
    sizeRequest: 0,
    headerCount: 0,
    timeNameLookup: 0,
    timeConnect: 0,
    timePreTransfer: 0,
    timeStartTransfer: 0,
    timeRedirect: 0,
    timeTotal: 0,
    exitCode: 0,
    errorMessage: '',
    fileName: '',
    urlNumber,
    retries,
    headers: [],
  }
}

function help(): string {
  const lines = optionRules.map(({ long, short, value, summary }) => {
    const name = `${short ? `-${short}, ` : '    '}--${long}${value ? ' <value>' : ''}`
    return ` ${name.padEnd(30)} ${summary}\n`
  })
  return `Usage: curl [options...] <url>\n${lines.join('')}`
}

export const curlCommand: Command = {
  name: 'curl',
  summary: 'transfer a URL',
  group: 'network',
  usage: 'curl [OPTION]... URL...',
  flags: Object.fromEntries(
    optionRules.flatMap(({ long, short, summary }) => [
      ...(short ? [[`-${short}`, summary] as const] : []),
      [`--${long}`, summary] as const,
    ]),
  ),
  program: curl,
}
