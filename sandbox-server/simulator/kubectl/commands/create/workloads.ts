// kubectl create deployment, job and cronjob. Source: kubectl/pkg/cmd/create (create_deployment.go, create_job.go, create_cronjob.go).
import type { KubectlCommand } from '../../command.ts'
import { CliError } from '../../errors.ts'
import type { Invocation } from '../../invocation.ts'
import { clone, recordAt } from '../../object.ts'
import { createFlags, createObject, exactName, kinds } from './objects.ts'

/** `registry.k8s.io/e2e-test-images/agnhost:2.66.1` gives `agnhost`. */
function nameOfImage(image: string): string {
  const base = image.slice(image.lastIndexOf('/') + 1)
  return base.replace(/[:@].*$/, '').replace(/[^-a-z0-9]/g, '-')
}

function commandOf(invocation: Invocation): string[] {
  return invocation.argsBeforeDash < 0 ? [] : invocation.args.slice(invocation.argsBeforeDash)
}

export const deploymentCommand: KubectlCommand = {
  name: 'deployment',
  aliases: ['deploy'],
  summary: 'Create a deployment with the specified name',
  usage: 'NAME --image=image -- [COMMAND] [args...]',
  examples: [
    ['Three replicas of nginx', 'kubectl create deployment web --image=nginx --replicas=3 --port=80'],
  ],
  flags: {
    ...createFlags,
    image: { type: 'list', default: '[]', summary: 'Image of a container; can be given several times' },
    port: { type: 'integer', default: '-1', summary: 'Port that the container exposes' },
    replicas: { type: 'integer', short: 'r', default: '1', summary: 'Number of replicas' },
  },
  run: async (invocation) => {
    const { flags } = invocation
    const images = flags.list('image')
    if (images.length === 0) throw new CliError('required flag(s) "image" not set')
    const name = exactName(invocation, 'create deployment')
    const command = commandOf(invocation)
    if (images.length > 1 && command.length > 0)
      throw new CliError('cannot specify multiple --image options and command')
    const port = flags.integer('port')
    const containers = images.map((image) => ({
      name: nameOfImage(image),
      image,
      ...(command.length > 0 ? { command } : {}),
      ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }))
    const labels = { app: name }
    await createObject(invocation, {
      kind: kinds.deployment,
      failure: 'failed to create deployment',
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, labels },
        spec: {
          replicas: flags.integer('replicas'),
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers } },
          strategy: {},
        },
        status: {},
      },
    })
  },
}

export const jobCommand: KubectlCommand = {
  name: 'job',
  summary: 'Create a job with the specified name',
  usage: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  flags: {
    ...createFlags,
    image: { type: 'string', default: '', summary: 'Image of the container' },
    from: { type: 'string', default: '', summary: 'cronjob/NAME to take the template from' },
  },
  run: async (invocation) => {
    const { flags } = invocation
    const name = exactName(invocation, 'create job')
    const image = flags.string('image')
    const from = flags.string('from')
    if ((image === '') === (from === '')) throw new CliError('either --image or --from must be specified')
    const command = commandOf(invocation)
    let spec: Record<string, unknown> = {
      template: {
        metadata: {},
        spec: {
          containers: [{ name, image, ...(command.length > 0 ? { command } : {}), resources: {} }],
          restartPolicy: 'Never',
        },
      },
    }
    let annotations: Record<string, string> | undefined
    if (from) {
      const [, cronJob = ''] = from.split('/')
      const source = await invocation.client.json(
        `/apis/batch/v1/namespaces/${invocation.namespace}/cronjobs/${cronJob}`,
      )
      spec = clone(recordAt(source, 'spec', 'jobTemplate', 'spec'))
      annotations = { 'cronjob.kubernetes.io/instantiate': 'manual' }
    }
    await createObject(invocation, {
      kind: kinds.job,
      failure: 'failed to create job',
      object: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, ...(annotations ? { annotations } : {}) },
        spec,
        status: {},
      },
    })
  },
}

export const cronJobCommand: KubectlCommand = {
  name: 'cronjob',
  aliases: ['cj'],
  summary: 'Create a cron job with the specified name',
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
  flags: {
    ...createFlags,
    image: { type: 'string', default: '', summary: 'Image of the container' },
    schedule: { type: 'string', default: '', summary: 'When to run, as cron has it' },
    restart: {
      type: 'string',
      default: 'OnFailure',
      summary: 'OnFailure or Never',
      values: ['OnFailure', 'Never'],
    },
  },
  run: async (invocation) => {
    const { flags } = invocation
    const missing = ['image', 'schedule'].filter((flag) => !flags.string(flag))
    if (missing.length > 0)
      throw new CliError(`required flag(s) ${missing.map((flag) => `"${flag}"`).join(', ')} not set`)
    const name = exactName(invocation, 'create cronjob')
    const command = commandOf(invocation)
    const container = {
      name,
      image: flags.string('image'),
      ...(command.length > 0 ? { command } : {}),
      resources: {},
    }
    await createObject(invocation, {
      kind: kinds.cronJob,
      failure: 'failed to create cronjob',
      object: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name },
        spec: {
          jobTemplate: {
            metadata: { name },
            spec: {
              template: {
                metadata: {},
                spec: { containers: [container], restartPolicy: flags.string('restart') },
              },
            },
          },
          schedule: flags.string('schedule'),
        },
        status: {},
      },
    })
  },
}
