// kubectl rollout: status, history, undo, restart, pause, resume. Source: kubectl/pkg/cmd/rollout.

import { patchToMatch, sendPatch } from '../../changes.ts'
import type { KubectlCommand } from '../../command.ts'
import { groupResource } from '../../discovery.ts'
import { CliError, throwAll } from '../../errors.ts'
import {
  dryRunFlag,
  type FlagSpecs,
  fieldManagerFlag,
  fileFlags,
  printFlags,
  selectorFlag,
} from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import { at, clone, equal, recordAt, setAt } from '../../object.ts'
import { quote, toJson } from '../../output/go-text.ts'
import { resultPrinter } from '../../output/printer.ts'
import { type Found, fetchObjects, resolveTargets } from '../../targets.ts'
import { lastApplied } from '../last-applied.ts'
import { historyCommand } from './history.ts'
import { chooseRevision, revisionsOf } from './revisions.ts'
import { statusCommand } from './status.ts'

const workloads = ['deployments', 'daemonsets', 'statefulsets']
const flags: FlagSpecs = {
  ...fileFlags,
  ...selectorFlag,
  ...dryRunFlag,
  ...printFlags,
  ...fieldManagerFlag('kubectl-rollout'),
}

async function eachFound(invocation: Invocation, act: (found: Found) => Promise<void>): Promise<void> {
  const targets = await resolveTargets(invocation, invocation.args, {
    selector: invocation.flags.string('selector'),
    typeAloneMeansAll: true,
    missing: 'required resource not specified',
  })
  const errors: unknown[] = []
  const found = await fetchObjects(invocation, targets, (error) => errors.push(error))
  for (const item of found)
    try {
      await act(item)
    } catch (error) {
      if (invocation.process.signal.aborted) throw error
      errors.push(error)
    }
  throwAll(errors)
  if (found.length === 0) await invocation.err(`No resources found in ${invocation.namespace} namespace.\n`)
}

async function pauseOrResume(invocation: Invocation, paused: boolean): Promise<void> {
  const print = resultPrinter(invocation)
  const word = paused ? 'paused' : 'resumed'
  await eachFound(invocation, async (found) => {
    const { mapping, object, name } = found
    if (mapping.kind !== 'Deployment')
      throw new CliError(
        `${groupResource(mapping)} ${quote(name)} ${paused ? 'pausing' : 'resuming'} is not supported`,
      )
    if ((at(object, 'spec', 'paused') === true) === paused)
      throw new CliError(
        `${groupResource(mapping)} ${quote(name)} ${paused ? 'is already paused' : 'is not paused'}`,
      )
    const modified = clone(object)
    if (paused) setAt(modified, ['spec', 'paused'], true)
    else delete recordAt(modified, 'spec').paused
    const patched = await patchToMatch(invocation, found, modified, 'kubectl-rollout')
    await print(patched ?? modified, word, mapping)
  })
}

async function restart(invocation: Invocation): Promise<void> {
  const print = resultPrinter(invocation)
  await eachFound(invocation, async (found) => {
    const { mapping, object, name } = found
    if (!workloads.includes(mapping.plural))
      throw new CliError(`${groupResource(mapping)} ${quote(name)} restarting is not supported`)
    if (at(object, 'spec', 'paused') === true)
      throw new CliError(`can't restart paused deployment (run rollout resume first)`)
    const modified = clone(object)
    const now = new Date(invocation.process.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
    setAt(modified, ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'], now)
    const patched = await patchToMatch(invocation, found, modified, 'kubectl-rollout')
    if (!patched)
      throw new CliError(
        `if restart has already been triggered within the past second, please wait before attempting to trigger another`,
      )
    await print(patched, 'restarted', mapping)
  })
}

async function undo(invocation: Invocation): Promise<void> {
  const print = resultPrinter(invocation)
  await eachFound(invocation, async (found) => {
    const { mapping, object, name } = found
    if (!workloads.includes(mapping.plural))
      throw new CliError(`no rollbacker has been implemented for ${quote(mapping.kind)}`)
    if (at(object, 'spec', 'paused') === true)
      throw new CliError(
        `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`,
      )
    if (object.metadata?.annotations?.[lastApplied] !== undefined)
      await invocation.err(
        `Warning: resource ${mapping.plural}/${name} was previously managed with 'kubectl apply'. Rolling back will not update the ${lastApplied} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
      )
    const revisions = await revisionsOf(invocation, found)
    const revision = chooseRevision(revisions, invocation.flags.integer('to-revision'), name)
    if (equal(revision.template, recordAt(object, 'spec', 'template')))
      return print(
        object,
        `skipped rollback (current template already matches revision ${revision.number})`,
        mapping,
      )
    const patch =
      mapping.kind === 'Deployment'
        ? toJson([{ op: 'replace', path: '/spec/template', value: revision.template }])
        : toJson({ spec: { template: { $patch: 'replace', ...revision.template } } })
    if (invocation.dryRun === 'client') return print(object, 'rolled back', mapping)
    const patched = await sendPatch(
      invocation,
      found,
      mapping.kind === 'Deployment' ? 'json' : 'strategic',
      patch,
      'kubectl-rollout',
    )
    await print(patched, 'rolled back', mapping)
  })
}

const common = { flags, usage: '(TYPE NAME | TYPE/NAME) [flags]', arguments: 'types-and-names' as const }

export const rolloutCommand: KubectlCommand = {
  name: 'rollout',
  summary: 'Manage the rollout of a resource',
  description: 'Valid resource types include: deployments, daemonsets, statefulsets.',
  group: 'Deploy Commands',
  examples: [
    ['Back to the previous revision', 'kubectl rollout undo deployment/web'],
    ['Follow a rollout', 'kubectl rollout status deployment/web'],
    ['Replace every pod', 'kubectl rollout restart deployment/web'],
  ],
  subcommands: [
    historyCommand,
    {
      ...common,
      name: 'pause',
      summary: 'Mark the provided resource as paused',
      resourceTypes: ['deployments'],
      run: (invocation) => pauseOrResume(invocation, true),
    },
    { ...common, name: 'restart', summary: 'Restart a resource', resourceTypes: workloads, run: restart },
    {
      ...common,
      name: 'resume',
      summary: 'Resume a paused resource',
      resourceTypes: ['deployments'],
      run: (invocation) => pauseOrResume(invocation, false),
    },
    statusCommand,
    {
      ...common,
      name: 'undo',
      summary: 'Undo a previous rollout',
      resourceTypes: workloads,
      flags: {
        ...flags,
        'to-revision': {
          type: 'integer',
          default: '0',
          summary: 'Revision to go back to; 0 is the last one',
        },
      },
      run: undo,
    },
  ],
}
