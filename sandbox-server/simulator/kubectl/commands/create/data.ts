// kubectl create configmap and secret. Source: kubectl/pkg/cmd/create/create_configmap.go, create_secret.go.
import { resolvePath } from '../../../node/file-system.ts'
import type { KubectlCommand } from '../../command.ts'
import { CliError } from '../../errors.ts'
import type { FlagSpecs } from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import { createFlags, createObject, exactName, kinds } from './objects.ts'

const sourceFlags: FlagSpecs = {
  'from-literal': { type: 'array', default: '[]', summary: 'KEY=VALUE' },
  'from-file': { type: 'array', default: '[]', summary: 'A file or directory, or KEY=FILE' },
  'from-env-file': { type: 'array', default: '[]', summary: 'A file of KEY=VALUE lines' },
}

function readBytes(invocation: Invocation, name: string): Uint8Array {
  const path = resolvePath(invocation.process.cwd, name)
  const stat = path === '/dev/null' ? undefined : invocation.process.files.stat(path)
  if (path === '/dev/null') return new Uint8Array()
  if (!stat) throw new CliError(`error reading ${name}: no such file or directory`)
  return invocation.process.files.read(path)
}

const encoder = new TextEncoder()

/** Keys and contents in the order given. */
function collect(invocation: Invocation): Map<string, Uint8Array> {
  const { flags, process } = invocation
  const data = new Map<string, Uint8Array>()
  const add = (key: string, value: Uint8Array): void => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key))
      throw new CliError(
        `${JSON.stringify(key)} is not valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      )
    if (data.has(key))
      throw new CliError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data`,
      )
    data.set(key, value)
  }
  for (const source of flags.list('from-file')) {
    const equals = source.indexOf('=')
    const name = equals < 0 ? source : source.slice(equals + 1)
    const path = resolvePath(process.cwd, name)
    if (process.files.stat(path)?.type === 'directory') {
      for (const entry of process.files.list(path))
        if (process.files.stat(`${path}/${entry}`)?.type === 'file')
          add(entry, process.files.read(`${path}/${entry}`))
    } else
      add(
        equals < 0 ? name.slice(name.lastIndexOf('/') + 1) : source.slice(0, equals),
        readBytes(invocation, name),
      )
  }
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=')
    if (equals < 1) throw new CliError(`invalid literal source ${literal}, expected key=value`)
    add(literal.slice(0, equals), encoder.encode(literal.slice(equals + 1).replace(/^(['"])(.*)\1$/s, '$2')))
  }
  for (const name of flags.list('from-env-file'))
    for (const line of new TextDecoder().decode(readBytes(invocation, name)).split('\n')) {
      const text = line.trimStart()
      if (text === '' || text.startsWith('#')) continue
      const equals = text.indexOf('=')
      const key = equals < 0 ? text : text.slice(0, equals)
      add(key, encoder.encode(equals < 0 ? (process.env[key] ?? '') : text.slice(equals + 1)))
    }
  return data
}

export const configMapCommand: KubectlCommand = {
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  usage: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  examples: [['From literals', 'kubectl create configmap settings --from-literal=colour=green']],
  flags: { ...createFlags, ...sourceFlags },
  run: async (invocation) => {
    const name = exactName(invocation, 'create configmap')
    const data: Record<string, string> = {}
    const binaryData: Record<string, string> = {}
    for (const [key, bytes] of collect(invocation)) {
      try {
        data[key] = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      } catch {
        // Not UTF-8: kept as bytes, as upstream does.
        binaryData[key] = base64(bytes)
      }
    }
    await createObject(invocation, {
      kind: kinds.configMap,
      failure: 'failed to create configmap',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
        ...(Object.keys(data).length > 0 ? { data } : {}),
        ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
      },
    })
  },
}

export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

async function createSecret(
  invocation: Invocation,
  name: string,
  type: string,
  data: Record<string, string>,
): Promise<void> {
  await createObject(invocation, {
    kind: kinds.secret,
    failure: 'failed to create secret',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      ...(type === '' ? {} : { type }),
      ...(Object.keys(data).length > 0 ? { data } : {}),
    },
  })
}

export const secretCommand: KubectlCommand = {
  name: 'secret',
  summary: 'Create a secret using a specified subcommand',
  usage: '(docker-registry | generic | tls)',
  subcommands: [
    {
      name: 'docker-registry',
      summary: 'Create a secret for use with a Docker registry',
      usage: 'NAME --docker-username=user --docker-password=password [--docker-server=string]',
      flags: {
        ...createFlags,
        'docker-server': {
          type: 'string',
          default: 'https://index.docker.io/v1/',
          summary: 'Address of the registry',
        },
        'docker-username': { type: 'string', default: '', summary: 'User' },
        'docker-password': { type: 'string', default: '', summary: 'Password' },
        'docker-email': { type: 'string', default: '', summary: 'Mail address' },
      },
      run: async (invocation) => {
        const { flags } = invocation
        const name = exactName(invocation, 'create secret docker-registry')
        const [username, password] = [flags.string('docker-username'), flags.string('docker-password')]
        const email = flags.string('docker-email')
        const auths = {
          [flags.string('docker-server')]: {
            username,
            password,
            ...(email ? { email } : {}),
            auth: btoa(`${username}:${password}`),
          },
        }
        const config = base64(encoder.encode(JSON.stringify({ auths })))
        await createSecret(invocation, name, 'kubernetes.io/dockerconfigjson', {
          '.dockerconfigjson': config,
        })
      },
    },
    {
      name: 'generic',
      summary: 'Create a secret from a local file, directory, or literal value',
      usage: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1]',
      flags: {
        ...createFlags,
        ...sourceFlags,
        type: { type: 'string', default: '', summary: 'The type of the secret' },
      },
      run: async (invocation) => {
        const name = exactName(invocation, 'create secret generic')
        const data = Object.fromEntries([...collect(invocation)].map(([key, bytes]) => [key, base64(bytes)]))
        await createSecret(invocation, name, invocation.flags.string('type'), data)
      },
    },
    {
      name: 'tls',
      summary: 'Create a TLS secret',
      usage: 'NAME --cert=path/to/cert/file --key=path/to/key/file',
      flags: {
        ...createFlags,
        cert: { type: 'string', default: '', summary: 'PEM file with the certificate' },
        key: { type: 'string', default: '', summary: 'PEM file with its private key' },
      },
      run: async (invocation) => {
        const { flags } = invocation
        const name = exactName(invocation, 'create secret tls')
        if (!flags.string('cert') || !flags.string('key'))
          throw new CliError('key and cert must be specified')
        const cert = readBytes(invocation, flags.string('cert'))
        const key = readBytes(invocation, flags.string('key'))
        if (!new TextDecoder().decode(cert).includes('-----BEGIN'))
          throw new CliError('tls: failed to find any PEM data in certificate input')
        if (!new TextDecoder().decode(key).includes('-----BEGIN'))
          throw new CliError('tls: failed to find any PEM data in key input')
        await createSecret(invocation, name, 'kubernetes.io/tls', {
          'tls.crt': base64(cert),
          'tls.key': base64(key),
        })
      },
    },
  ],
}
