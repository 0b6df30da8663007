// The kubeconfig: which server, context and namespace, and how `kubectl config` changes them.
// Source: k8s.io/client-go/tools/clientcmd.
import { parse } from 'yaml'
import { resolvePath } from '../node/file-system.ts'
import type { Process } from '../node/process.ts'
import { CliError } from './errors.ts'
import { at, isRecord, listAt, recordAt, textAt } from './object.ts'
import { toYaml } from './output/yaml.ts'

export interface Kubeconfig {
  /** The file that `config` subcommands write. */
  readonly path: string
  readonly exists: boolean
  document: Record<string, unknown>
}

export interface Connection {
  readonly contextName: string
  readonly clusterName: string
  readonly userName: string
  /** `https://127.0.0.1:6443` */
  readonly server: string
  readonly namespace: string
}

export const emptyKubeconfig = (): Record<string, unknown> => ({
  apiVersion: 'v1',
  clusters: [],
  contexts: [],
  'current-context': '',
  kind: 'Config',
  users: [],
})

/** The kubeconfig of a machine that may use the API and has no file of its own yet, named as kind names things. */
function impliedKubeconfig(): Record<string, unknown> {
  const name = 'kind-fairlead'
  return {
    apiVersion: 'v1',
    clusters: [{ cluster: { server: 'https://127.0.0.1:6443' }, name }],
    contexts: [{ context: { cluster: name, user: name }, name }],
    'current-context': name,
    kind: 'Config',
    users: [{ name, user: {} }],
  }
}

export function loadKubeconfig(process: Process, flag: string): Kubeconfig {
  const home = process.env.HOME ?? '/root'
  const fromEnv = process.env.KUBECONFIG?.split(':').find((part) => part !== '')
  const path = resolvePath(process.cwd, flag || fromEnv || `${home}/.kube/config`)
  if (!process.files.stat(path)) {
    const implied = !flag && process.kubernetes !== undefined && !process.files.stat(serviceAccountNamespace)
    return { path, exists: false, document: implied ? impliedKubeconfig() : emptyKubeconfig() }
  }
  let document: unknown
  try {
    document = parse(process.files.readText(path))
  } catch (cause) {
    throw new CliError(
      `error loading config file "${path}": ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
  return {
    path,
    exists: true,
    document: isRecord(document) ? { ...emptyKubeconfig(), ...document } : emptyKubeconfig(),
  }
}

export function saveKubeconfig(process: Process, config: Kubeconfig): void {
  const directory = config.path.slice(0, config.path.lastIndexOf('/')) || '/'
  if (!process.files.stat(directory)) process.files.makeDirectory(directory, { recursive: true })
  process.files.write(config.path, toYaml(config.document), { mode: 0o600 })
}

export function findNamed(
  config: Kubeconfig,
  list: string,
  name: string,
): Record<string, unknown> | undefined {
  return listAt(config.document, list).find((entry) => entry.name === name)
}

/** In a pod, the namespace of its service account. */
const serviceAccountNamespace = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

export function connectionOf(
  process: Process,
  config: Kubeconfig,
  overrides: { context: string; cluster: string; user: string; server: string; namespace: string },
): Connection {
  const contextName = overrides.context || (textAt(config.document, 'current-context') ?? '')
  const context = recordAt(findNamed(config, 'contexts', contextName), 'context')
  if (overrides.context && !findNamed(config, 'contexts', contextName))
    throw new CliError(`context "${contextName}" does not exist`)
  const clusterName = overrides.cluster || (textAt(context, 'cluster') ?? '')
  const cluster = recordAt(findNamed(config, 'clusters', clusterName), 'cluster')
  const inPod = !config.exists && process.files.stat(serviceAccountNamespace) !== undefined
  const fallback = inPod ? process.files.readText(serviceAccountNamespace).trim() : 'default'
  return {
    contextName,
    clusterName,
    userName: overrides.user || (textAt(context, 'user') ?? ''),
    server: (overrides.server || textAt(cluster, 'server') || defaultServer(process, inPod)).replace(
      /\/$/,
      '',
    ),
    namespace: overrides.namespace || (textAt(context, 'namespace') ?? '') || fallback,
  }
}

function defaultServer(process: Process, inPod: boolean): string {
  const host = process.env.KUBERNETES_SERVICE_HOST
  return inPod && host
    ? `https://${host}:${process.env.KUBERNETES_SERVICE_PORT ?? '443'}`
    : process.kubernetes === undefined
      ? 'http://localhost:8080'
      : 'https://127.0.0.1:6443'
}

/** The document with credentials and certificates hidden, as `config view` prints it without --raw. */
export function redacted(document: Record<string, unknown>): Record<string, unknown> {
  const copy = structuredClone(document)
  for (const entry of listAt(copy, 'clusters')) {
    const cluster = at(entry, 'cluster')
    if (isRecord(cluster) && 'certificate-authority-data' in cluster)
      cluster['certificate-authority-data'] = 'DATA+OMITTED'
  }
  for (const entry of listAt(copy, 'users')) {
    const user = at(entry, 'user')
    if (!isRecord(user)) continue
    for (const key of ['client-certificate-data', 'client-key-data'])
      if (key in user) user[key] = 'DATA+OMITTED'
    for (const key of ['token', 'password']) if (key in user) user[key] = 'REDACTED'
  }
  return copy
}
