// `fairlead cluster up`: one cluster alone for a real kubectl, until Ctrl-C.
import { defineCommand } from 'citty'
import { AppError } from '../contract/errors.ts'
import { clusterSpecSchema } from '../contract/lesson.ts'
import type { Step } from '../contract/sandbox.ts'
import { startCluster } from '../main.ts'
import { replaceFile } from '../platform/files.ts'
import { createLog } from '../platform/log.ts'
import { untilSignal } from '../platform/process.ts'
import { providerNameOf } from './provider-name.ts'

export const clusterUp = defineCommand({
  meta: {
    name: 'up',
    description:
      "Start a cluster and write an administrator's kubeconfig for it. It lives until Ctrl-C and keeps nothing.",
  },
  args: {
    provider: {
      type: 'string',
      default: 'simulated',
      description: 'What it is made of: simulated, or kind for a real one',
      valueHint: 'NAME',
    },
    nodes: {
      type: 'string',
      default: '3',
      description: 'Nodes, the control plane among them (1 to 5)',
      valueHint: 'N',
    },
    cni: {
      type: 'string',
      default: 'kindnet',
      description: 'kindnet, flannel, calico, cilium or none',
      valueHint: 'PLUGIN',
    },
    kubeconfig: {
      type: 'string',
      description: 'Where the kubeconfig is written (left out: printed, of kind fairlead.kubeconfig)',
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
    const provider = providerNameOf(args.provider)
    const abort = new AbortController()
    const ended = untilSignal().then(() => abort.abort(new Error('The start was given up.')))
    const running = await startCluster({
      provider,
      spec: spec.data,
      api: { host: args.host, port },
      log: createLog('warn'),
      progress: provider === 'kind' ? stepPrinter() : () => {},
      signal: abort.signal,
    })
    const text = await running.cluster.kubeconfig()
    const path = args.kubeconfig ?? (provider === 'kind' ? 'fairlead.kubeconfig' : undefined)
    if (path === undefined) process.stdout.write(text)
    else {
      replaceFile(path, text)
      process.stdout.write(`The cluster is ready: ${running.cluster.nodes.join(', ')}\n`)
      process.stdout.write(
        `Next: kubectl --kubeconfig ${path} get nodes. Ctrl-C ${provider === 'kind' ? 'removes' : 'ends'} the cluster.\n`,
      )
    }
    await ended
    if (provider === 'kind') process.stderr.write('Removing the cluster ...\n')
    await running.close()
    return 0
  },
})

/** A line for each step that ended, on standard error. */
function stepPrinter(): (steps: readonly Step[]) => void {
  let printed = 0
  return (steps) => {
    for (const { name, state, durationMs } of steps.slice(printed)) {
      if (state !== 'done' && state !== 'failed') return
      const took = durationMs === undefined ? '' : `, ${(durationMs / 1000).toFixed(1)} s`
      process.stderr.write(`${name}: ${state}${took}\n`)
      printed++
    }
  }
}
