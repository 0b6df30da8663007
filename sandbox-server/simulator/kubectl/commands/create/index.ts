// kubectl create, from files and by its subcommands. Source: kubectl/pkg/cmd/create/create.go.
import type { KubectlCommand } from '../../command.ts'
import { pathOf } from '../../discovery.ts'
import { CliError, StatusError, throwAll } from '../../errors.ts'
import { fileFlags, selectorFlag } from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import { readManifests } from '../../manifests.ts'
import { toJson } from '../../output/go-text.ts'
import { resultPrinter } from '../../output/printer.ts'
import { matchesSelector } from '../../selector.ts'
import { validation, withLastApplied } from '../last-applied.ts'
import { configMapCommand, secretCommand } from './data.ts'
import { ingressCommand } from './ingress.ts'
import { createFlags } from './objects.ts'
import {
  clusterRoleBindingCommand,
  clusterRoleCommand,
  disruptionBudgetCommand,
  namespaceCommand,
  quotaCommand,
  roleBindingCommand,
  roleCommand,
  serviceAccountCommand,
  tokenCommand,
} from './policies.ts'
import { serviceCommand } from './services.ts'
import { cronJobCommand, deploymentCommand, jobCommand } from './workloads.ts'

export const createCommand: KubectlCommand = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  description: 'JSON and YAML formats are accepted.',
  group: 'Basic Commands (Beginner)',
  usage: '-f FILENAME',
  examples: [
    ['From a file', 'kubectl create -f web.yaml'],
    [
      'Print a manifest to begin with',
      'kubectl create deployment web --image=nginx --dry-run=client -o yaml',
    ],
  ],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...createFlags,
    raw: { type: 'string', default: '', summary: 'Send the file to this path' },
  },
  subcommands: [
    clusterRoleCommand,
    clusterRoleBindingCommand,
    configMapCommand,
    cronJobCommand,
    deploymentCommand,
    ingressCommand,
    jobCommand,
    namespaceCommand,
    disruptionBudgetCommand,
    quotaCommand,
    roleCommand,
    roleBindingCommand,
    secretCommand,
    serviceCommand,
    serviceAccountCommand,
    tokenCommand,
  ],
  arguments: 'files',
  run: createFromFiles,
}

async function createFromFiles(invocation: Invocation): Promise<void> {
  const { flags, args, client } = invocation
  if (args.length > 0)
    throw new CliError(`Unexpected args: [${args.join(' ')}]\nSee 'kubectl create -h' for help and examples`)
  if (flags.list('filename').length === 0 && !flags.string('kustomize'))
    throw new CliError('must specify one of -f and -k')
  const errors: unknown[] = []
  const selector = flags.string('selector')
  const manifests = await readManifests(
    invocation,
    (error) => errors.push(error),
    validation(invocation) !== 'Ignore',
  )
  const print = resultPrinter(invocation)
  let count = 0
  for (const { object, mapping, namespace, source } of manifests) {
    if (selector && !matchesSelector(object.metadata?.labels ?? {}, selector)) continue
    count++
    try {
      const wanted = flags.boolean('save-config') ? withLastApplied(object) : object
      const made =
        invocation.dryRun === 'client'
          ? wanted
          : await client.json(pathOf(mapping, namespace), {
              method: 'POST',
              body: toJson(wanted),
              query: { ...invocation.writeQuery('kubectl-create'), fieldValidation: validation(invocation) },
            })
      await print(made, 'created', mapping)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(error.during('creating', source))
    }
  }
  throwAll(errors)
  if (count === 0) throw new CliError('no objects passed to create')
}
