// How this machine reaches a new cluster's API server, and as whom: read from the control plane's container.
import { parse } from 'yaml'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'

type Access = Required<Pick<ClusterRecord, 'api' | 'ports'>>

const apiPort = '6443/TCP'

/** As soon as kubeadm has made the control plane, long before kind writes its kubeconfig. */
export async function readAdminAccess(
  engine: ContainerEngine,
  container: string,
  signal: AbortSignal,
): Promise<Access> {
  const [config, published] = await Promise.all([
    engine.run(['exec', container, 'cat', '/etc/kubernetes/admin.conf'], { signal }),
    engine.run(['port', container], { signal }),
  ])
  const { [apiPort]: port, ...ports } = readPorts(published)
  if (port === undefined) {
    throw new AppError(
      'PROVIDER_FAILED',
      `The API server of ${container} is not published on this machine.`,
      {
        hint: 'A container engine on another machine (DOCKER_HOST) is not supported.',
        log: published,
      },
    )
  }
  return { api: { url: `https://127.0.0.1:${port}`, ...readKubeconfig(config) }, ports }
}

/** Lines such as `6443/tcp -> 127.0.0.1:40391`. */
export function readPorts(published: string): Record<string, number> {
  const ports: Record<string, number> = {}
  for (const line of published.split('\n')) {
    const [, port, protocol, host] = /^(\d+)\/(\w+) -> .*:(\d+)\s*$/.exec(line) ?? []
    if (port && protocol) ports[`${port}/${protocol.toUpperCase()}`] ??= Number(host)
  }
  return ports
}

const kubeconfigSchema = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ 'certificate-authority-data': z.base64() }) })]),
  users: z.tuple([
    z.object({ user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }) }),
  ]),
})

function readKubeconfig(text: string) {
  const { clusters, users } = kubeconfigSchema.parse(parse(text))
  const pem = (data: string) => Buffer.from(data, 'base64').toString()
  return {
    authority: pem(clusters[0].cluster['certificate-authority-data']),
    certificate: pem(users[0].user['client-certificate-data']),
    key: pem(users[0].user['client-key-data']),
  }
}
