// `fairlead cluster up`: one simulated cluster for a real kubectl, until Ctrl-C.
import { defineCommand } from 'citty'
import { AppError } from '../contract/errors.ts'
import { clusterSpecSchema } from '../contract/lesson.ts'
import { startCluster } from '../main.ts'
import { replaceFile } from '../platform/files.ts'
import { createLog } from '../platform/log.ts'
import { untilSignal } from '../platform/process.ts'

export const clusterUp = defineCommand({
  meta: {
    name: 'up',
    description:
      'Start a simulated cluster and write a kubeconfig for it. It lives until Ctrl-C and keeps nothing.',
  },
  args: {
    nodes: {
      type: 'string',
      default: '3',
      description: 'Nodes, the control plane among them (1 to 5)',
      valueHint: 'N',
    },
    cni: { type: 'string', default: 'kindnet', description: 'kindnet, flannel or none', valueHint: 'PLUGIN' },
    kubeconfig: {
      type: 'string',
      description: 'Where the kubeconfig is written (printed where left out)',
      valueHint: 'FILE',
    },
    host: {
      type: 'string',
      default: '127.0.0.1',
      description: 'Address of the API server',
      valueHint: 'ADDRESS',
    },
    port: {
      type: 'string',
      default: '0',
      description: 'Port of the API server (0 for any free one)',
      valueHint: 'PORT',
    },
  },
  async run({ args }) {
    const spec = clusterSpecSchema.safeParse({ nodes: Number(args.nodes), cni: args.cni })
    if (!spec.success) {
      const issue = spec.error.issues[0]
      throw new AppError('BAD_REQUEST', `--${issue?.path.join('.')}: ${issue?.message}`, {
        hint: 'For example: fairlead cluster up --nodes 3 --cni kindnet --kubeconfig fairlead.kubeconfig',
      })
    }
    const port = Number(args.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new AppError('BAD_REQUEST', `--port: ${args.port} is no port.`, {
        hint: 'Leave it out for any free one.',
      })
    }
    const running = await startCluster(spec.data, { host: args.host, port }, createLog('warn'))
    const text = await running.cluster.kubeconfig()
    if (args.kubeconfig === undefined) process.stdout.write(text)
    else {
      replaceFile(args.kubeconfig, text)
      process.stdout.write(`The cluster is ready: ${running.cluster.nodes.join(', ')}\n`)
      process.stdout.write(
        `Next: kubectl --kubeconfig ${args.kubeconfig} get nodes. Ctrl-C ends the cluster.\n`,
      )
    }
    await untilSignal()
    await running.close()
    return 0
  },
})
