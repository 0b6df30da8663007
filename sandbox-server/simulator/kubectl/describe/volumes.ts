// Volumes and tolerations within a description. Source: kubectl/pkg/describe/describe.go (describeVolumes).
import type { PodSpec } from '../../../contract/kubernetes.ts'
import type { DescribeWriter } from './describe-writer.ts'

type Volume = NonNullable<PodSpec['volumes']>[number]
type Toleration = NonNullable<PodSpec['tolerations']>[number]

export function describeVolumes(
  writer: DescribeWriter,
  volumes: readonly Volume[] | undefined,
  indent = '',
): void {
  if (!volumes || volumes.length === 0) {
    writer.raw(`${indent}Volumes:\t<none>\n`)
    return
  }
  writer.raw(`${indent}Volumes:\n`)
  for (const volume of volumes) {
    writer.line(1, `${indent ? ' ' : ''}${volume.name}:`)
    const fields = (title: string, ...list: [string, unknown][]): void => {
      writer.line(2, `Type:\t${title}`)
      for (const [name, value] of list) writer.line(2, `${name}:\t${value}`)
    }
    if (volume.hostPath)
      fields(
        'HostPath (bare host directory volume)',
        ['Path', volume.hostPath.path],
        ['HostPathType', volume.hostPath.type ?? '<none>'],
      )
    else if (volume.emptyDir)
      fields(
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        ['Medium', volume.emptyDir.medium ?? ''],
        ['SizeLimit', volume.emptyDir.sizeLimit ?? '<unset>'],
      )
    else if (volume.secret)
      fields(
        'Secret (a volume populated by a Secret)',
        ['SecretName', volume.secret.secretName],
        ['Optional', volume.secret.optional === true],
      )
    else if (volume.configMap)
      fields(
        'ConfigMap (a volume populated by a ConfigMap)',
        ['Name', volume.configMap.name],
        ['Optional', volume.configMap.optional === true],
      )
    else if (volume.persistentVolumeClaim)
      fields(
        'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
        ['ClaimName', volume.persistentVolumeClaim.claimName],
        ['ReadOnly', volume.persistentVolumeClaim.readOnly === true],
      )
    else if (volume.downwardAPI) {
      fields('DownwardAPI (a volume populated by information about the pod)')
      writer.line(2, 'Items:')
      for (const item of volume.downwardAPI.items ?? [])
        writer.line(3, `${item.fieldRef?.fieldPath ?? item.resourceFieldRef?.resource ?? ''} -> ${item.path}`)
    } else if (volume.projected) projected(writer, volume.projected)
    else writer.line(1, '<unknown>')
  }
}

function projected(writer: DescribeWriter, source: NonNullable<Volume['projected']>): void {
  writer.line(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)')
  for (const part of source.sources ?? [])
    if (part.secret) {
      writer.line(2, `SecretName:\t${part.secret.name ?? ''}`)
      writer.line(2, `Optional:\t${part.secret.optional === true}`)
    } else if (part.downwardAPI) writer.line(2, 'DownwardAPI:\ttrue')
    else if (part.configMap) {
      writer.line(2, `ConfigMapName:\t${part.configMap.name ?? ''}`)
      writer.line(2, `Optional:\t${part.configMap.optional === true}`)
    } else if (part.serviceAccountToken)
      writer.line(2, `TokenExpirationSeconds:\t${part.serviceAccountToken.expirationSeconds ?? 3600}`)
}

export function describeTolerations(
  writer: DescribeWriter,
  title: string,
  tolerations: readonly Toleration[] | undefined,
  indent = '',
): void {
  if (!tolerations || tolerations.length === 0) {
    writer.raw(`${indent}${title}:\t<none>\n`)
    return
  }
  const sorted = [...tolerations].sort((a, b) =>
    (a.key ?? '') < (b.key ?? '') ? -1 : a.key === b.key ? 0 : 1,
  )
  sorted.forEach((toleration, index) => {
    let text = toleration.key ?? ''
    if (toleration.value) text += `=${toleration.value}`
    if (toleration.effect) text += `:${toleration.effect}`
    if (toleration.operator === 'Exists' && !toleration.value)
      text += text === '' ? 'op=Exists' : ' op=Exists'
    if (toleration.tolerationSeconds !== undefined) text += ` for ${toleration.tolerationSeconds}s`
    writer.raw(`${index === 0 ? `${indent}${title}:\t` : `${indent}\t`}${text}\n`)
  })
}
