// The container runtime's side of CNI: the first configuration by name, its plugins in order (containerd/go-cni).
import { cniPlugins } from './index.ts'
import type { CniCall, CniPlugin, CniResult } from './plugin.ts'

export const configurationDirectory = '/etc/cni/net.d'
export const binaryDirectory = '/opt/cni/bin'

type NodeOfCall = CniCall['node']

export interface PodNetworkCall {
  readonly node: NodeOfCall
  readonly pod: CniCall['pod']
  /** The pod's own namespace, empty but for lo. */
  readonly network: CniCall['network']
  readonly portMappings?: CniCall['portMappings']
  readonly ips?: CniCall['ips']
}

interface PluginList {
  readonly name: string
  readonly plugins: readonly Readonly<Record<string, unknown>>[]
}

/** Undefined once a configuration is there; otherwise what the node's Ready condition says. */
export function networkNotReady(node: Pick<NodeOfCall, 'files'>): string | undefined {
  return readConfiguration(node) ? undefined : 'cni plugin not initialized'
}

/** CNI ADD for every plugin of the list. Throws an Error whose message goes into FailedCreatePodSandBox. */
export function addPodToNetwork(call: PodNetworkCall): CniResult {
  const list = readConfiguration(call.node)
  if (!list) throw new Error('cni plugin not initialized')
  let previous: CniResult | undefined
  for (const configuration of list.plugins) {
    const plugin = findPlugin(call.node, configuration)
    try {
      previous = plugin.add(callOf(call, list, configuration, previous))
    } catch (error) {
      removePodFromNetwork(call)
      const message = error instanceof Error ? error.message : String(error)
      throw new Error(`plugin type="${plugin.type}" failed (add): ${message}`)
    }
  }
  return previous ?? { addresses: [] }
}

/** CNI DEL in reverse order; what is gone already is no error. */
export function removePodFromNetwork(call: PodNetworkCall): void {
  const list = readConfiguration(call.node)
  for (const configuration of list?.plugins.toReversed() ?? []) {
    const plugin = cniPlugins.get(String(configuration.type))
    try {
      if (list) plugin?.del(callOf(call, list, configuration, undefined))
    } catch {
      // The runtime tries DEL again later; the pod's namespace goes in any case, and takes its interfaces with it.
    }
  }
}

function callOf(
  call: PodNetworkCall,
  list: PluginList,
  configuration: Readonly<Record<string, unknown>>,
  previous: CniResult | undefined,
): CniCall {
  const { node, pod, network, portMappings, ips } = call
  const named = { ...configuration, name: list.name }
  return {
    node,
    pod,
    network,
    configuration: named,
    previous,
    ...(portMappings && { portMappings }),
    ...(ips && { ips }),
  }
}

function findPlugin(node: NodeOfCall, configuration: Readonly<Record<string, unknown>>): CniPlugin {
  const type = String(configuration.type)
  const plugin = cniPlugins.get(type)
  if (!plugin || !node.files.stat(`${binaryDirectory}/${type}`)) {
    throw new Error(`failed to find plugin "${type}" in path [${binaryDirectory}]`)
  }
  return plugin
}

function readConfiguration(node: Pick<NodeOfCall, 'files'>): PluginList | undefined {
  const { files } = node
  if (files.stat(configurationDirectory)?.type !== 'directory') return undefined
  for (const name of files.list(configurationDirectory)) {
    if (!/\.(conf|conflist|json)$/.test(name)) continue
    const path = `${configurationDirectory}/${name}`
    if (files.stat(path)?.type !== 'file') continue
    const list = parseList(files.readText(path), name)
    if (list) return list
  }
  return undefined
}

/** Files that do not parse are passed over, as the runtime does with a warning in its log. */
function parseList(text: string, file: string): PluginList | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    const name = typeof value.name === 'string' ? value.name : file
    if (Array.isArray(value.plugins) && value.plugins.length > 0) {
      const plugins = value.plugins.filter(
        (one): one is Record<string, unknown> => typeof one === 'object' && one !== null,
      )
      return { name, plugins }
    }
    return typeof value.type === 'string' ? { name, plugins: [value] } : undefined
  } catch {
    return undefined
  }
}
