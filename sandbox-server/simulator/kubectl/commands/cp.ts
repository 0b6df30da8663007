// kubectl cp: files and directories between the machine and a container. Upstream pipes tar through exec (cp.go); here each file goes
// through `cat`, so that containers need no tar.

import { resolvePath } from '../../node/file-system.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { asStatusError, defaultContainer, podsBehind } from './pods.ts'

interface Place {
  readonly pod?: string
  readonly namespace?: string
  readonly path: string
}

export const cpCommand: KubectlCommand = {
  name: 'cp',
  summary: 'Copy files and directories to and from containers',
  group: 'Troubleshooting and Debugging Commands',
  usage: '<file-spec-src> <file-spec-dest>',
  examples: [
    ['Into a container', 'kubectl cp page.html demo/web:/usr/share/nginx/html/index.html'],
    ['Out of one', 'kubectl cp web:/etc/resolv.conf resolv.conf'],
  ],
  flags: {
    container: { type: 'string', short: 'c', default: '', summary: 'Container name' },
    'no-preserve': { type: 'boolean', default: 'false', summary: 'Accepted', hidden: true },
    retries: { type: 'integer', default: '0', summary: 'Accepted', hidden: true },
  },
  arguments: 'files',
  run: copy,
}

function parsePlace(text: string): Place {
  const colon = text.indexOf(':')
  if (colon < 0) return { path: text }
  const [first = '', second] = text.slice(0, colon).split('/')
  if (colon === 0) throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path')
  const path = text.slice(colon + 1)
  return second === undefined ? { pod: first, path } : { namespace: first, pod: second, path }
}

async function copy(invocation: Invocation): Promise<void> {
  const { args, process } = invocation
  if (args.length !== 2) throw new CliError('source and destination are required')
  const [from, to] = args.map(parsePlace)
  if (!from || !to) return
  if (from.pod !== undefined && to.pod !== undefined)
    throw new CliError('one of src or dest must be a local file specification')
  if (from.pod === undefined && to.pod === undefined)
    throw new CliError('one of src or dest must be a remote file specification')
  const remote = from.pod !== undefined ? from : to
  if (from.path === '' || to.path === '') throw new CliError('filepath can not be empty')
  const shell = await remoteShell(invocation, remote)
  if (from.pod === undefined) {
    const local = resolvePath(process.cwd, from.path)
    if (!process.files.stat(local)) throw new CliError(`${from.path} doesn't exist in local filesystem`)
    const base = from.path.replace(/\/$/, '').split('/').at(-1) ?? ''
    const into = (await shell.test('-d', to.path)) ? `${to.path.replace(/\/$/, '')}/${base}` : to.path
    await upload(invocation, shell, local, into)
    return
  }
  const local = resolvePath(process.cwd, to.path)
  const base = from.path.replace(/\/$/, '').split('/').at(-1) ?? ''
  const into = process.files.stat(local)?.type === 'directory' ? `${local}/${base}` : local
  await download(invocation, shell, from.path, into)
}

interface RemoteShell {
  run(
    command: readonly string[],
    stdin?: Uint8Array,
  ): Promise<{ code: number; output: Uint8Array; error: string }>
  test(flag: string, path: string): Promise<boolean>
}

async function remoteShell(invocation: Invocation, place: Place): Promise<RemoteShell> {
  const { process, flags } = invocation
  const { streams } = process
  if (!streams) throw new CliError('this machine has no connection for exec to the API server')
  const { pods } =
    place.namespace === undefined ? await podsBehind(invocation, place.pod ?? '') : { pods: [] }
  const namespace = place.namespace ?? invocation.namespace
  const [pod] = pods
  const container = flags.string('container') || (pod ? defaultContainer(pod).name : undefined)
  const run: RemoteShell['run'] = async (command, stdin) => {
    const chunks: Uint8Array[] = []
    let error = ''
    let sent = false
    const code = await streams
      .exec({
        namespace,
        pod: place.pod ?? '',
        ...(container ? { container } : {}),
        command,
        ...(stdin
          ? {
              stdin: {
                read: async () => {
                  if (sent) return undefined
                  sent = true
                  return stdin
                },
              },
            }
          : {}),
        stdout: {
          write: async (data) => {
            chunks.push(typeof data === 'string' ? new TextEncoder().encode(data) : data.slice())
          },
          end: () => undefined,
        },
        stderr: {
          write: async (data) => {
            error += typeof data === 'string' ? data : new TextDecoder().decode(data)
          },
          end: () => undefined,
        },
        signal: process.signal,
      })
      .catch((cause: unknown) => {
        throw asStatusError(cause)
      })
    const output = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
    let offset = 0
    for (const chunk of chunks) {
      output.set(chunk, offset)
      offset += chunk.length
    }
    return { code, output, error }
  }
  return { run, test: async (flag, path) => (await run(['test', flag, path])).code === 0 }
}

async function upload(
  invocation: Invocation,
  shell: RemoteShell,
  local: string,
  remote: string,
): Promise<void> {
  const { files } = invocation.process
  if (files.stat(local)?.type === 'directory') {
    await shell.run(['mkdir', '-p', remote])
    for (const name of files.list(local))
      await upload(invocation, shell, `${local}/${name}`, `${remote}/${name}`)
    return
  }
  const { code, error } = await shell.run(['sh', '-c', 'cat > "$0"', remote], files.read(local))
  if (code !== 0)
    throw new CliError(
      `${error.trim() || `cannot write ${remote}`}\ncommand terminated with exit code ${code}`,
    )
}

async function download(
  invocation: Invocation,
  shell: RemoteShell,
  remote: string,
  local: string,
): Promise<void> {
  const { files } = invocation.process
  if (await shell.test('-d', remote)) {
    if (!files.stat(local)) files.makeDirectory(local, { recursive: true })
    const { output } = await shell.run(['ls', '-1A', remote])
    for (const name of new TextDecoder()
      .decode(output)
      .split('\n')
      .filter((line) => line !== ''))
      await download(invocation, shell, `${remote}/${name}`, `${local}/${name}`)
    return
  }
  const { code, output, error } = await shell.run(['cat', remote])
  if (code !== 0)
    throw new CliError(
      `${error.replace(/^cat: /, 'tar: ').trim()}\ncommand terminated with exit code ${code}`,
    )
  files.write(local, output)
}
