// kubectl set: image, env, selector, resources, serviceaccount. Source: kubectl/pkg/cmd/set.
import { patchToMatch, podSpecOf } from '../changes.ts'
import type { KubectlCommand } from '../command.ts'
import { CliError, throwAll } from '../errors.ts'
import {
  dryRunFlag,
  type FlagSpecs,
  fieldManagerFlag,
  fileFlags,
  printFlags,
  selectorFlag,
} from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { clone, equal, isRecord, listAt, recordAt, setAt, textAt, type Unstructured } from '../object.ts'
import { quote } from '../output/go-text.ts'
import { resultPrinter } from '../output/printer.ts'
import { fetchObjects, missingResources, resolveTargets } from '../targets.ts'
import { parsePairs } from './create/objects.ts'

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

/** Changes a copy of every object named; those that come out the same are not sent. */
async function changeEach(
  invocation: Invocation,
  resources: readonly string[],
  operation: string,
  change: (copy: Unstructured) => void | Promise<void>,
  printUnchanged = false,
): Promise<void> {
  const targets = await resolveTargets(invocation, resources, {
    selector: invocation.flags.string('selector'),
    typeAloneMeansAll: invocation.flags.boolean('all'),
    missing: missingResources,
  })
  const errors: unknown[] = []
  const print = resultPrinter(invocation)
  for (const found of await fetchObjects(invocation, targets, (error) => errors.push(error)))
    try {
      const copy = clone(found.object)
      await change(copy)
      if (equal(copy, found.object)) {
        if (printUnchanged) await print(found.object, operation, found.mapping)
        continue
      }
      const patched = await patchToMatch(invocation, found, copy, 'kubectl-set')
      await print(patched ?? copy, operation, found.mapping)
    } catch (error) {
      if (invocation.process.signal.aborted) throw error
      errors.push(error)
    }
  throwAll(errors)
}

function split(
  args: readonly string[],
  isPair: (arg: string) => boolean,
): { resources: string[]; pairs: string[] } {
  return { resources: args.filter((arg) => !isPair(arg)), pairs: args.filter(isPair) }
}

function containersOf(
  object: Unstructured,
  fields = ['initContainers', 'containers'],
): Record<string, unknown>[] {
  const spec = podSpecOf(object)
  if (!spec) throw new CliError(`the object is not a pod or does not have a pod template: ${object.kind}`)
  return fields.flatMap((field) => listAt(spec, field))
}

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

async function setEnv(invocation: Invocation): Promise<void> {
  const { flags } = invocation
  const isPair = (arg: string) =>
    /^[-._a-zA-Z0-9]+=/.test(arg) || /^[-._a-zA-Z0-9]+-$/.test(arg) || arg === '-'
  const { resources, pairs } = split(invocation.args, isPair)
  if (resources.length === 0 && flags.list('filename').length === 0)
    throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  const wanted = [...flags.list('env'), ...pairs]
  const from = flags.string('from')
  if (flags.boolean('list')) return listEnv(invocation, resources)
  if (wanted.length === 0 && !from) throw new CliError('at least one environment variable must be provided')
  const imported = from ? await importedEnv(invocation, from) : []
  const pattern = flags.string('containers')
  await changeEach(invocation, resources, 'env updated', (copy) => {
    const containers = containersOf(copy).filter((container) =>
      matchesWildcard(String(container.name), pattern),
    )
    if (containers.length === 0)
      throw new CliError(
        `${copy.kind}/${copy.metadata?.name} does not have any containers matching ${quote(pattern)}`,
      )
    for (const container of containers) {
      let env = listAt(container, 'env')
      for (const entry of imported) env = [...env.filter(({ name }) => name !== entry.name), entry]
      for (const pair of wanted) {
        const equals = pair.indexOf('=')
        const name = equals < 0 ? pair.slice(0, -1) : pair.slice(0, equals)
        if (equals < 0) env = env.filter((entry) => entry.name !== name)
        else {
          const value = pair.slice(equals + 1)
          const known = env.find((entry) => entry.name === name)
          if (known && !flags.boolean('overwrite'))
            throw new CliError(
              `'${name}' already has a value (${known.value ?? ''}), and --overwrite is false`,
            )
          env = known
            ? env.map((entry) => (entry === known ? { name, value } : entry))
            : [...env, { name, value }]
        }
      }
      if (env.length > 0) container.env = env
      else delete container.env
    }
  })
}

function matchesWildcard(name: string, pattern: string): boolean {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(name)
}

async function importedEnv(invocation: Invocation, from: string): Promise<Record<string, unknown>[]> {
  const [type = '', name = ''] = from.split('/')
  const mapping = await invocation.discovery.resource(type)
  if (mapping.kind !== 'ConfigMap' && mapping.kind !== 'Secret')
    throw new CliError('unsupported resource specified in --from')
  const [source] = await fetchObjects(invocation, [{ mapping, namespace: invocation.namespace, name }])
  const keys = invocation.flags.list('keys')
  const reference = mapping.kind === 'ConfigMap' ? 'configMapKeyRef' : 'secretKeyRef'
  return Object.keys(recordAt(source?.object, 'data'))
    .filter((key) => keys.length === 0 || keys.includes(key))
    .sort()
    .map((key) => ({
      name: invocation.flags.string('prefix') + key.toUpperCase().replace(/[^A-Z0-9_]/g, '_'),
      valueFrom: { [reference]: { key, name } },
    }))
}

async function listEnv(invocation: Invocation, resources: readonly string[]): Promise<void> {
  const targets = await resolveTargets(invocation, resources, {
    missing: 'one or more resources must be specified',
  })
  for (const { object, mapping, name } of await fetchObjects(invocation, targets))
    for (const container of containersOf(object)) {
      await invocation.line(`# ${mapping.kind} ${name}, container ${container.name}`)
      for (const entry of listAt(container, 'env'))
        if ('valueFrom' in entry) {
          const [kind = '', reference] = Object.entries(recordAt(entry, 'valueFrom'))[0] ?? []
          const source =
            kind === 'configMapKeyRef' ? 'configmap' : kind === 'secretKeyRef' ? 'secret' : 'field path'
          const key = textAt(reference, 'key') ?? textAt(reference, 'fieldPath') ?? ''
          await invocation.line(
            `# ${entry.name} from ${source} ${textAt(reference, 'name') ?? ''}${textAt(reference, 'name') ? ', key ' : ''}${key}`,
          )
        } else await invocation.line(`${entry.name}=${entry.value ?? ''}`)
    }
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
