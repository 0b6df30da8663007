// kubectl set env. Source: kubectl/pkg/cmd/set/set_env.go.
import { CliError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { listAt, recordAt, textAt } from '../object.ts'
import { quote } from '../output/go-text.ts'
import { fetchObjects, resolveTargets } from '../targets.ts'
import { changeEach, containersOf, matchesWildcard, split } from './set-shared.ts'

export async function setEnv(invocation: Invocation): Promise<void> {
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
