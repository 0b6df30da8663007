// kube-proxy as a program: watches Services and EndpointSlices and keeps its node's rules in step with them. No packet passes
// through it, and what it wrote stays when it ends (cmd/kube-proxy, iptables mode).
import { parse } from 'yaml'
import type { EndpointSlice, Service } from '../../../contract/kubernetes.ts'
import { endpointSlices, nodes, services } from '../../api/resources.ts'
import type { Process, Program } from '../../node/process.ts'
import { Coalesced } from '../coalesce.ts'
import { serveHttp } from '../http/server.ts'
import { klog, untilSignalled } from '../klog.ts'
import { insideOf, type Namespace } from '../namespace.ts'
import { restoreNetfilter } from '../netfilter/restore.ts'
import { HealthCheckPorts } from './health-check-ports.ts'
import { ensureProxyChains } from './node-chains.ts'
import { kubeProxyRules } from './rules.ts'
import { type ServicePort, servicePorts } from './service-ports.ts'
import { removeStaleFlows } from './stale-flows.ts'

/** iptables.minSyncPeriod */
const minSyncPeriodMs = 1000
const healthzPort = 10_256
const ownChain = /^KUBE-(SVC|SVL|EXT|FW|SEP)-/

export const kubeProxy: Program = async (process) => {
  const log = klog(process)
  const { objects } = process
  if (!objects) {
    log('E', 'server.go:1', '"Unable to load in-cluster configuration: no service account"')
    return 1
  }
  const node = flagValue(process, '--hostname-override') ?? process.machine.hostname
  const config = readConfig(process)
  const clusterCidr = config.clusterCIDR ?? '10.244.0.0/16'
  if (config.mode && config.mode !== 'iptables') {
    log('W', 'server_linux.go:1', `"Proxy mode ${config.mode} is not simulated; using iptables"`)
  }
  const namespace = insideOf(process.machine.network)
  ensureProxyChains(namespace)
  log('I', 'server_linux.go:132', '"Using iptables Proxier"')

  const knownServices = new Map<string, Service>()
  const knownSlices = new Map<string, EndpointSlice>()
  const health = new HealthCheckPorts(process)
  const nodeIp = () =>
    objects.get(nodes, { name: node })?.status?.addresses?.find((one) => one.type === 'InternalIP')
      ?.address ?? ''
  const syncRules = () => {
    const ports = servicePorts([...knownServices.values()], [...knownSlices.values()], node)
    program(namespace, ports, { clusterCidr, nodeIp: nodeIp(), localhostNodePorts: true })
    health.sync(ports)
  }
  const sync = new Coalesced(process.clock, minSyncPeriodMs, syncRules, (why) =>
    log('E', 'proxier.go:1512', `"Failed to execute iptables-restore" err="${why}"`),
  )
  const stopServices = objects.watch(services, ({ type, object }) => {
    if (type === 'DELETED') knownServices.delete(object.metadata.uid)
    else knownServices.set(object.metadata.uid, object)
    sync.request()
  })
  const stopSlices = objects.watch(endpointSlices, ({ type, object }) => {
    if (type === 'DELETED') knownSlices.delete(object.metadata.uid)
    else knownSlices.set(object.metadata.uid, object)
    sync.request()
  })
  const healthz = serveHttp(process.sockets, { port: healthzPort }, ({ path }) =>
    path === '/healthz' || path === '/livez'
      ? {
          status: 200,
          headers: { 'Content-Type': 'application/json' },
          body: `{"lastUpdated": "${new Date(process.clock.now()).toISOString()}"}`,
        }
      : { status: 404, body: '404 page not found\n' },
  )
  sync.request()
  try {
    return await untilSignalled(process)
  } finally {
    stopServices()
    stopSlices()
    sync.dispose()
    health.close()
    healthz.close()
  }
}

/** Writes the rules of all ports over those of before. */
export function program(
  namespace: Namespace,
  ports: readonly ServicePort[],
  options: { clusterCidr: string; nodeIp: string; localhostNodePorts: boolean },
): void {
  ensureProxyChains(namespace)
  const before = [...namespace.netfilter.table('nat').chains.keys()].filter((chain) => ownChain.test(chain))
  const { text } = kubeProxyRules(ports, options, before)
  restoreNetfilter(namespace.netfilter, text, { flush: false })
  removeStaleFlows(namespace.netfilter.conntrack, ports)
}

interface Config {
  readonly mode?: string
  readonly clusterCIDR?: string
}

function readConfig(process: Process): Config {
  const path = flagValue(process, '--config')
  if (path === undefined || !process.files.stat(path)) return {}
  return parseConfig(process.files.readText(path))
}

/** The file is the same on every node of every cluster, and parsing it takes longer than all else at the start. */
let lastParsed: { readonly text: string; readonly config: Config } | undefined

function parseConfig(text: string): Config {
  if (lastParsed?.text !== text) lastParsed = { text, config: configOf(parse(text)) }
  return lastParsed.config
}

function configOf(config: unknown): Config {
  if (typeof config !== 'object' || config === null) return {}
  const { mode, clusterCIDR } = config as Record<string, unknown>
  return {
    ...(typeof mode === 'string' && { mode }),
    ...(typeof clusterCIDR === 'string' && clusterCIDR !== '' && { clusterCIDR }),
  }
}

function flagValue(process: Process, flag: string): string | undefined {
  const argument = process.argv.find((one) => one.startsWith(`${flag}=`))
  return argument?.slice(flag.length + 1)
}
