// kubectl rollout status. Source: kubectl/pkg/polymorphichelpers/rollout_status.go, cmd/rollout/rollout_status.go.
import type { DaemonSet, Deployment, StatefulSet } from '../../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../../command.ts'
import { CliError } from '../../errors.ts'
import { fileFlags, selectorFlag } from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import type { Unstructured } from '../../object.ts'
import { quote } from '../../output/go-text.ts'
import { fetchObjects, resolveTargets } from '../../targets.ts'
import { states, untilDeadline, WaitTimeout } from '../../waiting.ts'
import { revisionAnnotation } from './revisions.ts'

export const statusCommand: KubectlCommand = {
  name: 'status',
  summary: 'Show the status of the rollout',
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  examples: [['Follow a rollout until it is done', 'kubectl rollout status deployment/web']],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    revision: { type: 'integer', default: '0', summary: 'Fail unless this revision is the one rolled out' },
    timeout: { type: 'duration', default: '0s', summary: 'How long to wait; 0 waits for ever' },
    watch: { type: 'boolean', short: 'w', default: 'true', summary: 'Follow until it is done' },
  },
  arguments: 'types-and-names',
  resourceTypes: ['deployments', 'daemonsets', 'statefulsets'],
  run: status,
}

async function status(invocation: Invocation): Promise<void> {
  const { flags, args, process } = invocation
  const targets = await resolveTargets(invocation, args, {
    selector: flags.string('selector'),
    typeAloneMeansAll: true,
    missing: 'required resource not specified',
  })
  const found = await fetchObjects(invocation, targets)
  if (found.length === 0) {
    await invocation.err(`No resources found in ${invocation.namespace} namespace.\n`)
    return
  }
  for (const { mapping, namespace, name } of found) {
    const view = viewers[mapping.kind]
    if (!view) throw new CliError(`no status viewer has been implemented for ${mapping.kind}`)
    const timeout = flags.duration('timeout')
    const deadline = timeout > 0 ? process.clock.now() + timeout : Number.MAX_SAFE_INTEGER
    let last = ''
    const done = await untilDeadline(invocation, deadline, async (signal) => {
      for await (const object of states(invocation, { mapping, namespace, name }, signal)) {
        if (!object) throw new CliError('object has been deleted')
        const { text, done } = view({ ...object, kind: mapping.kind }, flags.integer('revision'))
        if (text !== last || done) await invocation.out(text)
        last = text
        if (done || !flags.boolean('watch')) return true
      }
      return true
    })
    if (!done) throw new WaitTimeout()
  }
}

interface View {
  readonly text: string
  readonly done: boolean
}

const waiting = (text: string): View => ({ text: `${text}\n`, done: false })
const finished = (text: string): View => ({ text: `${text}\n`, done: true })

const viewers: Readonly<Record<string, (object: Unstructured, revision: number) => View>> = {
  Deployment: (object, revision) => viewDeployment(object as Deployment, revision),
  DaemonSet: (object) => viewDaemonSet(object as DaemonSet),
  StatefulSet: (object) => viewStatefulSet(object as StatefulSet),
}

function viewDeployment({ metadata = {}, spec, status = {} }: Deployment, revision: number): View {
  const name = quote(metadata.name ?? '')
  const running = Number(metadata.annotations?.[revisionAnnotation] ?? 0)
  if (revision > 0 && revision !== running)
    throw new CliError(`desired revision (${revision}) is different from the running revision (${running})`)
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return waiting('Waiting for deployment spec update to be observed...')
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw new CliError(`deployment ${name} exceeded its progress deadline`)
  const updated = status.updatedReplicas ?? 0
  const start = `Waiting for deployment ${name} rollout to finish:`
  if (spec?.replicas !== undefined && updated < spec.replicas)
    return waiting(`${start} ${updated} out of ${spec.replicas} new replicas have been updated...`)
  if ((status.replicas ?? 0) > updated)
    return waiting(`${start} ${(status.replicas ?? 0) - updated} old replicas are pending termination...`)
  if ((status.availableReplicas ?? 0) < updated)
    return waiting(
      `${start} ${status.availableReplicas ?? 0} of ${updated} updated replicas are available...`,
    )
  return finished(`deployment ${name} successfully rolled out`)
}

function viewDaemonSet({ metadata = {}, spec, status }: DaemonSet): View {
  if (spec?.updateStrategy?.type !== 'RollingUpdate')
    throw new CliError('rollout status is only available for RollingUpdate strategy type')
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0))
    return waiting('Waiting for daemon set spec update to be observed...')
  const name = quote(metadata.name ?? '')
  const start = `Waiting for daemon set ${name} rollout to finish:`
  const desired = status?.desiredNumberScheduled ?? 0
  const updated = status?.updatedNumberScheduled ?? 0
  const available = status?.numberAvailable ?? 0
  if (updated < desired) return waiting(`${start} ${updated} out of ${desired} new pods have been updated...`)
  if (available < desired) return waiting(`${start} ${available} of ${desired} updated pods are available...`)
  return finished(`daemon set ${name} successfully rolled out`)
}

function viewStatefulSet({ metadata = {}, spec, status }: StatefulSet): View {
  if (spec?.updateStrategy?.type !== 'RollingUpdate')
    throw new CliError('rollout status is only available for RollingUpdate strategy type')
  const observed = status?.observedGeneration ?? 0
  if (observed === 0 || (metadata.generation ?? 0) > observed)
    return waiting('Waiting for statefulset spec update to be observed...')
  const wanted = spec.replicas ?? 1
  const ready = status?.readyReplicas ?? 0
  if (ready < wanted) return waiting(`Waiting for ${wanted - ready} pods to be ready...`)
  const updated = status?.updatedReplicas ?? 0
  const rolling = spec.updateStrategy.rollingUpdate
  if (rolling) {
    const target = wanted - (rolling.partition ?? 0)
    return updated < target
      ? waiting(
          `Waiting for partitioned roll out to finish: ${updated} out of ${target} new pods have been updated...`,
        )
      : finished(`partitioned roll out complete: ${updated} new pods have been updated...`)
  }
  if (status?.updateRevision !== status?.currentRevision)
    return waiting(
      `waiting for statefulset rolling update to complete ${updated} pods at revision ${status?.updateRevision}...`,
    )
  return finished(
    `statefulset rolling update complete ${status?.currentReplicas ?? 0} pods at revision ${status?.currentRevision}...`,
  )
}
