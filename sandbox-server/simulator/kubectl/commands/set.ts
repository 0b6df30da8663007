// kubectl set: image, env, selector, resources, serviceaccount. Source: kubectl/pkg/cmd/set.
import { podSpecOf } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import {
  dryRunFlag,
  type FlagSpecs,
  fieldManagerFlag,
  fileFlags,
  printFlags,
  selectorFlag,
} from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { isRecord, recordAt, setAt } from '../object.ts'
import { quote } from '../output/go-text.ts'
import { missingResources } from '../targets.ts'
import { parsePairs } from './create/objects.ts'
import { setEnv } from './set-env.ts'
import { changeEach, containersOf, matchesWildcard, split } from './set-shared.ts'

const common: FlagSpecs = {
  ...fileFlags,
  ...selectorFlag,
  ...dryRunFlag,
  ...printFlags,
  ...fieldManagerFlag('kubectl-set'),
  all: { type: 'boolean', default: 'false', summary: 'All objects of the types in the namespace' },
  local: { type: 'boolean', default: 'false', summary: 'Accepted and ignored', hidden: true },
}

const workloads = [
  'pods',
  'replicationcontrollers',
  'deployments',
  'daemonsets',
  'statefulsets',
  'cronjobs',
  'replicasets',
]

async function setImage(invocation: Invocation): Promise<void> {
  const { resources, pairs } = split(invocation.args, (arg) => arg.includes('='))
  if (resources.length === 0 && invocation.flags.list('filename').length === 0)
    throw new CliError(missingResources)
  if (pairs.length === 0) throw new CliError('at least one image update is required')
  await changeEach(invocation, resources, 'image updated', (copy) => {
    for (const pair of pairs) {
      const name = pair.slice(0, pair.indexOf('='))
      const image = pair.slice(pair.indexOf('=') + 1)
      const containers = containersOf(copy).filter((container) => name === '*' || container.name === name)
      if (containers.length === 0) throw new CliError(`error: unable to find container named ${quote(name)}`)
      for (const container of containers) container.image = image
    }
  })
}

async function setSelector(invocation: Invocation): Promise<void> {
  const { resources, pairs } = split(invocation.args, (arg) => arg.includes('='))
  const [selector] = pairs
  if (selector === undefined || pairs.length > 1) throw new CliError('one selector is required')
  await changeEach(
    invocation,
    resources,
    'selector updated',
    (copy) => {
      if (copy.kind !== 'Service') throw new CliError('setting a selector is only supported for Services')
      setAt(copy, ['spec', 'selector'], parsePairs(selector))
    },
    true,
  )
}

async function setResources(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const limits = parsePairs(flags.string('limits'))
  const requests = parsePairs(flags.string('requests'))
  if (Object.keys(limits).length === 0 && Object.keys(requests).length === 0)
    throw new CliError(
      'you must specify an update to requests or limits (in the form of --requests/--limits)',
    )
  await changeEach(invocation, args, 'resource requirements updated', (copy) => {
    for (const container of containersOf(copy, ['containers'])) {
      if (!matchesWildcard(String(container.name), flags.string('containers'))) continue
      const resources = isRecord(container.resources) ? container.resources : {}
      for (const [field, values] of Object.entries({ limits, requests }))
        if (Object.keys(values).length > 0) resources[field] = { ...recordAt(resources, field), ...values }
      container.resources = resources
    }
  })
}

async function setServiceAccount(invocation: Invocation): Promise<void> {
  const account = invocation.args.at(-1)
  if (account === undefined || invocation.args.length < 2) throw new CliError('serviceaccount is required')
  await changeEach(invocation, invocation.args.slice(0, -1), 'serviceaccount updated', (copy) => {
    const spec = podSpecOf(copy)
    if (spec) spec.serviceAccountName = account
  })
}

const containersFlag: FlagSpecs = {
  containers: { type: 'string', short: 'c', default: '*', summary: 'Names of containers; * for all' },
}
const shared = { arguments: 'types-and-names' as const, resourceTypes: workloads }

export const setCommand: KubectlCommand = {
  name: 'set',
  summary: 'Set specific features on objects',
  description: 'Changes a part of objects that exist.',
  group: 'Basic Commands (Beginner)',
  subcommands: [
    {
      ...shared,
      name: 'env',
      summary: 'Update environment variables on a pod template',
      usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
      examples: [['Set and remove', 'kubectl set env deployment/web COLOUR=green OLD-']],
      flags: {
        ...common,
        ...containersFlag,
        env: { type: 'array', short: 'e', default: '[]', summary: 'KEY=VALUE' },
        from: { type: 'string', default: '', summary: 'configmap/NAME or secret/NAME to take from' },
        keys: { type: 'list', default: '[]', summary: 'Only these keys of --from' },
        list: { type: 'boolean', default: 'false', summary: 'Print what is set' },
        overwrite: { type: 'boolean', default: 'true', summary: 'Replace what is there' },
        prefix: { type: 'string', default: '', summary: 'Put before the names of --from' },
      },
      run: setEnv,
    },
    {
      ...shared,
      name: 'image',
      summary: 'Update the image of a pod template',
      usage:
        '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
      examples: [['Another version', 'kubectl set image deployment/web nginx=nginx:1.22']],
      flags: common,
      run: setImage,
    },
    {
      ...shared,
      name: 'resources',
      summary: 'Update resource requests/limits on objects with pod templates',
      usage: '(-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]',
      flags: {
        ...common,
        ...containersFlag,
        limits: { type: 'string', default: '', summary: 'Such as cpu=200m,memory=64Mi' },
        requests: { type: 'string', default: '', summary: 'Such as cpu=100m' },
      },
      run: setResources,
    },
    {
      arguments: 'types-and-names',
      resourceTypes: ['services'],
      name: 'selector',
      summary: 'Set the selector on a resource',
      usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
      examples: [['Let a Service find other pods', 'kubectl set selector service web app=web']],
      flags: {
        ...common,
        'resource-version': { type: 'string', default: '', summary: 'Change only this version' },
      },
      run: setSelector,
    },
    {
      ...shared,
      name: 'serviceaccount',
      aliases: ['sa'],
      summary: 'Update the service account of a resource',
      usage: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
      flags: common,
      run: setServiceAccount,
    },
  ],
}
