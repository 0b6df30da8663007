// A container's environment (makeEnvironmentVariables in kubelet_pods.go, envvars.go): Services that exist when it starts, envFrom,
// env with references, and $(NAME) expanded.
import type { Container, KubernetesObject, Pod, Service } from '../../../contract/kubernetes.ts'
import type { ResourceType } from '../../api/objects.ts'
import { configMaps, secrets, services } from '../../api/resources.ts'
import { fieldValue, resourceValue } from './downward.ts'
import type { KubeletParts } from './kubelet-parts.ts'

/** CreateContainerConfigError: the container cannot be made as its spec says. */
export class ContainerConfigError extends Error {}

type EnvVar = NonNullable<Container['env']>[number]

export function containerEnvironment(
  { objects, nodeAddress, nodeName }: KubeletParts,
  pod: Pod,
  container: Container,
  addresses: readonly string[],
): Record<string, string> {
  const namespace = pod.metadata?.namespace ?? 'default'
  const result: Record<string, string> = {}
  const data = (
    type: ResourceType<KubernetesObject>,
    kind: string,
    name: string | undefined,
    optional = false,
  ) => {
    const found = objects.get(type, { namespace, name: name ?? '' })
    if (!found && !optional) throw new ContainerConfigError(`${kind} "${name}" not found`)
    return found as { data?: Record<string, string> } | undefined
  }
  for (const source of container.envFrom ?? []) {
    const prefix = source.prefix ?? ''
    const map = source.configMapRef
    const secret = source.secretRef
    const values = map
      ? data(configMaps, 'configmap', map.name, map.optional)?.data
      : decoded(data(secrets, 'secret', secret?.name, secret?.optional)?.data)
    for (const [key, value] of Object.entries(values ?? {})) result[`${prefix}${key}`] = value
  }
  const serviceVariables = fromServices(
    objects.list(services),
    namespace,
    pod.spec?.enableServiceLinks ?? true,
  )
  const resolve = (variable: EnvVar): string | undefined => {
    const from = variable.valueFrom
    if (!from) return expand(variable.value ?? '', { ...serviceVariables, ...result })
    if (from.fieldRef) return fieldValue(from.fieldRef.fieldPath, pod, { addresses, nodeAddress, nodeName })
    if (from.resourceFieldRef) return resourceValue(from.resourceFieldRef, pod, container)
    const reference = from.configMapKeyRef ?? from.secretKeyRef
    if (!reference) return ''
    const isMap = from.configMapKeyRef !== undefined
    const object = data(
      isMap ? configMaps : secrets,
      isMap ? 'configmap' : 'secret',
      reference.name,
      reference.optional,
    )
    const values = isMap ? object?.data : decoded(object?.data)
    const value = values?.[reference.key]
    if (value === undefined && object && !reference.optional) {
      const kind = isMap ? 'ConfigMap' : 'Secret'
      throw new ContainerConfigError(
        `couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`,
      )
    }
    return value
  }
  for (const variable of container.env ?? []) {
    const value = resolve(variable)
    if (value !== undefined) result[variable.name] = value
  }
  return { ...serviceVariables, ...result }
}

/** `$(NAME)` for names that are known, `$$(NAME)` for the text itself (third_party/forked/golang/expansion). */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, rest: string, name: string | undefined) => {
    if (rest === '$') return '$'
    return name !== undefined && Object.hasOwn(values, name) ? (values[name] ?? '') : whole
  })
}

function fromServices(all: readonly Service[], namespace: string, linked: boolean): Record<string, string> {
  const result: Record<string, string> = {}
  const isMaster = (service: Service) =>
    service.metadata?.namespace === 'default' && service.metadata.name === 'kubernetes'
  for (const service of all) {
    const ip = service.spec?.clusterIP
    const ports = service.spec?.ports ?? []
    const [first] = ports
    if (!ip || ip === 'None' || !first) continue
    // The API's own Service reaches every pod, others those of their namespace.
    if (!isMaster(service) && !(linked && service.metadata?.namespace === namespace)) continue
    const prefix = variableName(service.metadata?.name ?? '')
    result[`${prefix}_SERVICE_HOST`] = ip
    result[`${prefix}_SERVICE_PORT`] = `${first.port}`
    for (const port of ports) {
      if (port.name) result[`${prefix}_SERVICE_PORT_${variableName(port.name)}`] = `${port.port}`
    }
    for (const [index, port] of ports.entries()) {
      const protocol = (port.protocol ?? 'TCP').toLowerCase()
      const url = `${protocol}://${ip}:${port.port}`
      const portPrefix = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`
      if (index === 0) result[`${prefix}_PORT`] = url
      result[portPrefix] = url
      result[`${portPrefix}_PROTO`] = protocol
      result[`${portPrefix}_PORT`] = `${port.port}`
      result[`${portPrefix}_ADDR`] = ip
    }
  }
  return result
}

function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase()
}

/** A Secret's values as text. */
export function decoded(data: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [key, value] of Object.entries(data ?? {})) {
    result[key] = new TextDecoder().decode(decodeBase64(value))
  }
  return result
}

export function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
