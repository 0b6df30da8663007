// kubectl wait. Source: kubectl/pkg/cmd/wait (wait.go, condition.go, json.go, delete.go, create.go).
import type { KubectlCommand } from '../command.ts'
import { kindName } from '../discovery.ts'
import { CliError, isStatus, StatusError, throwAll } from '../errors.ts'
import { allNamespacesFlag, fieldSelectorFlag, fileFlags, printFlags, selectorFlag } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { compileJsonPath, printed, relaxedPath } from '../jsonpath.ts'
import { isRecord, listAt, numberAt, type Unstructured } from '../object.ts'
import { objectPrinter } from '../output/printer.ts'
import { type Found, fetchObjects, resolveTargets, type Target } from '../targets.ts'
import { states, untilDeadline, WaitTimeout, waitUntilDeleted } from '../waiting.ts'

export const waitCommand: KubectlCommand = {
  name: 'wait',
  summary: 'Wait for a specific condition on one or many resources',
  group: 'Advanced Commands',
  usage:
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  examples: [
    ['Until a pod is ready', 'kubectl wait --for=condition=Ready pod/web'],
    ['Until it is not', 'kubectl wait --for=condition=Ready=false pod/web'],
    ['Until a field has a value', "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web"],
    ['Until it is gone', 'kubectl wait --for=delete pod/web --timeout=60s'],
  ],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...fieldSelectorFlag,
    ...allNamespacesFlag,
    ...printFlags,
    all: { type: 'boolean', default: 'false', summary: 'All objects of the types in the namespace' },
    for: {
      type: 'array',
      default: '[]',
      summary: 'create, delete, condition=NAME[=VALUE] or jsonpath=PATH[=VALUE]',
    },
    local: { type: 'boolean', default: 'false', summary: 'Accepted and ignored', hidden: true },
    timeout: {
      type: 'duration',
      default: '30s',
      summary: 'How long to wait; 0 looks once, negative waits a week',
    },
  },
  arguments: 'types-and-names',
  run: wait,
}

type Met = (object: Unstructured) => boolean

async function wait(invocation: Invocation): Promise<void> {
  const { flags, args, process } = invocation
  const conditions = flags.list('for')
  if (conditions.length === 0) throw new CliError('unrecognized condition: []')
  for (const condition of conditions)
    if (!['create', 'delete'].includes(condition.toLowerCase())) parseCondition(condition)
  const timeout = flags.duration('timeout')
  const deadline = process.clock.now() + (timeout < 0 ? 168 * 3_600_000 : timeout)
  const targets = await resolveTargets(invocation, args, {
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.boolean('all-namespaces'),
    typeAloneMeansAll: flags.boolean('all'),
    missing: 'arguments in resource/name form must have a single resource and name',
  })
  const errors: unknown[] = []
  for (const condition of conditions) {
    if (condition.toLowerCase() === 'create') await waitForCreation(invocation, targets, deadline)
    else if (condition.toLowerCase() === 'delete') await waitForDeletion(invocation, targets, deadline)
    else {
      const met = parseCondition(condition)
      const found = await fetchObjects(invocation, targets, (error) => errors.push(error))
      if (found.length === 0 && errors.length === 0) throw new CliError('no matching resources found')
      for (const item of found)
        try {
          await waitFor(invocation, item, met, deadline, timeout === 0)
        } catch (error) {
          if (process.signal.aborted) throw error
          errors.push(error)
        }
    }
  }
  throwAll(errors)
}

/** Source: wait.go conditionFuncFor. */
function parseCondition(text: string): Met {
  const condition = /^condition=([^=]*)(?:=(.*))?$/i.exec(text)
  if (condition) {
    const wanted = (condition[2] ?? 'true').toLowerCase()
    const name = (condition[1] ?? '').toLowerCase()
    return (object) => hasCondition(object, name, wanted)
  }
  const path = /^jsonpath=([\s\S]*)$/i.exec(text)?.[1]
  if (path === undefined) throw new CliError(`unrecognized condition: ${JSON.stringify(text)}`)
  if (path === '') throw new CliError('jsonpath expression cannot be empty')
  const end =
    path.startsWith('{') || path.startsWith("'") ? path.lastIndexOf('}') + 1 : `${path}=`.indexOf('=')
  const expression = path.slice(0, end).replace(/^'|'$/g, '')
  const rest = path.slice(end).replace(/^'/, '')
  if (rest !== '' && !rest.startsWith('='))
    throw new CliError(
      `jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`,
    )
  const value = rest.slice(1).replace(/^['"]|['"]$/g, '')
  if (rest === '=' || (rest !== '' && value === ''))
    throw new CliError(
      `jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3`,
    )
  const compiled = compileJsonPath(relaxedPath(expression), { allowMissing: true })
  return (object) => {
    const found = compiled.find(object)
    if (found.length === 0) return false
    if (rest === '') return true
    if (found.length > 1) throw new CliError('given jsonpath expression matches more than one value')
    if (isRecord(found[0]) || Array.isArray(found[0]))
      throw new CliError('jsonpath leads to a nested object or list which is not supported')
    return printed(found[0]) === value
  }
}

function hasCondition(object: Unstructured, name: string, wanted: string): boolean {
  const condition = listAt(object, 'status', 'conditions').find(
    ({ type }) => typeof type === 'string' && type.toLowerCase() === name,
  )
  if (!condition) return false
  const generation = object.metadata?.generation
  const observed =
    numberAt(condition, 'observedGeneration') ?? numberAt(object, 'status', 'observedGeneration')
  if (generation !== undefined && observed !== undefined && observed < generation) return false
  return String(condition.status).toLowerCase() === wanted
}

async function report(
  invocation: Invocation,
  found: Pick<Found, 'mapping' | 'name' | 'object'>,
): Promise<void> {
  const printer = objectPrinter(invocation)
  await invocation.out(
    printer ? printer(found.object) : `${kindName(found.mapping)}/${found.name} condition met\n`,
  )
}

async function waitFor(
  invocation: Invocation,
  item: Found,
  met: Met,
  deadline: number,
  once: boolean,
): Promise<void> {
  const { mapping, namespace, name } = item
  const last = await untilDeadline(invocation, deadline, async (signal) => {
    if (met(item.object)) return item.object
    if (once) return undefined
    for await (const object of states(invocation, { mapping, namespace, name }, signal)) {
      if (!object)
        throw new StatusError({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          reason: 'NotFound',
          message: `${mapping.plural}${mapping.group ? `.${mapping.group}` : ''} ${JSON.stringify(name)} not found`,
        })
      if (met(object)) return object
    }
    return undefined
  })
  if (!last)
    throw once
      ? new CliError(`condition not met for ${mapping.plural}/${name}`)
      : new WaitTimeout(`timed out waiting for the condition on ${mapping.plural}/${name}`)
  await report(invocation, {
    mapping,
    name,
    object: { apiVersion: item.object.apiVersion ?? '', kind: mapping.kind, ...last },
  })
}

async function waitForDeletion(
  invocation: Invocation,
  targets: readonly Target[],
  deadline: number,
): Promise<void> {
  const errors: unknown[] = []
  for (const target of targets) {
    let found: Found[]
    try {
      found = await fetchObjects(invocation, [target])
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error
      // Gone already: met, and upstream says nothing of it (delete.go).
      continue
    }
    for (const item of found)
      try {
        await waitUntilDeleted(invocation, item, item.object.metadata?.uid, deadline)
        await report(invocation, item)
      } catch (error) {
        if (invocation.process.signal.aborted) throw error
        errors.push(error)
      }
  }
  throwAll(errors)
}

async function waitForCreation(
  invocation: Invocation,
  targets: readonly Target[],
  deadline: number,
): Promise<void> {
  const { clock, signal } = invocation.process
  for (const target of targets)
    for (;;) {
      const found = await fetchObjects(invocation, [target]).catch((error: unknown) => {
        if (isStatus(error, 'NotFound')) return []
        throw error
      })
      if (found.length > 0) {
        for (const item of found) await report(invocation, item)
        break
      }
      if (clock.now() >= deadline)
        throw new WaitTimeout(
          target.name
            ? `timed out waiting for the condition on ${target.mapping.plural}/${target.name}`
            : undefined,
        )
      await clock.sleep(500, signal)
    }
}
