// kubectl describe of Namespaces, ConfigMaps, Secrets, ServiceAccounts and ResourceQuotas. Source: kubectl/pkg/describe/describe.go.
import type { ConfigMap, Namespace, Secret, ServiceAccount } from '../../../contract/kubernetes.ts'
import { recordAt, textsAt, type Unstructured } from '../object.ts'
import { timeText } from './containers.ts'
import { DescribeWriter, sortedNames } from './describe-writer.ts'
import type { Describer } from './describer.ts'

function head(object: Unstructured, namespaced = true): DescribeWriter {
  const { metadata = {} } = object
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  if (namespaced) w.line(0, `Namespace:\t${metadata.namespace}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  return w
}

export const describeConfigMap: Describer = async (context, object) => {
  const { data = {}, binaryData = {} } = object as ConfigMap
  const w = head(object)
  w.raw('\nData\n====\n')
  for (const key of Object.keys(data).sort()) w.raw(`${key}:\n----\n${data[key]}\n\n`)
  w.raw('\nBinaryData\n====\n')
  for (const key of Object.keys(binaryData).sort())
    w.raw(`${key}: ${atob(binaryData[key] ?? '').length} bytes\n`)
  w.raw('\n')
  await context.events(object, w)
  return w.text()
}

export const describeSecret: Describer = async (_context, object) => {
  const { data = {}, type = '' } = object as Secret
  const w = head(object)
  w.raw(`\nType:\t${type}\n\nData\n====\n`)
  for (const key of Object.keys(data).sort()) {
    const value = atob(data[key] ?? '')
    const isToken = key === 'token' && type === 'kubernetes.io/service-account-token'
    w.raw(isToken ? `${key}:\t${value}\n` : `${key}:\t${value.length} bytes\n`)
  }
  return w.text()
}

export const describeServiceAccount: Describer = async (context, object) => {
  const names = ((object as ServiceAccount).imagePullSecrets ?? []).map(({ name }) => name)
  const w = head(object)
  if (names.length === 0) w.line(0, 'Image pull secrets:\t<none>')
  names.forEach((name, index) => {
    w.line(0, `${index === 0 ? 'Image pull secrets:' : '                   '}\t${name}`)
  })
  await context.events(object, w)
  return w.text()
}

export const describeQuota: Describer = async (_context, object) => {
  const w = new DescribeWriter()
  w.line(0, `Name:\t${object.metadata?.name}`)
  w.line(0, `Namespace:\t${object.metadata?.namespace}`)
  w.raw('Resource\tUsed\tHard\n--------\t----\t----\n')
  const used = textsAt(object, 'status', 'used')
  const hard = textsAt(object, 'status', 'hard')
  for (const name of sortedNames(hard)) w.line(0, `${name}\t${used[name] ?? '0'}\t${hard[name]}`)
  return w.text()
}

export const describeNamespace: Describer = async (context, object) => {
  const { status, metadata } = object as Namespace
  const w = head(object, false)
  w.line(0, `Status:\t${status?.phase ?? ''}`)
  if (status?.conditions && status.conditions.length > 0) {
    w.raw('Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
    w.raw('  ----\t------\t------------------\t------\t-------\n')
    for (const { type, status: value, lastTransitionTime, reason, message } of status.conditions)
      w.line(1, `${type}\t${value}\t${timeText(lastTransitionTime)}\t${reason ?? ''}\t${message ?? ''}`)
  }
  const quotas = await context.list(`/api/v1/namespaces/${metadata?.name}/resourcequotas`)
  w.raw('\n')
  w.raw(quotas.length === 0 ? 'No resource quota.\n' : 'Resource Quotas\n')
  for (const quota of quotas) {
    w.line(1, `Name:\t${quota.metadata?.name}`)
    w.raw('  Resource\tUsed\tHard\n  --------\t---\t---\n')
    const hard = recordAt(quota, 'status', 'hard')
    for (const name of sortedNames(hard))
      w.line(1, `${name}\t${recordAt(quota, 'status', 'used')[name] ?? '0'}\t${hard[name]}`)
  }
  const limits = await context.list(`/api/v1/namespaces/${metadata?.name}/limitranges`)
  w.raw('\n')
  w.raw(limits.length === 0 ? 'No LimitRange resource.\n' : 'Resource Limits\n')
  for (const limit of limits) w.line(1, `Name:\t${limit.metadata?.name}`)
  return w.text()
}
