// kubectl config. Source: k8s.io/kubectl/pkg/cmd/config.
import type { KubectlCommand } from '../../command.ts'
import { emptyKubeconfig, findNamed, redacted, saveKubeconfig } from '../../config.ts'
import { CliError } from '../../errors.ts'
import type { Invocation } from '../../invocation.ts'
import { compileJsonPath } from '../../jsonpath.ts'
import { listAt, recordAt, setAt, textAt } from '../../object.ts'
import { toJson } from '../../output/go-text.ts'
import { align, tableColumns } from '../../output/tab-writer.ts'
import { toYaml } from '../../output/yaml.ts'

const currentContext = (invocation: Invocation) => textAt(invocation.config.document, 'current-context') ?? ''

function sections(document: Record<string, unknown>): Record<string, Record<string, unknown>[]> {
  return {
    clusters: listAt(document, 'clusters'),
    contexts: listAt(document, 'contexts'),
    users: listAt(document, 'users'),
  }
}

async function view(invocation: Invocation): Promise<void> {
  const { flags, config } = invocation
  let document = flags.boolean('raw') ? config.document : redacted(config.document)
  if (flags.boolean('minify')) {
    const name = currentContext(invocation)
    const context = recordAt(findNamed(config, 'contexts', name), 'context')
    if (!findNamed(config, 'contexts', name))
      throw new CliError('current-context must exist in order to minify')
    const { clusters = [], contexts = [], users = [] } = sections(document)
    document = {
      ...document,
      contexts: contexts.filter((entry) => entry.name === name),
      clusters: clusters.filter((entry) => entry.name === context.cluster),
      users: users.filter((entry) => entry.name === context.user),
    }
  }
  const ordered = { ...emptyKubeconfig(), ...document }
  const output = flags.string('output')
  if (output === 'json') return invocation.out(`${toJson(ordered, '    ')}\n`)
  const path = /^jsonpath=(.*)$/s.exec(output)?.[1]
  if (path !== undefined) {
    return invocation.out(compileJsonPath(path, { allowMissing: true }).render(ordered))
  }
  await invocation.out(toYaml(ordered))
}

async function getContexts(invocation: Invocation): Promise<void> {
  const { flags, args, config } = invocation
  const names = listAt(config.document, 'contexts').map((entry) => textAt(entry, 'name') ?? '')
  for (const name of args) if (!names.includes(name)) throw new CliError(`context ${name} not found`)
  const shown = (args.length > 0 ? names.filter((name) => args.includes(name)) : names).sort()
  if (flags.string('output') === 'name') return invocation.out(shown.map((name) => `${name}\n`).join(''))
  const rows = shown.map((name) => {
    const context = recordAt(findNamed(config, 'contexts', name), 'context')
    const mark = name === currentContext(invocation) ? '*' : ''
    return `${mark}\t${name}\t${context.cluster ?? ''}\t${context.user ?? ''}\t${context.namespace ?? ''}\n`
  })
  const heading = flags.boolean('no-headers') ? '' : 'CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n'
  await invocation.out(align(heading + rows.join(''), tableColumns))
}

function upsert(
  invocation: Invocation,
  list: string,
  field: string,
  name: string,
  values: Record<string, unknown>,
): boolean {
  const { document } = invocation.config
  const entries = listAt(document, list)
  const known = entries.find((entry) => entry.name === name)
  if (known) {
    known[field] = { ...recordAt(known, field), ...values }
    document[list] = entries
  } else
    document[list] = [...entries, { [field]: values, name }].sort((a, b) =>
      String(a.name) < String(b.name) ? -1 : 1,
    )
  return known !== undefined
}

async function setContext(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const name = flags.boolean('current') ? currentContext(invocation) : args[0]
  if (flags.boolean('current') && !name) throw new CliError('no current context is set')
  if (!name || args.length > 1)
    throw new CliError(
      `Unexpected args: [${args.join(' ')}]\nSee 'kubectl config set-context -h' for help and examples`,
    )
  const values: Record<string, string> = {}
  for (const field of ['cluster', 'user', 'namespace'])
    if (flags.has(field)) values[field] = flags.string(field)
  const existed = upsert(invocation, 'contexts', 'context', name, values)
  saveKubeconfig(invocation.process, invocation.config)
  await invocation.line(`Context "${name}" ${existed ? 'modified' : 'created'}.`)
}

async function useContext(invocation: Invocation): Promise<void> {
  const [name] = invocation.args
  if (name === undefined || invocation.args.length > 1)
    throw new CliError(
      `Unexpected args: [${invocation.args.join(' ')}]\nSee 'kubectl config use-context -h' for help and examples`,
    )
  if (!findNamed(invocation.config, 'contexts', name))
    throw new CliError(`no context exists with the name: "${name}"`)
  invocation.config.document['current-context'] = name
  saveKubeconfig(invocation.process, invocation.config)
  await invocation.line(`Switched to context "${name}".`)
}

async function remove(invocation: Invocation, list: string, noun: string): Promise<void> {
  const { config, args } = invocation
  const [name = ''] = args
  if (!findNamed(config, list, name))
    throw new CliError(`cannot delete ${noun} ${name}, not in ${config.path}`)
  config.document[list] = listAt(config.document, list).filter((entry) => entry.name !== name)
  saveKubeconfig(invocation.process, config)
  await invocation.line(`deleted ${noun} ${name} from ${config.path}`)
}

async function setProperty(invocation: Invocation): Promise<void> {
  const [path = '', value = ''] = invocation.args
  if (invocation.args.length !== 2)
    throw new CliError("Unexpected args\nSee 'kubectl config set -h' for help and examples")
  const [list = '', name = '', ...rest] = path.split('.')
  const fields: Readonly<Record<string, string>> = { clusters: 'cluster', contexts: 'context', users: 'user' }
  const field = fields[list]
  if (field === undefined) setAt(invocation.config.document, path.split('.'), value)
  else {
    const values: Record<string, unknown> = {}
    setAt(values, rest, value)
    upsert(invocation, list, field, name, values)
  }
  saveKubeconfig(invocation.process, invocation.config)
  await invocation.line(`Property "${path}" set.`)
}

const names = (list: string) => async (invocation: Invocation) =>
  invocation.out(
    `NAME\n${listAt(invocation.config.document, list)
      .map((entry) => `${textAt(entry, 'name') ?? ''}\n`)
      .sort()
      .join('')}`,
  )

export const configCommand: KubectlCommand = {
  name: 'config',
  summary: 'Modify kubeconfig files',
  description: 'The file is the one of --kubeconfig, of the KUBECONFIG variable, or ~/.kube/config.',
  group: 'Other Commands',
  examples: [
    ['Work in another namespace from now on', 'kubectl config set-context --current --namespace=demo'],
  ],
  subcommands: [
    {
      name: 'current-context',
      summary: 'Display the current-context',
      run: async (invocation) => {
        const name = currentContext(invocation)
        if (!name) throw new CliError('current-context is not set')
        await invocation.line(name)
      },
    },
    {
      name: 'delete-context',
      summary: 'Delete the specified context from the kubeconfig',
      usage: 'NAME',
      run: (invocation) => remove(invocation, 'contexts', 'context'),
    },
    {
      name: 'delete-cluster',
      summary: 'Delete the specified cluster from the kubeconfig',
      usage: 'NAME',
      run: (invocation) => remove(invocation, 'clusters', 'cluster'),
    },
    { name: 'get-clusters', summary: 'Display clusters defined in the kubeconfig', run: names('clusters') },
    {
      name: 'get-contexts',
      summary: 'Describe one or many contexts',
      usage: '[(-o|--output=)name)]',
      flags: {
        'no-headers': { type: 'boolean', default: 'false', summary: 'Leave the column headings out' },
        output: { type: 'string', short: 'o', default: '', summary: 'name', values: ['name'] },
      },
      run: getContexts,
    },
    { name: 'get-users', summary: 'Display users defined in the kubeconfig', run: names('users') },
    {
      name: 'set',
      summary: 'Set an individual value in a kubeconfig file',
      usage: 'PROPERTY_NAME PROPERTY_VALUE',
      run: setProperty,
    },
    {
      name: 'set-context',
      summary: 'Set a context entry in kubeconfig',
      usage: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
      flags: { current: { type: 'boolean', default: 'false', summary: 'Change the current context' } },
      run: setContext,
    },
    {
      name: 'use-context',
      aliases: ['use'],
      summary: 'Set the current-context in a kubeconfig file',
      usage: 'CONTEXT_NAME',
      arguments: 'contexts',
      run: useContext,
    },
    {
      name: 'view',
      summary: 'Display merged kubeconfig settings or a specified kubeconfig file',
      flags: {
        flatten: { type: 'boolean', default: 'false', summary: 'Accepted', hidden: true },
        minify: { type: 'boolean', default: 'false', summary: 'Only what the current context uses' },
        output: {
          type: 'string',
          short: 'o',
          default: 'yaml',
          summary: 'yaml, json or jsonpath=',
          values: ['yaml', 'json', 'jsonpath='],
        },
        raw: { type: 'boolean', default: 'false', summary: 'Show credentials and certificates' },
      },
      run: view,
    },
  ],
}
