// kubectl cluster-info. Source: kubectl/pkg/cmd/clusterinfo/clusterinfo.go.
import type { Service } from '../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import { isList } from '../object.ts'

const green = (colours: boolean, text: string) => (colours ? `\u001b[0;32m${text}\u001b[0m` : text)
const yellow = (colours: boolean, text: string) => (colours ? `\u001b[0;33m${text}\u001b[0m` : text)

export const clusterInfoCommand: KubectlCommand = {
  name: 'cluster-info',
  summary: 'Display cluster information',
  group: 'Cluster Management Commands',
  subcommands: [
    {
      name: 'dump',
      summary: 'Dump relevant information for debugging and diagnosis',
      run: async () => {
        throw new CliError('cluster-info dump is not simulated; use kubectl get and kubectl logs')
      },
    },
  ],
  run: async (invocation) => {
    const { client, process } = invocation
    const colours = process.stdout.isTerminal === true && process.env.TERM !== 'dumb'
    const list = await client.json('/api/v1/namespaces/kube-system/services', {
      query: { labelSelector: 'kubernetes.io/cluster-service=true' },
    })
    await invocation.line(
      `${green(colours, 'Kubernetes control plane')} is running at ${yellow(colours, client.server)}`,
    )
    for (const item of isList(list) ? list.items : []) {
      const { metadata = {}, spec } = item as Service
      const port = spec?.ports?.[0]
      const scheme = port?.name === 'https' || port?.port === 443 ? 'https:' : ''
      const link = `${client.server}/api/v1/namespaces/${metadata.namespace}/services/${scheme}${metadata.name}${port?.name ? `:${port.name}` : scheme ? ':' : ''}/proxy`
      const name = metadata.labels?.['kubernetes.io/name'] ?? metadata.name ?? ''
      await invocation.line(`${green(colours, name)} is running at ${yellow(colours, link)}`)
    }
    await invocation.out(
      "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    )
  },
}
