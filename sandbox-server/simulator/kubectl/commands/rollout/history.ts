// kubectl rollout history. Source: kubectl/pkg/polymorphichelpers/history.go.
import type { PodTemplateSpec } from '../../../../contract/kubernetes.ts'
import type { KubectlCommand } from '../../command.ts'
import { DescribeWriter } from '../../describe/describe-writer.ts'
import { describePodTemplate } from '../../describe/pod-template.ts'
import { kindName } from '../../discovery.ts'
import { CliError } from '../../errors.ts'
import { fileFlags, printFlags, selectorFlag } from '../../flags.ts'
import type { Invocation } from '../../invocation.ts'
import { at } from '../../object.ts'
import { objectPrinter } from '../../output/printer.ts'
import { align } from '../../output/tab-writer.ts'
import { fetchObjects, resolveTargets } from '../../targets.ts'
import { changeCauseAnnotation, revisionsOf } from './revisions.ts'

export const historyCommand: KubectlCommand = {
  name: 'history',
  summary: 'View rollout history',
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  examples: [['The template of one revision', 'kubectl rollout history deployment/web --revision=2']],
  flags: {
    ...fileFlags,
    ...selectorFlag,
    ...printFlags,
    revision: { type: 'integer', default: '0', summary: 'Show the pod template of this revision' },
  },
  arguments: 'types-and-names',
  resourceTypes: ['deployments', 'daemonsets', 'statefulsets'],
  run: history,
}

async function history(invocation: Invocation): Promise<void> {
  const { flags, args } = invocation
  const wanted = flags.integer('revision')
  if (wanted < 0) throw new CliError(`revision must be a positive integer: ${wanted}`)
  const targets = await resolveTargets(invocation, args, {
    selector: flags.string('selector'),
    typeAloneMeansAll: true,
    missing: 'required resource not specified',
  })
  const printer = objectPrinter(invocation)
  for (const found of await fetchObjects(invocation, targets)) {
    if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(found.mapping.kind))
      throw new CliError(`no history viewer has been implemented for ${JSON.stringify(found.mapping.kind)}`)
    const revisions = await revisionsOf(invocation, found)
    const name = `${kindName(found.mapping)}/${found.name}`
    const one = revisions.find(({ number }) => number === wanted)
    if (wanted > 0 && !one) throw new CliError(`unable to find the specified revision`)
    if (printer) {
      for (const revision of one ? [one] : revisions) await invocation.out(printer(revision.object))
      continue
    }
    if (one) {
      const template = (at(one.object, 'spec', 'template') ?? one.template) as PodTemplateSpec
      // Upstream aligns nothing here.
      const w = new DescribeWriter({ aligned: false })
      const cause = one.object.metadata?.annotations?.[changeCauseAnnotation]
      const annotations = cause
        ? { ...template.metadata?.annotations, [changeCauseAnnotation]: cause }
        : template.metadata?.annotations
      describePodTemplate(w, {
        ...template,
        metadata: { ...template.metadata, ...(annotations ? { annotations } : {}) },
      })
      await invocation.out(`${name} with revision #${wanted}\n${w.text()}\n`)
      continue
    }
    if (revisions.length === 0) {
      await invocation.out(`${name} \nNo rollout history found.\n`)
      continue
    }
    const rows = revisions.map(({ number, changeCause }) => `${number}\t${changeCause}\n`).join('')
    await invocation.out(`${name} \n${align(`REVISION\tCHANGE-CAUSE\n${rows}`)}\n`)
  }
}
