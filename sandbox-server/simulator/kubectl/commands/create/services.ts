// kubectl create service. Source: kubectl/pkg/cmd/create/create_service.go.
import type { KubectlCommand } from '../../command.ts'
import { CliError } from '../../errors.ts'
import type { FlagSpecs } from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import { createFlags, createObject, exactName, kinds } from './objects.ts'

interface Port {
  readonly name: string
  readonly port: number
  readonly protocol: 'TCP'
  readonly targetPort: number | string
  readonly nodePort?: number
}

/** `80` or `80:8080` or `80:http`. */
function parsePort(text: string): Port {
  const [port = '', target] = text.split(':')
  if (!/^\d+$/.test(port))
    throw new CliError(`strconv.ParseInt: parsing ${JSON.stringify(port)}: invalid syntax`)
  const targetPort = target === undefined ? Number(port) : /^\d+$/.test(target) ? Number(target) : target
  // Upstream names a port by its whole spec: 80-8080.
  return {
    name: target === undefined ? port : `${port}-${target}`,
    port: Number(port),
    protocol: 'TCP',
    targetPort,
  }
}

const portFlags: FlagSpecs = {
  ...createFlags,
  tcp: { type: 'list', default: '[]', summary: 'PORT or PORT:TARGETPORT' },
}

async function createService(
  invocation: Invocation,
  type: string,
  spec: Record<string, unknown>,
): Promise<void> {
  const { flags } = invocation
  const name = exactName(invocation, `create service ${type.toLowerCase()}`)
  const ports = flags.list('tcp').map(parsePort)
  if (ports.length === 0 && type !== 'ExternalName' && spec.clusterIP !== 'None')
    throw new CliError('at least one tcp port specifier must be provided')
  const nodePort = flags.integer('node-port')
  const [first, ...rest] = ports
  await createObject(invocation, {
    kind: kinds.service,
    failure: `failed to create ${type} service`,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels: { app: name } },
      spec: {
        type,
        selector: { app: name },
        ...(first ? { ports: [{ ...first, ...(nodePort ? { nodePort } : {}) }, ...rest] } : {}),
        ...spec,
      },
      status: { loadBalancer: {} },
    },
  })
}

export const serviceCommand: KubectlCommand = {
  name: 'service',
  aliases: ['svc'],
  summary: 'Create a service using a specified subcommand',
  subcommands: [
    {
      name: 'clusterip',
      summary: 'Create a ClusterIP service',
      usage: 'NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
      flags: {
        ...portFlags,
        clusterip: { type: 'string', default: '', summary: 'Address, or None for a headless service' },
      },
      run: (invocation) => {
        const clusterIP = invocation.flags.string('clusterip')
        return createService(invocation, 'ClusterIP', clusterIP ? { clusterIP } : {})
      },
    },
    {
      name: 'externalname',
      summary: 'Create an ExternalName service',
      usage: 'NAME --external-name external.name [--dry-run=server|client|none]',
      flags: {
        ...portFlags,
        'external-name': { type: 'string', default: '', summary: 'The name that it stands for' },
      },
      run: (invocation) => {
        const externalName = invocation.flags.string('external-name')
        if (!externalName) throw new CliError('required flag(s) "external-name" not set')
        return createService(invocation, 'ExternalName', { externalName })
      },
    },
    {
      name: 'loadbalancer',
      summary: 'Create a LoadBalancer service',
      usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
      flags: portFlags,
      run: (invocation) => createService(invocation, 'LoadBalancer', {}),
    },
    {
      name: 'nodeport',
      summary: 'Create a NodePort service',
      usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
      flags: {
        ...portFlags,
        'node-port': {
          type: 'integer',
          default: '0',
          summary: 'Port on the nodes; 0 lets the server choose',
        },
      },
      run: (invocation) => createService(invocation, 'NodePort', {}),
    },
  ],
}
